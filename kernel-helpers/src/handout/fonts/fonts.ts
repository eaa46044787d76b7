/** The fonts of handouts: which characters they have, and the pieces that a document needs as CSS. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { glyphOf, readSfnt, type Sfnt } from "./sfnt";
import { subsetFont } from "./subset";

/** Name of the body font in CSS. */
export const BODY_FONT = "Noto Sans KR Variable";
/** Name of the code font in CSS: 한글 is exactly two cells wide in it. */
export const CODE_FONT = "D2Coding";

/** Name of the font for signs that neither of the two has (✕ ✓ ⚠) in CSS. */
export const SIGN_FONT = "Noto Sans Symbols 2";

/** One file of the body font, for a range of characters. */
interface Slice {
  readonly file: string;
  readonly css: string;
  readonly ranges: readonly (readonly [number, number])[];
}

let slices: readonly Slice[] | undefined;
const wholeFonts = new Map<string, Sfnt>();
const sliceFonts = new Map<string, Sfnt>();

function packageFolder(name: string): string {
  return dirname(require.resolve(`${name}/package.json`));
}

function bodySlices(): readonly Slice[] {
  if (slices) return slices;
  const folder = packageFolder("@fontsource-variable/noto-sans-kr");
  const css = readFileSync(join(folder, "index.css"), "utf8");
  slices = [...css.matchAll(/@font-face\s*\{([^}]*)\}/g)].map((match) => {
    const body = match[1] ?? "";
    const file = join(folder, /url\(\.?\/?([^)]+)\)/.exec(body)?.[1] ?? "");
    const range = /unicode-range:\s*([^;]+)/.exec(body)?.[1]?.trim() ?? "U+0-10ffff";
    return { file, css: range, ranges: parseRanges(range) };
  });
  return slices;
}

/** `U+20-7e,U+ff01` as pairs, both ends inclusive. */
export function parseRanges(text: string): [number, number][] {
  return text.split(",").map((part) => {
    const [from = "", to] = part.trim().replace(/^U\+/i, "").split("-");
    return [parseInt(from.replaceAll("?", "0"), 16), parseInt((to ?? from).replaceAll("?", "f"), 16)];
  });
}

/** Fonts that are cut to size here. */
const WHOLE_FONTS = {
  regular: ["@kfonts/d2coding", "D2Coding.woff"],
  bold: ["@kfonts/d2coding", "D2CodingBold.woff"],
  signs: ["@fontsource/noto-sans-symbols-2", "files/noto-sans-symbols-2-symbols-400-normal.woff"],
} as const;

function wholeFont(name: keyof typeof WHOLE_FONTS): Sfnt {
  let font = wholeFonts.get(name);
  if (!font) {
    const [folder, file] = WHOLE_FONTS[name];
    font = readSfnt(readFileSync(join(packageFolder(folder), file)));
    wholeFonts.set(name, font);
  }
  return font;
}

/** Has the font of signs a glyph for *codePoint*? */
export function signsHave(codePoint: number): boolean {
  return glyphOf(wholeFont("signs"), codePoint) !== 0;
}

/** Has the code font a glyph for *codePoint*? */
export function codeHas(codePoint: number): boolean {
  return glyphOf(wholeFont("regular"), codePoint) !== 0;
}

/** Every character of these is in the font (a test reads all of it): no need to open a slice for them. */
const SURE: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xac00, 0xd7a3],
];

/** Has the body font a glyph for *codePoint*? */
export function bodyHas(codePoint: number): boolean {
  if (SURE.some(([from, to]) => from <= codePoint && codePoint <= to)) return true;
  // The ranges of the style sheet also name characters that the font lacks.
  return slicesOf(codePoint).some((slice) => {
    let font = sliceFonts.get(slice.file);
    if (!font) sliceFonts.set(slice.file, (font = readSfnt(readFileSync(slice.file))));
    return glyphOf(font, codePoint) !== 0;
  });
}

/** Slice numbers by code point, of the basic plane. */
let sliceTable: Int16Array | undefined;

function slicesOf(codePoint: number): readonly Slice[] {
  const all = bodySlices();
  if (codePoint > 0xffff)
    return all.filter((slice) => slice.ranges.some(([from, to]) => from <= codePoint && codePoint <= to));
  if (!sliceTable) {
    sliceTable = new Int16Array(0x10000).fill(-1);
    for (const [number, slice] of all.entries()) {
      for (const [from, to] of slice.ranges)
        if (from <= 0xffff) sliceTable.fill(number, from, Math.min(to, 0xffff) + 1);
    }
  }
  const slice = all[sliceTable[codePoint] ?? -1];
  return slice ? [slice] : [];
}

/** What a document uses of the two fonts. */
export interface UsedCharacters {
  readonly body: ReadonlySet<number>;
  readonly code: ReadonlySet<number>;
}

/** `@font-face` rules with the needed pieces in them: the slices of the body font and subsets of the code font. */
export function fontFaces(used: UsedCharacters): string {
  const rules: string[] = [];
  // What the code font lacks is shown in the body font.
  const body = new Set([...used.body, ...[...used.code].filter((code) => !codeHas(code))]);
  const needed = new Set([...body].flatMap(slicesOf));
  for (const slice of bodySlices().filter((one) => needed.has(one))) {
    rules.push(sliceFace(slice));
  }
  if (used.code.size > 0) {
    rules.push(face(CODE_FONT, "400", subsetFont(wholeFont("regular"), used.code), "font/woff", "woff"));
    rules.push(face(CODE_FONT, "700", subsetFont(wholeFont("bold"), used.code), "font/woff", "woff"));
  }
  const signs = [...body].filter((code) => !bodyHas(code));
  if (signs.some(signsHave))
    rules.push(face(SIGN_FONT, "400", subsetFont(wholeFont("signs"), signs), "font/woff", "woff"));
  return rules.join("\n");
}

/** Rules of slices, made once for all documents of a run. */
const sliceFaces = new Map<Slice, string>();

function sliceFace(slice: Slice): string {
  let rule = sliceFaces.get(slice);
  if (rule === undefined) {
    rule = face(BODY_FONT, "100 900", readFileSync(slice.file), "font/woff2", "woff2", slice.css);
    sliceFaces.set(slice, rule);
  }
  return rule;
}

function face(
  family: string,
  weight: string,
  data: Buffer,
  mime: string,
  format: string,
  range?: string,
): string {
  const url = `url(data:${mime};base64,${data.toString("base64")}) format("${format}")`;
  return `@font-face{font-family:"${family}";font-weight:${weight};font-display:block;src:${url}${range ? `;unicode-range:${range}` : ""}}`;
}
