/** Text in quotes as Go's %q writes it, for messages. */

/** *text* in double quotes, with Go's escapes. */
export function goQuote(text: string): string {
  let out = '"';
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0;
    if (c === '"' || c === "\\") out += "\\" + c;
    else if (code >= 32 && code !== 127 && isPrintable(c)) out += c;
    else out += escapeOf(c, code);
  }
  return out + '"';
}

function isPrintable(c: string): boolean {
  return c === " " || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(c);
}

function escapeOf(c: string, code: number): string {
  const short = (
    { "\x07": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v" } as Record<
      string,
      string
    >
  )[c];
  if (short !== undefined) return short;
  if (code < 0x80) return "\\x" + code.toString(16).padStart(2, "0");
  if (code < 0x10000) return "\\u" + code.toString(16).padStart(4, "0");
  return "\\U" + code.toString(16).padStart(8, "0");
}
