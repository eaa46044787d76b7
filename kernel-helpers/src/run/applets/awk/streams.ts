/** What an awk program reads and writes: its files in turn, and the files and programs that it opens itself. */

import { Pipe, PipeHandle, type Handle } from "../../machine/handles";
import type { Process, Task } from "../../machine/process";
import { asErrno } from "../paths";
import { LineReader } from "../text";
import { execute } from "../xargs";
import { unescapeText } from "./escapes";
import { AwkError, Input, num } from "./values";
import type { AwkVariables } from "./variables";

/** The streams of one run. */
export class AwkStreams {
  /** The exit code: of `exit`, or for a file that could not be opened. */
  exitCode = 0;
  private readonly outputs = new Map<string, { handle: Handle; child?: Process }>();
  private readonly inputs = new Map<string, { reader: LineReader; handle: Handle; child?: Process }>();
  private reader: LineReader | undefined;
  private handle: Handle | undefined;
  /** The last of ARGV that was looked at. */
  private argument = 0;
  private usedFile = false;

  constructor(
    private readonly process: Process,
    private readonly vars: AwkVariables,
  ) {}

  /** Opens the next input file; false when there is none left. */
  private *openNext(): Task<boolean> {
    const count = num(this.vars.get("ARGC"));
    while (++this.argument < count) {
      const name = this.vars.text(this.vars.array("ARGV").get(String(this.argument)));
      if (name === "") continue;
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(name);
      if (assignment !== null) {
        this.vars.set(assignment[1] as string, new Input(unescapeText(assignment[2] as string)));
        continue;
      }
      this.usedFile = true;
      try {
        this.handle = name === "-" ? this.process.fd(0).share() : this.process.open(name);
      } catch (error) {
        this.process.err(`awk: ${name}: ${asErrno(error).message}\n`);
        this.exitCode = this.process.gnu ? 2 : 1;
        continue;
      }
      this.vars.set("FILENAME", name);
      this.vars.set("FNR", 0);
      this.reader = this.newReader(this.handle);
      return true;
    }
    if (this.usedFile) return false;
    this.usedFile = true;
    this.handle = this.process.fd(0).share();
    this.reader = this.newReader(this.handle);
    return true;
  }

  private newReader(handle: Handle): LineReader {
    const separator = this.vars.text(this.vars.get("RS"));
    return new LineReader(this.process, handle, separator === "" ? "\n" : separator.slice(0, 1));
  }

  private *readFrom(reader: LineReader): Task<string | undefined> {
    const separator = this.vars.text(this.vars.get("RS"));
    if (separator !== "") {
      const line = yield* reader.line();
      return line === "" && !reader.terminated ? undefined : line;
    }
    // Paragraphs.
    let out: string | undefined;
    for (;;) {
      const line = yield* reader.line();
      if (line === undefined) return out;
      if (line === "") {
        if (out !== undefined) return out;
        continue;
      }
      out = out === undefined ? line : out + "\n" + line;
    }
  }

  /** The next record of the main input; undefined at its end. Counts NR and FNR. */
  *fetch(): Task<string | undefined> {
    for (;;) {
      if (this.reader === undefined && !(yield* this.openNext())) return undefined;
      const line = yield* this.readFrom(this.reader as LineReader);
      if (line !== undefined) {
        this.vars.set("NR", num(this.vars.get("NR")) + 1);
        this.vars.set("FNR", num(this.vars.get("FNR")) + 1);
        return line;
      }
      this.handle?.drop();
      this.handle = undefined;
      this.reader = undefined;
    }
  }

  /** Where `print > "…"`, `>>` and `|` write; it is opened at the first use. Throws AwkError. */
  output(op: ">" | ">>" | "|", target: string): Handle {
    const key = target;
    let found = this.outputs.get(key);
    if (found === undefined) {
      if (op === "|") {
        const pipe = new Pipe();
        const { meter } = this.process.machine;
        const child = this.process.machine.spawn(this.process, (own) => {
          own.setFd(0, new PipeHandle(pipe, "read", meter));
          return execute(own, ["/bin/sh", "-c", target], "awk");
        });
        found = { handle: new PipeHandle(pipe, "write", meter), child };
      } else if (target === "/dev/stdout") found = { handle: this.process.fd(1).share() };
      else if (target === "/dev/stderr") found = { handle: this.process.fd(2).share() };
      else {
        try {
          found = {
            handle: this.process.open(target, {
              write: true,
              create: true,
              ...(op === ">" ? { truncate: true } : { append: true }),
            }),
          };
        } catch (error) {
          throw new AwkError(`${target}: ${asErrno(error).message}`);
        }
      }
      this.outputs.set(key, found);
    }
    return found.handle;
  }

  /** Closes everything and waits for the programs. */
  *closeAll(): Task {
    for (const name of [...this.outputs.keys(), ...this.inputs.keys()]) yield* this.close(name);
    this.handle?.drop();
    this.handle = undefined;
  }

  /** Closes what has the name *name*; answers the exit code of its program, -1 when nothing has it. */
  *close(name: string): Task<number> {
    const one = this.outputs.get(name) ?? this.inputs.get(name);
    if (one === undefined) return -1;
    this.outputs.delete(name);
    this.inputs.delete(name);
    one.handle.drop();
    return one.child === undefined ? 0 : yield* this.process.waitFor(one.child);
  }

  /** Leaves the file that is being read. */
  skipFile(): void {
    this.handle?.drop();
    this.handle = undefined;
    this.reader = undefined;
  }

  /** `getline < name` and `name | getline`: the next record; undefined at the end, false when it cannot be opened. */
  *getline(from: "file" | "command", name: string): Task<string | undefined | false> {
    let input = this.inputs.get(name);
    if (input === undefined) {
      let handle: Handle;
      let child: Process | undefined;
      if (from === "command") {
        const pipe = new Pipe();
        const { meter } = this.process.machine;
        handle = new PipeHandle(pipe, "read", meter);
        child = this.process.machine.spawn(this.process, (own) => {
          own.setFd(1, new PipeHandle(pipe, "write", meter));
          return execute(own, ["/bin/sh", "-c", name], "awk");
        });
      } else {
        try {
          handle = name === "-" ? this.process.fd(0).share() : this.process.open(name);
        } catch (error) {
          asErrno(error);
          return false;
        }
      }
      input = { reader: this.newReader(handle), handle, ...(child === undefined ? {} : { child }) };
      this.inputs.set(name, input);
    }
    return yield* this.readFrom(input.reader);
  }
}
