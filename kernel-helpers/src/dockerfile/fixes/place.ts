/** Where the pieces of an instruction stand in the file: the way back from the joined line to the text. */

import { isSpace, trimLeft, trimNewline } from "../go-text";
import type { Node, ParsedDockerfile, SourcePosition, SourceRange } from "../types";

/** The place of offset *offset* in *text*. */
export function positionAt(text: string, offset: number): SourcePosition {
  let line = 1;
  let lineStart = 0;
  for (let feed = text.indexOf("\n"); feed >= 0 && feed < offset; feed = text.indexOf("\n", lineStart)) {
    line++;
    lineStart = feed + 1;
  }
  return { offset, line, column: offset - lineStart + 1 };
}

/** The range from offset *start* to *end* (exclusive). */
export function rangeAt(text: string, start: number, end: number): SourceRange {
  return { start: positionAt(text, start), end: positionAt(text, end) };
}

/** Offset of the beginning of line *line* (1-based); the text's length behind its last line. */
export function lineStart(text: string, line: number): number {
  let offset = 0;
  for (let i = 1; i < line; i++) {
    const feed = text.indexOf("\n", offset);
    if (feed < 0) return text.length;
    offset = feed + 1;
  }
  return offset;
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
  return parsed.nodes.find((node) => node.startLine <= line && line <= node.endLine);
}
