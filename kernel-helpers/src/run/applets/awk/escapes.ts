/** Backslashes in what stands on the command line of awk. */

/** *text* of `-v`, `-F` or an operand `name=…` with its backslashes read. */
export function unescapeText(text: string): string {
  return text.replace(
    /\\([^])/g,
    (whole, char: string) => ({ n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "/": "/" })[char] ?? whole,
  );
}
