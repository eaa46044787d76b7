/** `grep`, `egrep`, `fgrep`. */

import { BoundedRegExp } from "../machine/bounded-regex";
import { Errno } from "../machine/errno";
import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { matches } from "../shell/pattern";
import { parseOptions, usage, UsageError, type Options } from "./options";
import { asErrno, baseName, join } from "./paths";
import { fixedSource, posixRegex, RegexError, translate } from "../machine/regex";
import { LineReader, openInput, readInput } from "./text";

const TEXT = "[-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...";
const LONG = {
  "extended-regexp": "E", "fixed-strings": "F", "basic-regexp": "G", "perl-regexp": "P", "ignore-case": "i", "invert-match": "v", "word-regexp": "w",
  "line-regexp": "x", count: "c", "files-with-matches": "l", "files-without-match": "L", "only-matching": "o", quiet: "q", silent: "q",
  "no-messages": "s", "line-number": "n", "with-filename": "H", "no-filename": "h", recursive: "r", "max-count": "m", regexp: "e", file: "f",
  "after-context": "A", "before-context": "B", context: "C", include: "@", exclude: "#", "exclude-dir": "%", color: "$", text: "a", "null-data": "z", null: "Z",
}; // prettier-ignore

export function* grep(process: Process): Task<number> {
  // -NUM is a context.
  process.args = process.args.map((arg, i) => (i > 0 && /^-\d+$/.test(arg) ? `-C${arg.slice(1)}` : arg));
  const options = parseOptions(
    process,
    process.minimal
      ? "lnqvscFiHhe:f:LoEGam:A:B:C:wxrRzZy@:#:%:$::"
      : "lnqvscFiHhe:f:LoEGPam:A:B:C:wxrRzZy@:#:%:$::",
    LONG,
    TEXT,
  );
  const patterns = options.values("e").flatMap((text) => text.split("\n"));
  for (const path of options.values("f")) {
    let text: string;
    try {
      text = yield* readInput(process, path);
    } catch (error) {
      process.err(`grep: ${path}: ${asErrno(error).message}\n`);
      return 2;
    }
    const lines = text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    patterns.push(...lines);
  }
  const names = [...options.rest];
  if (!options.has("e") && !options.has("f")) {
    const first = names.shift();
    if (first === undefined) {
      if (process.gnu)
        process.err("Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
      throw process.gnu ? new UsageError(2) : usage(process, TEXT);
    }
    patterns.push(...first.split("\n"));
  }
  let test: RegExp;
  try {
    test = compile(process, options, patterns);
  } catch (error) {
    if (!(error instanceof RegexError)) throw error;
    process.err(
      process.gnu
        ? `grep: ${error.message}\n`
        : process.minimal
          ? `grep: bad regex '${patterns[0] ?? ""}'\n`
          : `grep: bad regex '${patterns[0] ?? ""}': ${error.message}\n`,
    );
    return 2;
  }
  return yield* new Search(process, options, test).run(names);
}

function compile(process: Process, options: Options, patterns: readonly string[]): RegExp {
  const fixed = process.name === "fgrep" || options.last("EFGP") === "F";
  const extended = process.name === "egrep" || options.last("EFGP") === "E";
  const perl = options.last("EFGP") === "P";
  const flags = "g" + (options.has("i") || options.has("y") ? "i" : "");
  const sources = patterns.map((pattern) =>
    fixed ? fixedSource(pattern) : perl ? pattern : translate(pattern, extended),
  );
  let source = sources.map((one) => `(?:${one})`).join("|");
  if (options.has("x")) source = `^(?:${source})$`;
  else if (options.has("w")) source = `(?<![A-Za-z0-9_])(?:${source})(?![A-Za-z0-9_])`;
  if (patterns.length === 0) source = "(?!)";
  if (perl) return new BoundedRegExp(source, flags);
  try {
    return new BoundedRegExp(source, flags + "s");
  } catch {
    void posixRegex;
    throw new RegexError("Invalid regular expression");
  }
}

class Search {
  private found = false;
  private failed = false;
  private readonly showName: boolean;
  private done = false;
  private readonly after: number;
  private readonly before: number;

  constructor(
    private readonly process: Process,
    private readonly options: Options,
    private readonly test: RegExp,
  ) {
    const both = Number(options.value("C") ?? 0);
    this.after = Number(options.value("A") ?? both);
    this.before = Number(options.value("B") ?? both);
    const recursive = options.has("r") || options.has("R");
    this.showName =
      options.has("H") ||
      (!options.has("h") &&
        (options.rest.length > (options.has("e") || options.has("f") ? 1 : 2) || recursive));
  }

  *run(names: readonly string[]): Task<number> {
    const recursive = this.options.has("r") || this.options.has("R");
    // Without names busybox as Debian builds it reads standard input even with -r.
    const all = names.length === 0 ? [recursive && !this.process.minimal ? "." : "-"] : names;
    for (const name of all) {
      if (this.done) break;
      if (recursive && name !== "-" && this.process.vfs.tryStat(this.process, name)?.type === "dir")
        yield* this.tree(name, names.length === 0);
      else yield* this.file(name);
    }
    if (this.options.has("q") && this.found) return 0;
    return this.failed ? 2 : this.found ? 0 : 1;
  }

  private *tree(dir: string, implicit: boolean): Task {
    let names: string[];
    try {
      names = this.process.vfs.readdir(this.process, dir);
    } catch (error) {
      this.complain(dir, asErrno(error));
      return;
    }
    for (const name of names) {
      const path = implicit && dir === "." && this.process.gnu ? name : join(dir, name);
      const type = this.process.vfs.tryStat(this.process, path, false)?.type;
      if (type === "dir") {
        if (!this.options.values("%").some((pattern) => matches(pattern, name)))
          yield* this.tree(path, false);
      } else if (
        type === "symlink" &&
        !this.process.gnu &&
        this.process.vfs.tryStat(this.process, path) === undefined
      ) {
        this.complain(path, new Errno("ENOENT"));
      } else if (type === "file") {
        const base = baseName(name);
        const includes = this.options.values("@");
        if (includes.length > 0 && !includes.some((pattern) => matches(pattern, base))) continue;
        if (this.options.values("#").some((pattern) => matches(pattern, base))) continue;
        yield* this.file(path);
      }
    }
  }

  private complain(name: string, error: Errno): void {
    this.failed = true;
    if (!this.options.has("s")) this.process.err(`grep: ${name}: ${error.message}\n`);
  }

  private *file(name: string): Task {
    let handle: Handle;
    try {
      handle = openInput(this.process, name);
    } catch (error) {
      this.complain(name, asErrno(error));
      return;
    }
    try {
      if (handle.kind === "dir") {
        if (this.process.gnu) this.process.err(`grep: ${name}: Is a directory\n`);
        return;
      }
      yield* this.lines(handle, name === "-" ? "(standard input)" : name);
    } catch (error) {
      this.complain(name, asErrno(error));
    } finally {
      handle.drop();
    }
  }

  private *lines(handle: Handle, name: string): Task {
    const { options, process, test } = this;
    const limit = options.has("m") ? Number(options.value("m")) : Infinity;
    const reader = new LineReader(process, handle, options.has("z") ? "\0" : "\n");
    const quietList = options.has("l") || options.has("L");
    const held: { text: string; number: number }[] = [];
    let count = 0;
    let number = 0;
    let trailing = 0;
    let lastPrinted = 0;
    const context = this.after > 0 || this.before > 0;
    for (let text = yield* reader.line(); text !== undefined && count < limit; text = yield* reader.line()) {
      number++;
      test.lastIndex = 0;
      const hit = test.test(text) !== options.has("v");
      if (hit) {
        count++;
        this.found = true;
        if (options.has("q")) {
          this.done = true;
          return;
        }
        if (quietList) break;
        if (options.has("c")) continue;
        if (options.has("o")) {
          if (!options.has("v")) this.parts(text, name, number);
          continue;
        }
        const firstShown = held[0]?.number ?? number;
        if (context && lastPrinted > 0 && firstShown > lastPrinted + 1) process.out("--\n");
        for (const one of held.splice(0)) this.print(one.text, name, one.number, "-");
        this.print(text, name, number, ":");
        lastPrinted = number;
        trailing = this.after;
        yield* process.room();
      } else if (trailing > 0 && !options.has("c") && !quietList && !options.has("o")) {
        trailing--;
        this.print(text, name, number, "-");
        lastPrinted = number;
      } else if (this.before > 0) {
        held.push({ text, number });
        if (held.length > this.before) held.shift();
      }
    }
    const prefix = this.showName ? `${name}:` : "";
    if (options.has("c")) process.out(`${prefix}${count}\n`);
    if (options.has("l") && count > 0) process.out(`${name}${options.has("Z") ? "\0" : "\n"}`);
    if (options.has("L") && count === 0) {
      process.out(`${name}\n`);
      this.found = true;
    }
  }

  private parts(text: string, name: string, number: number): void {
    this.test.lastIndex = 0;
    for (let match = this.test.exec(text); match !== null; match = this.test.exec(text)) {
      if (match[0] === "") this.test.lastIndex++;
      else this.print(match[0], name, number, ":");
    }
  }

  private print(text: string, name: string, number: number, mark: string): void {
    const prefix = (this.showName ? name + mark : "") + (this.options.has("n") ? `${number}${mark}` : "");
    this.process.out(`${prefix}${text}${this.options.has("z") ? "\0" : "\n"}`);
  }
}
