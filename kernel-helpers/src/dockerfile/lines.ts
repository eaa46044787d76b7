/** Physical lines, one after the other, with BuildKit's limit on their length (Go `bufio.Scanner` in parser/parser.go). */

import { utf8Length } from "./go-text";

/** Most bytes a physical line may have, its line feed not counted. */
export const maxLineBytes = 65535;

/** A reader that gives the lines of a text with their line ends. A line that is too long ends the text. */
export class LineReader {
  /** The line that `next` found, with its line end. */
  line = "";
  /** Where it begins in the text. */
  offset = 0;
  /** Did a line pass the limit? Then `next` answered false there. */
  tooLong = false;
  private following = 0;

  constructor(readonly text: string) {}

  /** Goes to the next line; false when there is none. */
  next(): boolean {
    const { text } = this;
    if (this.tooLong || this.following >= text.length) return false;
    this.offset = this.following;
    const feed = text.indexOf("\n", this.following);
    const end = feed < 0 ? text.length : feed;
    const length = end - this.offset;
    // A UTF-16 unit is at most three bytes, so that shorter lines need no counting.
    if (
      length * 3 > maxLineBytes &&
      (length > maxLineBytes || utf8Length(text.slice(this.offset, end)) > maxLineBytes)
    ) {
      this.tooLong = true;
      return false;
    }
    this.following = feed < 0 ? end : feed + 1;
    this.line = text.slice(this.offset, this.following);
    return true;
  }

  /** Offset of the end of the present line, without its line end. */
  contentEnd(): number {
    let end = this.following;
    while (end > this.offset && (this.text[end - 1] === "\n" || this.text[end - 1] === "\r")) end--;
    return end;
  }
}
