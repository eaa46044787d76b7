/** The source excerpt that BuildKit prints with an error (solver/errdefs/source.go). */

import type { LineRange } from "./types";

/**
 * The lines of *text* around *lines*, the marked ones with `>>>`, under the heading `file:line`; every line ends in `\n`.
 * Empty when *lines* is empty or lies outside of the text.
 */
export function codeFrame(file: string, text: string, lines: readonly LineRange[]): string {
  if (lines.length === 0) return "";
  const source = text.split("\n");
  let first = Infinity;
  let last = -Infinity;
  const marked = new Set<number>();
  for (const [start, end] of lines) {
    first = Math.min(first, start);
    last = Math.max(last, start, end);
    for (let line = start; line <= Math.max(start, Math.min(end, source.length)); line++) marked.add(line);
  }
  if (first < 1 || first > source.length) return "";
  const heading = `${file}:${first}\n--------------------\n`;
  last = Math.min(last, source.length);
  // One marked line gets more context than several. Each turn counts itself, too.
  const wanted = first === last ? 4 : 2;
  for (let padding = 0; padding < wanted; padding++) {
    if (first > 1) {
      first--;
      padding++;
    }
    if (last !== source.length) {
      last++;
      padding++;
    }
  }
  let body = "";
  for (let line = first; line <= last; line++) {
    body += ` ${String(line).padStart(3)} | ${marked.has(line) ? ">>>" : "   "} ${source[line - 1]!}\n`;
  }
  return heading + body + "--------------------\n";
}
