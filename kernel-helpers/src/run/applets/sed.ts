/** `sed`. */

import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage, UsageError } from "./options";
import { asErrno, dirName } from "./paths";
import { posixRegex, RegexError, translate } from "../machine/regex";
import { LineReader, openInput, readInput } from "./text";

type Address =
  | { readonly k: "line"; readonly n: number }
  | { readonly k: "last" }
  | { readonly k: "step"; readonly first: number; readonly step: number }
  | { readonly k: "regex"; readonly regex: RegExp | undefined }
  | { readonly k: "plus"; readonly n: number }
  | { readonly k: "multiple"; readonly n: number };

interface Command {
  readonly from?: Address;
  readonly to?: Address;
  readonly negated: boolean;
  readonly name: string;
  /** Text of a, i, c; label of b, t, T, `:`; file of r, w. */
  readonly text: string;
  readonly regex?: RegExp | undefined;
  readonly replacement?: readonly Piece[];
  readonly global?: boolean;
  readonly nth?: number;
  readonly print?: number;
  readonly map?: ReadonlyMap<string, string>;
  readonly code: number;
  readonly body?: readonly Command[];
  // State of a range.
  active?: boolean;
  end?: number;
}

type Piece = string | { readonly group: number } | { readonly fold: "U" | "L" | "E" | "u" | "l" };

const TEXT = "[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD [FILE]...";

class SedError extends Error {}

export function* sed(process: Process): Task<number> {
  if (process.args[1] === "--version") {
    process.out(process.gnu ? "sed (GNU sed) 4.9\n" : "This is not GNU sed version 4.0\n");
    return 0;
  }
  const long = {
    quiet: "n",
    silent: "n",
    "regexp-extended": "E",
    "in-place": "i",
    expression: "e",
    file: "f",
    "null-data": "z",
    separate: "s",
    posix: "@",
    unbuffered: "u",
  };
  const options = parseOptions(
    process,
    process.gnu ? "i::rEne:f:zs@u" : process.minimal ? "i::rEne:f:" : "i::rEne:f:zs",
    long,
    TEXT,
  );
  let script = "";
  for (const { letter, value } of options.given) {
    if (letter === "e") script += value + "\n";
    if (letter === "f")
      try {
        script += (yield* readInput(process, value)).replace(/^#!.*\n/, "") + "\n";
      } catch (error) {
        const { message } = asErrno(error);
        process.err(
          process.gnu ? `sed: couldn't open file ${value}: ${message}\n` : `sed: ${value}: ${message}\n`,
        );
        return 1;
      }
  }
  const names = [...options.rest];
  if (!options.has("e") && !options.has("f")) {
    const first = names.shift();
    if (first === undefined) {
      if (process.gnu) {
        process.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
        throw new UsageError(1);
      }
      throw usage(process, TEXT);
    }
    script = first;
  }
  let quiet = options.has("n");
  if (/^#n(\n|$)/.test(script)) quiet = true;
  let program: readonly Command[];
  try {
    program = new Compiler(script, options.has("r") || options.has("E"), process.gnu, process.minimal).all();
  } catch (error) {
    if (!(error instanceof SedError) && !(error instanceof RegexError)) throw error;
    process.err(
      process.gnu
        ? `sed: -e expression #1, char ${script.length}: ${gnuWords(error.message)}\n`
        : `sed: ${error.message}\n`,
    );
    return 1;
  }
  const editor = new Editor(process, program, quiet, options.has("z") ? "\0" : "\n");
  if (!options.has("i")) return yield* editor.stream(names.length === 0 ? ["-"] : names);
  let status = 0;
  for (const name of names) {
    const result = yield* editor.inPlace(name, options.value("i") ?? "");
    if (result !== 0) status = result;
    if (editor.quit) break;
  }
  return editor.code || status;
}

function gnuWords(message: string): string {
  if (message === "unmatched '/'") return "unterminated `s' command";
  return message;
}

class Compiler {
  private at = 0;

  constructor(
    private readonly source: string,
    private readonly extended: boolean,
    private readonly gnu: boolean,
    private readonly minimal: boolean,
  ) {}

  all(): Command[] {
    const commands = this.block(false);
    return commands;
  }

  private block(inner: boolean): Command[] {
    const commands: Command[] = [];
    for (;;) {
      this.skip(" \t\n;");
      const char = this.source[this.at];
      if (char === undefined) {
        if (inner) throw new SedError("unterminated {");
        return commands;
      }
      if (char === "}") {
        this.at++;
        if (inner) return commands;
        // busybox lets a brace too many pass.
        if (this.gnu) throw new SedError("unexpected `}'");
        continue;
      }
      if (char === "#") {
        const end = this.source.indexOf("\n", this.at);
        this.at = end < 0 ? this.source.length : end;
        continue;
      }
      commands.push(this.command());
    }
  }

  private skip(chars: string): void {
    while (this.at < this.source.length && chars.includes(this.source[this.at] as string)) this.at++;
  }

  private address(second: boolean): Address | undefined {
    const rest = this.source.slice(this.at);
    let match = this.minimal ? null : /^(\d+)~(\d+)/.exec(rest);
    if (match !== null) {
      this.at += match[0].length;
      return { k: "step", first: Number(match[1]), step: Number(match[2]) };
    }
    match = second ? /^([+~])(\d+)/.exec(rest) : null;
    if (match !== null) {
      this.at += match[0].length;
      return { k: match[1] === "+" ? "plus" : "multiple", n: Number(match[2]) };
    }
    match = /^\d+/.exec(rest);
    if (match !== null) {
      this.at += match[0].length;
      return { k: "line", n: Number(match[0]) };
    }
    if (rest.startsWith("$")) {
      this.at++;
      return { k: "last" };
    }
    let delimiter = "";
    if (rest.startsWith("/")) delimiter = "/";
    else if (rest.startsWith("\\")) {
      delimiter = rest[1] ?? "";
      this.at++;
    }
    if (delimiter === "") return undefined;
    this.at++;
    const pattern = this.delimited(delimiter, true);
    let flags = "";
    // Debian's busybox knows `I` after s/…/…/ only.
    while (!this.minimal && (this.source[this.at] === "I" || this.source[this.at] === "M"))
      flags += this.source[this.at++] === "I" ? "i" : "m";
    return {
      k: "regex",
      regex: pattern === "" ? undefined : posixRegex(pattern, this.extended, "g" + flags),
    };
  }

  /** Text up to *delimiter*. `\delimiter` is the delimiter, `\n` a newline. */
  private delimited(delimiter: string, regex: boolean): string {
    let out = "";
    let bracket = false;
    for (; this.at < this.source.length; this.at++) {
      const char = this.source[this.at] as string;
      if (char === "\\" && !bracket) {
        this.at++;
        const next = this.source[this.at];
        if (next === undefined) break;
        if (next === delimiter)
          out +=
            regex && /[|(){}+?.*[\]^$]/.test(delimiter)
              ? delimiter === "|" || !/[(){}+?]/.test(delimiter)
                ? delimiter === "|" && this.extended
                  ? "\\|"
                  : delimiter === "|"
                    ? "|"
                    : "\\" + delimiter
                : delimiter
              : delimiter;
        else if (next === "n" && regex) out += "\n";
        else if (next === "t" && regex) out += "\t";
        else out += "\\" + next;
        continue;
      }
      if (regex && char === "[" && !bracket) {
        bracket = true;
        out += char;
        if (this.source[this.at + 1] === "^") out += this.source[++this.at];
        if (this.source[this.at + 1] === "]") out += this.source[++this.at];
        continue;
      }
      if (regex && bracket) {
        if (char === "[" && /[:.=]/.test(this.source[this.at + 1] ?? "")) {
          const mark = this.source[this.at + 1] as string;
          const end = this.source.indexOf(mark + "]", this.at + 2);
          if (end >= 0) {
            out += this.source.slice(this.at, end + 2);
            this.at = end + 1;
            continue;
          }
        }
        if (char === "]") bracket = false;
        if (char === "\\" && this.source[this.at + 1] === "n") {
          out += "\n";
          this.at++;
          continue;
        }
        if (char === "\\" && this.source[this.at + 1] === "t") {
          out += "\t";
          this.at++;
          continue;
        }
        out += char;
        continue;
      }
      if (char === delimiter) {
        this.at++;
        return out;
      }
      out += char;
    }
    throw new SedError(`unmatched '${delimiter}'`);
  }

  private command(): Command {
    const from = this.address(false);
    let to: Address | undefined;
    this.skip(" \t");
    if (from !== undefined && this.source[this.at] === ",") {
      this.at++;
      this.skip(" \t");
      to = this.address(true);
      if (to === undefined) throw new SedError("no address after comma");
    }
    this.skip(" \t");
    let negated = false;
    while (this.source[this.at] === "!") {
      negated = true;
      this.at++;
      this.skip(" \t");
    }
    const name = this.source[this.at++];
    const base = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      negated,
      text: "",
      code: 0,
    };
    switch (name) {
      case undefined:
        throw new SedError("missing command");
      case "{":
        return { ...base, name, body: this.block(true) };
      case "s":
        return this.substitute({ ...base, name });
      case "y": {
        const delimiter = this.source[this.at++] ?? "";
        const left = unescaped(this.delimited(delimiter, false));
        const right = unescaped(this.delimited(delimiter, false));
        if (left.length !== right.length) throw new SedError("strings for 'y' command are different lengths");
        this.finish();
        return { ...base, name, map: new Map([...left].map((char, i) => [char, right[i] as string])) };
      }
      case "a":
      case "i":
      case "c":
        return { ...base, name, text: this.textArgument() };
      case ":":
      case "b":
      case "t":
      case "T": {
        this.skip(" \t");
        const match = /^[^;\n}]*/.exec(this.source.slice(this.at));
        let text = match?.[0] ?? "";
        if (name === ":") text = /^[^;\n]*/.exec(this.source.slice(this.at))?.[0] ?? "";
        this.at += text.length;
        return { ...base, name, text: text.trim() };
      }
      case "r":
      case "w":
      case "R": {
        this.skip(" \t");
        const text = /^[^\n]*/.exec(this.source.slice(this.at))?.[0] ?? "";
        this.at += text.length;
        if (text === "") throw new SedError("empty filename");
        return { ...base, name, text };
      }
      case "q":
      case "Q":
      case "l":
      case "L": {
        this.skip(" \t");
        // Of busybox q takes no exit code: digits are the address of another command.
        const code = !this.gnu ? "" : (/^\d+/.exec(this.source.slice(this.at))?.[0] ?? "");
        this.at += code.length;
        this.finish();
        return { ...base, name, code: Number(code || 0) };
      }
      default:
        if (!"=dDgGhHnNpPxzF".includes(name)) throw new SedError(`unsupported command ${name}`);
        this.finish();
        return { ...base, name };
    }
  }

  private finish(): void {
    // busybox takes what follows for the next command.
    if (!this.gnu) return;
    this.skip(" \t");
    const char = this.source[this.at];
    if (char === undefined || char === ";" || char === "\n" || char === "}" || char === "#") return;
    throw new SedError("extra characters after command");
  }

  private textArgument(): string {
    this.skip(" \t");
    if (this.source[this.at] === "\\") {
      this.at++;
      const match = /^[ \t]*\n/.exec(this.source.slice(this.at));
      // Text on the same line keeps its blanks: the backslash is there for that.
      if (match !== null) this.at += match[0].length;
    }
    let out = "";
    for (; this.at < this.source.length; this.at++) {
      const char = this.source[this.at] as string;
      if (char === "\n") break;
      if (char === "\\") {
        this.at++;
        const next = this.source[this.at];
        if (next === undefined) break;
        out += next === "t" ? "\t" : next;
        continue;
      }
      out += char;
    }
    return out + "\n";
  }

  private substitute(base: Command): Command {
    const delimiter = this.source[this.at++] ?? "";
    const pattern = this.delimited(delimiter, true);
    const raw = this.delimited(delimiter, false);
    let global = false;
    let nth = 0;
    let print = 0;
    let flags = "";
    let file = "";
    for (;;) {
      const char = this.source[this.at];
      if (char === "g") {
        global = true;
        if (!this.gnu) nth = 0;
      } else if (char === "p") print++;
      else if (char === "i" || char === "I") flags += "i";
      else if (char === "m" || char === "M") flags += "m";
      else if (char === "e") flags += "";
      else if (char !== undefined && /\d/.test(char)) {
        const digits = /^\d+/.exec(this.source.slice(this.at))?.[0] ?? "";
        nth = Number(digits);
        this.at += digits.length - 1;
      } else if (char === "w") {
        this.at++;
        this.skip(" \t");
        file = /^[^\n]*/.exec(this.source.slice(this.at))?.[0] ?? "";
        this.at += file.length;
        break;
      } else break;
      this.at++;
    }
    if (file === "") {
      this.skip(" \t");
      const char = this.source[this.at];
      if (char !== undefined && !";\n}#".includes(char))
        throw new SedError("bad option in substitution expression");
    }
    const groups = (translate(pattern, this.extended).match(/(^|[^\\])(\\\\)*\((?!\?)/g) ?? []).length;
    const replacement = pieces(raw, this.gnu);
    for (const piece of replacement) {
      if (typeof piece === "object" && "group" in piece && piece.group > groups && pattern !== "") {
        throw new SedError(`invalid reference \\${piece.group} on s command's RHS`);
      }
    }
    return {
      ...base,
      regex: pattern === "" ? undefined : posixRegex(pattern, this.extended, "g" + flags),
      replacement,
      global,
      nth,
      print,
      text: file,
    };
  }
}

function unescaped(text: string): string {
  return text.replace(/\\([^])/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}

function pieces(text: string, folds: boolean): Piece[] {
  const out: Piece[] = [];
  let literal = "";
  const cut = (piece: Piece): void => {
    if (literal !== "") out.push(literal);
    literal = "";
    out.push(piece);
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (char === "&") cut({ group: 0 });
    else if (char === "\\") {
      const next = text[++i];
      if (next === undefined) literal += "\\";
      else if (/\d/.test(next)) cut({ group: Number(next) });
      else if (next === "n") literal += "\n";
      else if (next === "t") literal += "\t";
      else if (next === "r") literal += "\r";
      else if (folds && "ULEul".includes(next)) cut({ fold: next as "U" });
      else literal += next;
    } else literal += char;
  }
  if (literal !== "") out.push(literal);
  return out;
}

function fill(replacement: readonly Piece[], match: RegExpExecArray): string {
  let out = "";
  let mode = "";
  let once = "";
  const add = (text: string): void => {
    let value = mode === "U" ? text.toUpperCase() : mode === "L" ? text.toLowerCase() : text;
    if (once !== "" && value !== "") {
      value =
        (once === "u" ? value.slice(0, 1).toUpperCase() : value.slice(0, 1).toLowerCase()) + value.slice(1);
      once = "";
    }
    out += value;
  };
  for (const piece of replacement) {
    if (typeof piece === "string") add(piece);
    else if ("group" in piece) add(match[piece.group] ?? "");
    else if (piece.fold === "E") mode = "";
    else if (piece.fold === "U" || piece.fold === "L") mode = piece.fold;
    else once = piece.fold;
  }
  return out;
}

/** How a cycle goes on. */
type Next = "end" | "delete" | "restart" | "quit";

class Editor {
  quit = false;
  code = 0;
  private space = "";
  private hold = "";
  private line = 0;
  private appended: { text?: string; file?: string }[] = [];
  private replaced = false;
  /** What was printed last has no newline at its end. */
  private unfinished = false;
  private lookahead: { text: string; terminated: boolean } | undefined;
  private terminated = true;
  private sources: readonly string[] = [];
  private source = 0;
  private handle: Handle | undefined;
  private reader: LineReader | undefined;
  private status = 0;
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
  }

  *stream(names: readonly string[]): Task<number> {
    this.sources = names;
    this.source = 0;
    yield* this.openOutputs(this.program);
    try {
      yield* this.cycles();
    } finally {
      this.handle?.drop();
      this.handle = undefined;
      for (const handle of this.outputs.values()) handle.drop();
      this.outputs.clear();
    }
    return this.code || this.status;
  }

  *inPlace(name: string, suffix: string): Task<number> {
    const { vfs } = this.process;
    let out = "";
    this.sink = (text) => {
      out += text;
    };
    this.line = 0;
    this.status = 0;
    let stat;
    try {
      stat = vfs.stat(this.process, name);
      if (stat.type !== "file") {
        this.process.err(`sed: couldn't edit ${name}: not a regular file\n`);
        return process4(this.process);
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
      return process4(this.process);
    }
    return this.status;
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

  /** The next line of all inputs. */
  private *read(): Task<{ text: string; terminated: boolean } | undefined> {
    for (;;) {
      if (this.reader === undefined) {
        const name = this.sources[this.source];
        if (name === undefined) return undefined;
        this.source++;
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

  /** Takes the next line; false at the end. */
  private *advance(): Task<boolean> {
    const next = this.lookahead ?? (yield* this.read());
    this.lookahead = undefined;
    if (next === undefined) return false;
    this.space = next.text;
    this.terminated = next.terminated;
    this.line++;
    return true;
  }

  private *isLast(): Task<boolean> {
    this.lookahead ??= yield* this.read();
    return this.lookahead === undefined;
  }

  private print(text: string): void {
    this.unfinished = !this.terminated && this.lookahead === undefined;
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
        if (this.line >= end) command.active = false;
        return this.line <= end || to.k !== "line";
      }
      if (yield* this.address(to)) command.active = false;
      return true;
    }
    if (
      !(yield* this.address(from)) &&
      !(this.process.gnu && from.k === "line" && from.n === 0 && this.line === 1)
    )
      return false;
    command.active = true;
    delete command.end;
    if (to.k === "plus") command.end = this.line + to.n;
    if (to.k === "multiple") command.end = to.n === 0 ? this.line : Math.ceil(this.line / to.n) * to.n;
    if (command.end !== undefined && command.end <= this.line) command.active = false;
    if (to.k === "line" && to.n <= this.line) command.active = false;
    if (from.k === "line" && from.n === 0 && (yield* this.address(to))) command.active = false;
    if (to.k === "last" && (yield* this.isLast())) command.active = false;
    return true;
  }

  private *address(address: Address): Task<boolean> {
    switch (address.k) {
      case "line":
        return this.line === address.n;
      case "last":
        return yield* this.isLast();
      case "step":
        return address.step === 0
          ? this.line === address.first
          : this.line >= address.first && (this.line - address.first) % address.step === 0;
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
          this.sink(`${this.line}\n`);
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
          if (yield* this.isLast()) {
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
    let out = "";
    let at = 0;
    let count = 0;
    let changed = false;
    regex.lastIndex = 0;
    for (let match = regex.exec(this.space); match !== null; match = regex.exec(this.space)) {
      // An empty match right after a match counts as none.
      if (
        match[0] === "" &&
        match.index === at &&
        at > 0 &&
        count > 0 &&
        match.index < this.space.length + 1 &&
        out !== "" &&
        this.justMatched === at
      ) {
        if (at >= this.space.length) break;
        out += this.space[at] as string;
        at++;
        regex.lastIndex = at;
        continue;
      }
      count++;
      out += this.space.slice(at, match.index);
      if (count >= (command.nth || 1)) {
        out += fill(command.replacement ?? [], match);
        changed = true;
      } else out += match[0];
      at = match.index + match[0].length;
      this.justMatched = match[0] === "" ? -1 : at;
      if (changed && command.global !== true) break;
      if (match[0] === "") {
        if (at >= this.space.length) break;
        out += this.space[at] as string;
        at++;
      }
      regex.lastIndex = at;
    }
    if (!changed) return;
    this.space = out + this.space.slice(at);
    this.replaced = true;
    for (let i = 0; i < (command.print ?? 0); i++) this.sink(this.space + this.separator);
    if (command.text !== "") this.outputs.get(command.text)?.write(this.space + "\n");
  }

  private justMatched = -1;
}

function process4(process: Process): number {
  return process.gnu ? 4 : 1;
}

interface Flat {
  readonly command: Command;
  /** Index of the last command of the block that begins here. */
  skip: number;
}

const flattened = new WeakMap<readonly Command[], Flat[]>();

/** The program without nesting, so that labels are found everywhere. */
function flatten(commands: readonly Command[]): Flat[] {
  let list = flattened.get(commands);
  if (list !== undefined) return list;
  list = [];
  const add = (some: readonly Command[], into: Flat[]): void => {
    for (const command of some) {
      const entry: Flat = { command, skip: 0 };
      into.push(entry);
      if (command.body !== undefined) add(command.body, into);
      entry.skip = into.length - 1;
    }
  };
  add(commands, list);
  flattened.set(commands, list);
  return list;
}

function listing(text: string): string {
  const names: Record<string, string> = {
    "\\": "\\\\",
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
  };
  return (
    [...text]
      .map(
        (char) =>
          names[char] ??
          (char < " " || char > "~" ? "\\" + char.charCodeAt(0).toString(8).padStart(3, "0") : char),
      )
      .join("") + "$"
  );
}
