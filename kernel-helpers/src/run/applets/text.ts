/** Input of text programs: files in turn, line by line. */

import { Errno } from "../machine/errno";
import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";

/** Reads lines from a handle. */
export class LineReader {
  private buffer = "";
  private at = 0;
  private ended = false;
  /** Whether the last line read had its newline. */
  terminated = true;

  constructor(
    private readonly process: Process,
    private readonly handle: Handle,
    private readonly separator = "\n",
  ) {}

  /** The next line without its newline; undefined at the end. */
  *line(): Task<string | undefined> {
    for (;;) {
      const end = this.buffer.indexOf(this.separator, this.at);
      if (end >= 0) {
        const line = this.buffer.slice(this.at, end);
        this.at = end + 1;
        this.terminated = true;
        return line;
      }
      if (this.ended) {
        if (this.at >= this.buffer.length) return undefined;
        const line = this.buffer.slice(this.at);
        this.at = this.buffer.length;
        this.terminated = false;
        return line;
      }
      const piece = yield* this.process.readHandle(this.handle);
      if (piece === "") this.ended = true;
      else {
        this.buffer = this.buffer.slice(this.at) + piece;
        this.at = 0;
        this.process.machine.meter.addCommands(1 + (piece.length >>> 10));
      }
    }
  }

  /** What has been read ahead, to be given to others. */
  rest(): string {
    return this.buffer.slice(this.at);
  }
}

/** Opens *path* (`-` is standard input). The caller drops the handle. Throws Errno. */
export function openInput(process: Process, path: string): Handle {
  return path === "-" ? process.fd(0).share() : process.open(path);
}

/** What a complaint answers that does not count. */
export const IGNORED = "ignored";

/**
 * Calls *each* with every file opened; a file that cannot be opened is reported with *complain*.
 * Answers whether all went well; a complaint that answers IGNORED does not count. No names mean standard input.
 */
export function* eachInput(
  process: Process,
  names: readonly string[],
  complain: (name: string, error: Errno) => unknown,
  each: (handle: Handle, name: string) => Task,
): Task<boolean> {
  let good = true;
  for (const name of names.length === 0 ? ["-"] : names) {
    let handle: Handle;
    try {
      handle = openInput(process, name);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      complain(name, error);
      good = false;
      continue;
    }
    try {
      yield* each(handle, name);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === "EPIPE") throw error;
      if (complain(name, error) !== IGNORED) good = false;
    } finally {
      handle.drop();
    }
  }
  return good;
}

/** Everything that *handle* still gives; what a device gives without end is counted. */
export function* readRest(process: Process, handle: Handle): Task<string> {
  const parts: string[] = [];
  for (;;) {
    const piece = yield* process.readHandle(handle, 1 << 20);
    if (piece === "") return parts.join("");
    parts.push(piece);
    process.machine.meter.addBytes(handle.kind === "device" ? piece.length : 0);
    process.machine.meter.addCommands(1);
  }
}

/** Everything of a file (`-` is standard input). Throws Errno. */
export function* readInput(process: Process, path: string): Task<string> {
  if (path === "-") return yield* process.readAll(0);
  return yield* process.readFile(path);
}

/** Everything of *names* as one text (none: standard input), for programs that dump bytes; undefined after a complaint. */
export function* readInputs(process: Process, names: readonly string[]): Task<string | undefined> {
  let out = "";
  for (const name of names.length === 0 ? ["-"] : names) {
    try {
      out += yield* readInput(process, name);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === "EPIPE") throw error;
      const shown = !process.gnu && process.name === "xxd" ? `can't open '${name}'` : name;
      process.err(`${process.name}: ${shown}: ${error.message}\n`);
      return undefined;
    }
  }
  return out;
}

/** busybox's words for a file that cannot be opened: `can't open 'x': …`; GNU's: `x: …`. */
export function cannotOpen(process: Process): (name: string, error: Errno) => void {
  return (name, error) => {
    if (process.gnu) process.err(`${process.name}: ${name}: ${error.message}\n`);
    else if (error.code === "EISDIR" || error.code === "EBADF" || error.code === "ENOCONTENT")
      process.err(
        `${process.name}: ${error.code !== "ENOCONTENT" ? "read error" : name}: ${error.message}\n`,
      );
    else process.err(`${process.name}: can't open '${name}': ${error.message}\n`);
  };
}

/**
 * The words of busybox's programs that read with stdio, as GNU's: `x: …`. Of a directory most of them notice nothing; *directory*
 * is what the others say.
 */
export function cannotRead(process: Process, directory?: string): (name: string, error: Errno) => unknown {
  return (name, error) => {
    if (!process.gnu && error.code === "EISDIR" && directory === undefined) return IGNORED;
    const text = !process.gnu && error.code === "EISDIR" ? directory : error.message;
    return process.err(`${process.name}: ${name}: ${text ?? ""}\n`);
  };
}
