/** Laying out plain text by the columns it takes on the screen: a Hangul syllable takes two. */

import stringWidth from "string-width";

import { visibleControl } from "./html";

/** Characters whose width is plain: ASCII and other narrow ones, then those of two columns (Hangul, CJK, full-width forms). */
const PLAIN =
  /^[\x20-\x7e\u00a0-\u00ac\u00ae-\u00ff\u2010-\u2027\u2030-\u203b\u2190-\u21ff\u2500-\u25fc\uac00-\ud7a3\u3001-\u3029\u4e00-\u9fff\uff01-\uff60]*$/;
const WIDE = /[\uac00-\ud7a3\u3001-\u3029\u4e00-\u9fff\uff01-\uff60]/g;

/** Columns that *text* takes in a terminal. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length + (text.match(WIDE)?.length ?? 0);
  // Emoji, combining marks: the library knows them.
  return stringWidth(text);
}

/** *text* filled with spaces to *width* columns. */
export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** *text* filled with spaces in front to *width* columns. */
export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** *text* in at most *width* columns, with `…` where it was cut. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let out = "";
  let used = 1;
  for (const char of text) {
    used += displayWidth(char);
    if (used > width) break;
    out += char;
  }
  return out + "…";
}

/** One line without control characters: line ends become `⏎`, tabs spaces, others `\xNN`. */
export function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\\\s*\n\s*/g, " ")
    .replace(/\s*\n\s*/g, " ⏎ ")
    .replace(/\t/g, " ")
    .replace(/[\u0000-\u001f\u007f]/g, visibleControl);
}

/** *text* broken between words into lines of at most *width* columns; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}

/** Cells as aligned columns, two spaces apart, nothing after the last. *right*: indexes of right-aligned columns. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))));
  return rows.map((row) =>
    row
      .map((cell, i) => (right.includes(i) ? padStart(cell, widths[i] ?? 0) : padEnd(cell, widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
