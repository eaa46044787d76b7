/** The input of sed: the lines of all files as one, with one line looked ahead so that the last is known. */

import type { Handle } from "../../machine/handles";
import type { Process, Task } from "../../machine/process";
import { asErrno } from "../paths";
import { LineReader, openInput } from "../text";

/** A line, and whether its separator stood behind it. */
interface Line {
  readonly text: string;
  readonly terminated: boolean;
}

/** Lines of *sources* (`-` is standard input), cut at *separator*. */
export class InputLines {
  /** The number of the line taken last, from 1. */
  line = 0;
  /** Whether that line had its separator. */
  terminated = true;
  /** The exit code for what could not be read. */
  status = 0;
  private next = 0;
  private handle: Handle | undefined;
  private reader: LineReader | undefined;
  private ahead: Line | undefined;

  constructor(
    private readonly process: Process,
    private readonly separator: string,
    private readonly sources: readonly string[],
  ) {}

  /** The next line; undefined at the end of all. */
  *take(): Task<string | undefined> {
    const next = this.ahead ?? (yield* this.read());
    this.ahead = undefined;
    if (next === undefined) return undefined;
    this.terminated = next.terminated;
    this.line++;
    return next.text;
  }

  /** Whether no line follows; reads one to know it. */
  *isLast(): Task<boolean> {
    this.ahead ??= yield* this.read();
    return this.ahead === undefined;
  }

  /** Whether a line is known to follow. */
  get isAhead(): boolean {
    return this.ahead !== undefined;
  }

  close(): void {
    this.handle?.drop();
    this.handle = undefined;
  }

  private *read(): Task<Line | undefined> {
    for (;;) {
      if (this.reader === undefined) {
        const name = this.sources[this.next];
        if (name === undefined) return undefined;
        this.next++;
        try {
          this.handle = openInput(this.process, name);
          if (this.handle.kind === "dir") {
            // busybox finds nothing in it.
            if (this.process.gnu) {
              this.process.err(`sed: couldn't read dir: ${name}: Is a directory\n`);
              this.status = 2;
            }
            this.handle.drop();
            this.handle = undefined;
            continue;
          }
        } catch (error) {
          this.process.err(
            this.process.gnu
              ? `sed: can't read ${name}: ${asErrno(error).message}\n`
              : `sed: ${name}: ${asErrno(error).message}\n`,
          );
          this.status = this.process.gnu ? 2 : 1;
          continue;
        }
        this.reader = new LineReader(this.process, this.handle, this.separator);
      }
      const text: string | undefined = yield* this.reader.line();
      if (text !== undefined) return { text, terminated: this.reader.terminated };
      this.handle?.drop();
      this.handle = undefined;
      this.reader = undefined;
    }
  }
}
