/**
 * Tidies a Dockerfile without changing what it means: no instruction's arguments, heredocs or joined text change, so that every
 * cache key stays what it is. (Re-indenting continued lines, as other formatters do, would change the text of RUN.)
 */

import { lineStartBefore, LogicalLine } from "../fixes/place";
import { toUpper, trimNewline } from "../go-text";
import { parseDockerfile } from "../parse";
import { isDockerfileError } from "../refusal";
import type { Node } from "../types";

const trimBlanks = (line: string) => line.replace(/[ \t]+$/, "");

/** A physical line and its line end. */
interface Line {
  content: string;
  readonly end: string;
}

/**
 * *text* with keywords in upper case, one blank behind them, no blanks before instructions nor at the end of lines (blanks before
 * a comment sign count for BuildKit), no more than one blank line in a row, and a line end at the end. Line ends stay as they are.
 * A text that cannot be read is returned as it is.
 */
export function format(text: string): string {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return text;
  const mark = text.startsWith("\ufeff") ? "\ufeff" : "";
  const lines = text
    .slice(mark.length)
    .split(/(?<=\n)/)
    .map((line): Line => {
      const content = trimNewline(line);
      return { content, end: line.slice(content.length) };
    });
  const inside = new Set<Line>();
  for (const node of parsed.nodes) {
    const own = lines.slice(node.startLine - 1, node.endLine);
    tidyInstruction(text, node, parsed.escape, own);
    for (const line of own) inside.add(line);
  }
  const kept: Line[] = [];
  for (const line of lines) {
    if (!inside.has(line)) {
      line.content = trimBlanks(line.content);
      const previous = kept[kept.length - 1];
      if (line.content === "" && previous?.content === "" && !inside.has(previous)) continue;
    }
    kept.push(line);
  }
  for (
    let last = kept[kept.length - 1]!;
    last.content === "" && !inside.has(last);
    last = kept[kept.length - 1]!
  )
    kept.pop();
  // A blank line at the top is what keeps a comment from being a directive.
  if (kept[0]!.content === "" && !kept[1]!.content.trimStart().startsWith("#")) kept.shift();
  const body = kept.map(({ content, end }) => content + end).join("");
  const missing = lines[0]!.end.includes("\r") ? "\r\n" : "\n";
  return mark + body + (body.endsWith("\n") ? "" : missing);
}

/** Only the keyword in the first line is touched, and blanks at the very end. */
function tidyInstruction(text: string, node: Node, escape: string, lines: readonly Line[]): void {
  const last = lines[lines.length - 1]!;
  const tidied = trimBlanks(last.content);
  // A blank there may be what keeps an escape character from continuing the line.
  if (node.heredocs.length === 0 && !/[\\`\r]$/.test(tidied)) last.content = tidied;
  const line = new LogicalLine(text, node, escape);
  const [keyword, next] = line.words();
  if (keyword === undefined || keyword.index !== 0) return;
  const start = node.range.start.offset;
  const indent = text.slice(lineStartBefore(text, start), start).replace("\ufeff", "").length;
  const first = lines[0]!;
  const lineEnd = start + first.content.length - indent;
  const keywordEnd = line.endOffsetOf(keyword.text.length);
  if (keywordEnd > lineEnd) return;
  const nextOffset = next === undefined ? lineEnd : line.offsetOf(next.index);
  const isSameLine = next !== undefined && nextOffset < lineEnd;
  const rest = text.slice(isSameLine ? nextOffset : keywordEnd, lineEnd);
  first.content = toUpper(keyword.text) + (isSameLine ? " " : "") + rest;
}
