/** Where the pieces of an instruction stand in the file: the way back from the joined line to the text. */

import { isSpace, trimLeft, trimNewline } from "../go-text";
import { parseDockerfile } from "../parse";
import { isDockerfileError } from "../refusal";
import type { DockerfileError, Node, ParsedDockerfile, SourcePosition, SourceRange } from "../types";

/** Where the lines of the text asked about last begin: places are asked for in great numbers, of one text after the other. */
let table: { readonly text: string; readonly starts: readonly number[] } = { text: "", starts: [0] };

function lineStarts(text: string): readonly number[] {
  if (table.text === text) return table.starts;
  const starts = [0];
  for (let feed = text.indexOf("\n"); feed >= 0; feed = text.indexOf("\n", feed + 1)) starts.push(feed + 1);
  table = { text, starts };
  return starts;
}

/** How many of *items*, sorted by *key*, are at most *limit*. */
export function countUpTo<T>(items: readonly T[], key: (item: T) => number, limit: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(items[middle]!) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The place of offset *offset* in *text*. */
export function positionAt(text: string, offset: number): SourcePosition {
  const starts = lineStarts(text);
  const line = countUpTo(starts, (start) => start, offset);
  return { offset, line, column: offset - starts[line - 1]! + 1 };
}

/** The range from offset *start* to *end* (exclusive). */
export function rangeAt(text: string, start: number, end: number): SourceRange {
  return { start: positionAt(text, start), end: positionAt(text, end) };
}

/** Offset of the beginning of line *line* (1-based); the text's length behind its last line. */
export function lineStart(text: string, line: number): number {
  return lineStarts(text)[Math.max(line, 1) - 1] ?? text.length;
}

/** Offset of the beginning of the line that *offset* is in. */
export function lineStartBefore(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
}

/** One word of an instruction. */
export interface Word {
  readonly text: string;
  /** Where it begins in the joined line. */
  readonly index: number;
}

/** An instruction's joined line and, for each of its characters, the place in the file. */
export class LogicalLine {
  /** Where each part begins in the joined line, and where in the file. */
  private readonly parts: { readonly index: number; readonly offset: number; readonly length: number }[] = [];

  constructor(
    private readonly text: string,
    readonly node: Node,
    escape: string,
  ) {
    let offset = node.range.start.offset;
    let length = 0;
    for (let first = true; offset < text.length; first = false) {
      const feed = text.indexOf("\n", offset);
      const next = feed < 0 ? text.length : feed + 1;
      const line = trimNewline(text.slice(offset, next));
      const isIgnored = !first && (trimLeft(line) === "" || trimLeft(line).startsWith("#"));
      if (!isIgnored) {
        const body = line.replace(/[ \t]+$/, "");
        const goesOn = body.endsWith(escape) && body[body.length - 2] !== escape;
        const own = goesOn ? body.length - 1 : line.length;
        this.parts.push({ index: length, offset, length: own });
        length += own;
        if (!goesOn) break;
      }
      offset = next;
    }
  }

  /** Offset in the file of the character at *index* of the joined line. */
  offsetOf(index: number): number {
    let found = this.parts[0]!;
    for (const part of this.parts) {
      if (part.index > index) break;
      found = part;
    }
    return found.offset + index - found.index;
  }

  /** Index in the joined line of the place *offset* of the file; undefined for comments, escape characters and heredoc bodies. */
  indexAt(offset: number): number | undefined {
    const part = this.parts.find((one) => one.offset <= offset && offset <= one.offset + one.length);
    return part === undefined ? undefined : part.index + offset - part.offset;
  }

  /** Offset in the file just behind the character before *index*: where a piece that ends there ends. */
  endOffsetOf(index: number): number {
    return index === 0 ? this.offsetOf(0) : this.offsetOf(index - 1) + 1;
  }

  /** The range of a piece of the joined line, *end* exclusive. */
  range(index: number, end: number): SourceRange {
    return rangeAt(this.text, this.offsetOf(index), this.endOffsetOf(end));
  }

  /** The words of the joined line, the keyword first; quotes are not understood. */
  words(): readonly Word[] {
    const words: Word[] = [];
    const line = this.node.original;
    for (let at = 0; at < line.length;) {
      while (at < line.length && isSpace(line.charCodeAt(at))) at++;
      const start = at;
      while (at < line.length && !isSpace(line.charCodeAt(at))) at++;
      if (at > start) words.push({ text: line.slice(start, at), index: start });
    }
    return words;
  }

  /** The range of *word*. */
  wordRange(word: Word): SourceRange {
    return this.range(word.index, word.index + word.text.length);
  }

  /** The words behind keyword and flags. */
  argumentWords(): readonly Word[] {
    const [, ...rest] = this.words();
    const first = rest.findIndex((word) => !word.text.startsWith("--"));
    return first < 0 ? [] : rest.slice(first);
  }
}

/** The instruction that line *line* (1-based) belongs to. */
export function nodeAtLine(parsed: ParsedDockerfile, line: number): Node | undefined {
  const node = parsed.nodes[countUpTo(parsed.nodes, ({ startLine }) => startLine, line) - 1];
  return node !== undefined && line <= node.endLine ? node : undefined;
}

/** The text read last, for many repairs of one file. */
let read: { readonly text: string; readonly parsed: ParsedDockerfile | DockerfileError } | undefined;

/** The instruction of *text* at line *line*; undefined when there is none or the text cannot be read. */
export function instructionAtLine(text: string, line: number): LogicalLine | undefined {
  if (read?.text !== text) read = { text, parsed: parseDockerfile(text) };
  const { parsed } = read;
  if (isDockerfileError(parsed)) return undefined;
  const node = nodeAtLine(parsed, line);
  return node === undefined ? undefined : new LogicalLine(text, node, parsed.escape);
}
