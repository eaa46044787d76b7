/** The command `l` of sed: a line with everything that cannot be seen spelt out. */

/** *text* as `l` prints it, with `$` at its end; what is not printable ASCII in octal. */
export function listing(text: string): string {
  const names: Record<string, string> = {
    "\\": "\\\\",
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
  };
  return (
    [...text]
      .map(
        (char) =>
          names[char] ??
          (char < " " || char > "~" ? "\\" + char.charCodeAt(0).toString(8).padStart(3, "0") : char),
      )
      .join("") + "$"
  );
}
