/** The sed machine: pattern space, hold space, and the cycle of commands over them. */

import type { Handle } from "../../machine/handles";
import type { Process, Task } from "../../machine/process";
import { asErrno, dirName } from "../paths";
import { flatten, type Flat } from "./flatten";
import { InputLines } from "./input";
import { listing } from "./listing";
import type { Address, Command } from "./script";
import { substitute } from "./substitute";

/** How a cycle goes on. */
type Next = "end" | "delete" | "restart" | "quit";

/** One run of a program over its inputs. */
export class Editor {
  /** Whether `q` or `Q` ended it. */
  quit = false;
  /** The exit code that `q` gave. */
  code = 0;
  private space = "";
  private hold = "";
  private appended: { text?: string; file?: string }[] = [];
  private replaced = false;
  /** What was printed last has no newline at its end. */
  private unfinished = false;
  private input: InputLines;
  private last: RegExp | undefined;
  private outputs = new Map<string, Handle>();
  private sink: (text: string) => void;

  constructor(
    private readonly process: Process,
    private readonly program: readonly Command[],
    private readonly quiet: boolean,
    private readonly separator: string,
  ) {
    this.sink = (text) => process.out(text);
    this.input = new InputLines(process, separator, []);
  }

  /** Edits *names* in turn as one stream; answers the exit code. */
  *stream(names: readonly string[]): Task<number> {
    this.input = new InputLines(this.process, this.separator, names);
    yield* this.openOutputs(this.program);
    try {
      yield* this.cycles();
    } finally {
      this.input.close();
      for (const handle of this.outputs.values()) handle.drop();
      this.outputs.clear();
    }
    return this.code || this.input.status;
  }

  /** Edits one file in its place; *suffix* keeps the old one. Answers the exit code. */
  *inPlace(name: string, suffix: string): Task<number> {
    const { vfs } = this.process;
    let out = "";
    this.sink = (text) => {
      out += text;
    };
    let stat;
    try {
      stat = vfs.stat(this.process, name);
      if (stat.type !== "file") {
        this.process.err(`sed: couldn't edit ${name}: not a regular file\n`);
        return this.process.gnu ? 4 : 1;
      }
    } catch (error) {
      this.process.err(
        this.process.gnu
          ? `sed: can't read ${name}: ${asErrno(error).message}\n`
          : `sed: ${name}: ${asErrno(error).message}\n`,
      );
      return this.process.gnu ? 2 : 1;
    }
    yield* this.stream([name]);
    // The result is a new file that takes the old one's name, mode and owner.
    try {
      const path = vfs.locate(this.process, name, false).path;
      if (suffix !== "")
        vfs.rename(this.process, path, suffix.includes("*") ? `${dirName(path)}/${suffix}` : path + suffix);
      else vfs.unlink(this.process, path);
      vfs.writeContent(this.process, path, out, 0o600);
      if (this.process.cred.uid === 0) vfs.chown(this.process, path, stat.uid, stat.gid);
      vfs.chmod(this.process, path, stat.mode);
    } catch (error) {
      this.process.err(
        this.process.gnu
          ? `sed: couldn't open temporary file ${dirName(name)}/sedXXXXXX: ${asErrno(error).message}\n`
          : `sed: can't create temp file '${name}XXXXXX': ${asErrno(error).message}\n`,
      );
      return this.process.gnu ? 4 : 1;
    }
    return this.input.status;
  }

  private *openOutputs(commands: readonly Command[]): Task {
    for (const command of commands) {
      if (command.body !== undefined) yield* this.openOutputs(command.body);
      if (
        (command.name === "w" || command.name === "s") &&
        command.text !== "" &&
        !this.outputs.has(command.text)
      ) {
        this.outputs.set(
          command.text,
          this.process.open(command.text, { write: true, create: true, truncate: true }),
        );
      }
    }
  }

  /** Takes the next line; false at the end. */
  private *advance(): Task<boolean> {
    const next = yield* this.input.take();
    if (next === undefined) return false;
    this.space = next;
    return true;
  }

  private print(text: string): void {
    this.unfinished = !this.input.terminated && !this.input.isAhead;
    this.sink(text + (this.unfinished ? "" : this.separator));
  }

  private *cycles(): Task {
    let fresh = true;
    for (;;) {
      if (fresh && !(yield* this.advance())) return;
      fresh = true;
      this.process.machine.meter.addCommands(1);
      const next = yield* this.run(this.program);
      if (next === "restart") fresh = false;
      if (next === "end" || next === "quit") if (!this.quiet) this.print(this.space);
      yield* this.flush();
      yield* this.process.room();
      if (this.quit) return;
    }
  }

  private *flush(): Task {
    const appended = this.appended.splice(0);
    // What comes after an unfinished last line begins on a line of its own.
    if (appended.length > 0 && this.unfinished) this.sink(this.separator);
    if (appended.length > 0) this.unfinished = false;
    for (const { text, file } of appended) {
      if (text !== undefined) this.sink(text);
      if (file !== undefined) {
        try {
          this.sink(yield* this.process.readFile(file));
        } catch (error) {
          asErrno(error);
        }
      }
    }
  }

  private *matches(command: Command): Task<boolean> {
    const { from, to } = command;
    if (from === undefined) return true;
    if (to === undefined) return yield* this.address(from);
    if (command.active === true) {
      if (to.k === "line" || command.end !== undefined) {
        const end = command.end ?? (to as { n: number }).n;
        if (this.input.line >= end) command.active = false;
        return this.input.line <= end || to.k !== "line";
      }
      if (yield* this.address(to)) command.active = false;
      return true;
    }
    if (
      !(yield* this.address(from)) &&
      !(this.process.gnu && from.k === "line" && from.n === 0 && this.input.line === 1)
    )
      return false;
    command.active = true;
    delete command.end;
    if (to.k === "plus") command.end = this.input.line + to.n;
    if (to.k === "multiple")
      command.end = to.n === 0 ? this.input.line : Math.ceil(this.input.line / to.n) * to.n;
    if (command.end !== undefined && command.end <= this.input.line) command.active = false;
    if (to.k === "line" && to.n <= this.input.line) command.active = false;
    if (from.k === "line" && from.n === 0 && (yield* this.address(to))) command.active = false;
    if (to.k === "last" && (yield* this.input.isLast())) command.active = false;
    return true;
  }

  private *address(address: Address): Task<boolean> {
    switch (address.k) {
      case "line":
        return this.input.line === address.n;
      case "last":
        return yield* this.input.isLast();
      case "step":
        return address.step === 0
          ? this.input.line === address.first
          : this.input.line >= address.first && (this.input.line - address.first) % address.step === 0;
      case "regex": {
        const regex = address.regex ?? this.last;
        if (regex === undefined) return false;
        this.last = regex;
        regex.lastIndex = 0;
        return regex.test(this.space);
      }
      default:
        return false;
    }
  }

  private *run(commands: readonly Command[]): Task<Next> {
    const flat = flatten(commands);
    for (let i = 0; i < flat.length; i++) {
      const entry = flat[i] as Flat;
      const { command } = entry;
      this.process.machine.meter.addCommands(1);
      const hit = (yield* this.matches(command)) !== command.negated;
      if (command.body !== undefined) {
        if (!hit) i = entry.skip;
        continue;
      }
      if (!hit) continue;
      switch (command.name) {
        case ":":
          break;
        case "b":
        case "t":
        case "T": {
          if (command.name === "t" && !this.replaced) break;
          if (command.name === "T" && this.replaced) {
            this.replaced = false;
            break;
          }
          if (command.name === "t") this.replaced = false;
          if (command.text === "") return "end";
          const target = flat.findIndex(
            (one) => one.command.name === ":" && one.command.text === command.text,
          );
          if (target < 0) {
            this.process.err(`sed: can't find label for jump to '${command.text}'\n`);
            this.code = 1;
            this.quit = true;
            return "delete";
          }
          i = target;
          break;
        }
        case "=":
          this.sink(`${this.input.line}\n`);
          break;
        case "a":
          this.appended.push({ text: command.text });
          break;
        case "i":
          this.sink(command.text);
          break;
        case "c":
          if (command.to === undefined || command.active !== true || command.negated) this.sink(command.text);
          return "delete";
        case "d":
          return "delete";
        case "D": {
          const end = this.space.indexOf("\n");
          if (end < 0) return "delete";
          this.space = this.space.slice(end + 1);
          return "restart";
        }
        case "g":
          this.space = this.hold;
          break;
        case "G":
          this.space += "\n" + this.hold;
          break;
        case "h":
          this.hold = this.space;
          break;
        case "H":
          this.hold += "\n" + this.space;
          break;
        case "x":
          [this.space, this.hold] = [this.hold, this.space];
          break;
        case "l":
          // busybox knows the command and prints nothing.
          if (this.process.gnu) this.sink(listing(this.space) + "\n");
          break;
        case "n":
          if (!this.quiet) this.print(this.space);
          yield* this.flush();
          if (!(yield* this.advance())) {
            this.quit = true;
            return "delete";
          }
          break;
        case "N": {
          const before = this.space;
          if (yield* this.input.isLast()) {
            this.quit = true;
            return "end";
          }
          yield* this.flush();
          yield* this.advance();
          this.space = before + "\n" + this.space;
          break;
        }
        case "p":
          this.sink(this.space + this.separator);
          break;
        case "P":
          this.sink((this.space.split("\n")[0] ?? "") + "\n");
          break;
        case "q":
          this.quit = true;
          this.code = command.code;
          return "quit";
        case "Q":
          this.quit = true;
          this.code = command.code;
          return "delete";
        case "r":
          this.appended.push({ file: command.text });
          break;
        case "w":
          this.outputs.get(command.text)?.write(this.space + "\n");
          break;
        case "y":
          this.space = [...this.space].map((char) => command.map?.get(char) ?? char).join("");
          break;
        case "z":
          this.space = "";
          break;
        case "s":
          this.substitute(command);
          break;
      }
    }
    return "end";
  }

  private substitute(command: Command): void {
    const regex = command.regex ?? this.last;
    if (regex === undefined) return;
    this.last = regex;
    const line = substitute(this.space, regex, {
      replacement: command.replacement ?? [],
      nth: command.nth || 1,
      global: command.global === true,
    });
    if (line === undefined) return;
    this.space = line;
    this.replaced = true;
    for (let i = 0; i < (command.print ?? 0); i++) this.sink(this.space + this.separator);
    if (command.text !== "") this.outputs.get(command.text)?.write(this.space + "\n");
  }
}
