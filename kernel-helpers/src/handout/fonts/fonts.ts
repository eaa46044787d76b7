/** The fonts of handouts: which characters they have, and the pieces that a document needs as CSS. */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { readCharacterMap, readSfnt, type Sfnt } from "./sfnt";
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

interface LoadedFont {
  readonly font: Sfnt;
  readonly characters: ReadonlyMap<number, number>;
}

let slices: readonly Slice[] | undefined;
const wholeFonts = new Map<string, LoadedFont>();
const sliceCharacters = new Map<string, ReadonlySet<number>>();

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

function wholeFont(name: keyof typeof WHOLE_FONTS): LoadedFont {
  let loaded = wholeFonts.get(name);
  if (!loaded) {
    const [folder, file] = WHOLE_FONTS[name];
    const font = readSfnt(readFileSync(join(packageFolder(folder), file)));
    loaded = { font, characters: readCharacterMap(font) };
    wholeFonts.set(name, loaded);
  }
  return loaded;
}

/** Has the font of signs a glyph for *codePoint*? */
export function signsHave(codePoint: number): boolean {
  return wholeFont("signs").characters.has(codePoint);
}

/** Has the code font a glyph for *codePoint*? */
export function codeHas(codePoint: number): boolean {
  return wholeFont("regular").characters.has(codePoint);
}

/** Has the body font a glyph for *codePoint*? */
export function bodyHas(codePoint: number): boolean {
  return slicesOf(codePoint).some((slice) => {
    let characters = sliceCharacters.get(slice.file);
    if (!characters) {
      characters = new Set(readCharacterMap(readSfnt(readFileSync(slice.file))).keys());
      sliceCharacters.set(slice.file, characters);
    }
    return characters.has(codePoint);
  });
}

function slicesOf(codePoint: number): readonly Slice[] {
  return bodySlices().filter((slice) =>
    slice.ranges.some(([from, to]) => from <= codePoint && codePoint <= to),
  );
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
    rules.push(face(BODY_FONT, "100 900", readFileSync(slice.file), "font/woff2", "woff2", slice.css));
  }
  if (used.code.size > 0) {
    rules.push(face(CODE_FONT, "400", subsetFont(wholeFont("regular").font, used.code), "font/woff", "woff"));
    rules.push(face(CODE_FONT, "700", subsetFont(wholeFont("bold").font, used.code), "font/woff", "woff"));
  }
  const signs = [...body].filter((code) => !bodyHas(code));
  if (signs.some(signsHave))
    rules.push(face(SIGN_FONT, "400", subsetFont(wholeFont("signs").font, signs), "font/woff", "woff"));
  return rules.join("\n");
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
