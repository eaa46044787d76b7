/** Which characters of a document no bundled font can show. */

import { bodyHas, codeHas, signsHave, type UsedCharacters } from "./fonts";

/** A character without a glyph: in the text or in code. */
export interface MissingGlyph {
  readonly character: string;
  /** `U+1F600`. */
  readonly code: string;
  readonly where: "text" | "code";
}

/** Characters that have no glyph of their own and need none. */
const INVISIBLE = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u200b-\u200f\u2028\u2029\ufeff]$/u;

/** The characters of *text* and *code* as code points, invisible ones left out. */
export function usedCharacters(text: string, code: string): UsedCharacters {
  // The space is drawn by no font, but its width is: in code it must be that of the code font.
  const used = { body: points(text), code: points(code) };
  if (used.code.size > 0) for (const space of [0x20, 0xa0]) used.code.add(space);
  return used;
}

function points(text: string): Set<number> {
  const found = new Set<number>();
  for (const character of new Set(text.normalize("NFC"))) {
    if (!INVISIBLE.test(character)) found.add(character.codePointAt(0) ?? 0);
  }
  return found;
}

/** What would be shown as an empty box, by code point. */
export function missingGlyphs(used: UsedCharacters): MissingGlyph[] {
  const missing = (
    codes: ReadonlySet<number>,
    has: (code: number) => boolean,
    where: MissingGlyph["where"],
  ): MissingGlyph[] =>
    [...codes]
      .filter((code) => !has(code) && !signsHave(code))
      .sort((a, b) => a - b)
      .map((code) => ({
        character: String.fromCodePoint(code),
        code: "U+" + code.toString(16).toUpperCase().padStart(4, "0"),
        where,
      }));
  return [
    ...missing(used.body, bodyHas, "text"),
    ...missing(used.code, (code) => codeHas(code) || bodyHas(code), "code"),
  ];
}
