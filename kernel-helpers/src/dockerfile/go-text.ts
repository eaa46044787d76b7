/** What Go's `strings`, `unicode` and `strconv` do to text, where JavaScript does it differently. BuildKit's answers depend on it. */

const otherSpaces = new Set([
  0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a,
  0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);

/** Is the character with this code white space (`unicode.IsSpace`)? Unlike `\s` this has U+0085 and not U+FEFF. */
export function isSpace(code: number): boolean {
  if (code < 0x80) return code === 32 || (code >= 9 && code <= 13);
  return otherSpaces.has(code);
}

/** *text* without white space at its beginning (`strings.TrimLeftFunc(text, unicode.IsSpace)`). */
export function trimLeft(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  return start === 0 ? text : text.slice(start);
}

/** *text* without white space at both ends (`strings.TrimSpace`). */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** *text* without carriage returns and line feeds at its end (`bytes.TrimRight(text, "\r\n")`). */
export function trimNewline(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** Maps character by character and keeps a character whose mapping is longer than one (as Go's simple case mapping does). */
function mapCase(text: string, map: (character: string) => string): string {
  let out = "";
  for (const character of text) {
    const mapped = map(character);
    out += [...mapped].length === 1 ? mapped : character;
  }
  return out;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}

/** `strings.ToLower`. */
export function toLower(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return mapCase(text, (character) => (character === "\u0130" ? "i" : character.toLowerCase()));
}

/** `strings.ToUpper`. */
export function toUpper(text: string): string {
  if (isAscii(text)) return text.toUpperCase();
  return mapCase(text, (character) => character.toUpperCase());
}

/** Are both the same when case does not count (`strings.EqualFold`)? */
export function equalFold(a: string, b: string): boolean {
  if (a === b) return true;
  const fold = (text: string) => toLower(toUpper(text)).replaceAll("\u017f", "s").replaceAll("\u212a", "k");
  return fold(a) === fold(b);
}

/** How many bytes *text* has in UTF-8. A lone surrogate counts as U+FFFD, three bytes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** The UTF-8 bytes of *text* as one character each (U+0000 to U+00FF): for the places where BuildKit walks over bytes. */
export function toByteString(text: string): string {
  if (isAscii(text)) return text;
  let out = "";
  for (const byte of new TextEncoder().encode(text)) out += String.fromCharCode(byte);
  return out;
}

/** Undoes `toByteString`; bytes that are no UTF-8 become U+FFFD. */
export function fromByteString(bytes: string): string {
  if (isAscii(bytes)) return bytes;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
}

const shortEscapes: Record<string, string> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
  '"': '\\"',
};

/** *text* as Go's `%q` prints it: in double quotes, with escapes for what cannot be printed. */
export function goQuote(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  let out = '"';
  for (const character of text) {
    const short = shortEscapes[character];
    const code = character.codePointAt(0)!;
    if (short !== undefined) out += short;
    else if (code === 32 || /[\p{L}\p{M}\p{N}\p{P}\p{S}]/u.test(character)) out += character;
    else if (code < 0x80) out += "\\x" + code.toString(16).padStart(2, "0");
    else if (code >= 0xd800 && code < 0xe000) out += "\ufffd";
    else if (code < 0x10000) out += "\\u" + code.toString(16).padStart(4, "0");
    else out += "\\U" + code.toString(16).padStart(8, "0");
  }
  return out + '"';
}

/** Sorts as Go does, by the bytes of UTF-8 (which is the order of code points, not of UTF-16 units). */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // A surrogate stands for a code point above all of the others.
    if (x >= 0xd800 && x < 0xe000) x += 0x10000;
    if (y >= 0xd800 && y < 0xe000) y += 0x10000;
    return x - y;
  }
  return a.length - b.length;
}

/** Cuts at the first run of tab, vertical tab, form feed, carriage return and space: [before, after] or [all]. */
export function cutAtBlank(text: string): readonly [string] | readonly [string, string] {
  const match = /[\t\v\f\r ]+/.exec(text);
  return match === null ? [text] : [text.slice(0, match.index), text.slice(match.index + match[0].length)];
}

/** Splits at every such run (`reWhitespace.Split(text, -1)`). */
export function splitAtBlanks(text: string): string[] {
  return text.split(/[\t\v\f\r ]+/);
}
