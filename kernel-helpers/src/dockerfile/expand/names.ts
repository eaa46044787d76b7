/** Names of variables (BuildKit shell/lex.go processName). */

const specialParameters = new Set(["@", "*", "#", "?", "-", "$", "!", "0"].map((c) => c.charCodeAt(0)));
const digit = /^\p{Nd}$/u;
const letterOrDigit = /^[\p{L}\p{Nd}]$/u;

/** Where the name that begins at *start* of *source* ends; *start* itself when there is none. */
export function endOfName(source: string, start: number): number {
  let at = start;
  while (at < source.length) {
    const code = source.charCodeAt(at);
    if (at === start && specialParameters.has(code) && code !== 48) return at + 1;
    if (code < 0x80) {
      const isDigit = code >= 48 && code <= 57;
      if (at === start && isDigit) return endOfNumber(source, start);
      if (!isDigit && code !== 95 && !((code | 32) >= 97 && (code | 32) <= 122)) break;
      at++;
      continue;
    }
    const character = String.fromCodePoint(source.codePointAt(at)!);
    if (at === start && digit.test(character)) return endOfNumber(source, start);
    if (!letterOrDigit.test(character)) break;
    at += character.length;
  }
  return at;
}

/** A name that begins with a digit has digits only. */
function endOfNumber(source: string, start: number): number {
  let at = start;
  while (at < source.length) {
    const character = String.fromCodePoint(source.codePointAt(at)!);
    if (!digit.test(character)) break;
    at += character.length;
  }
  return at;
}
