/** `awk`. */

import { Pipe, PipeHandle, type Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { printf } from "../shell/printf";
import { AwkParser, AwkSyntaxError, type AwkProgram, type Expr, type Stmt } from "./awk-parser";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { posixRegex, RegexError } from "../machine/regex";
import { LineReader, readInput } from "./text";
import { formatTime } from "./time";
import { execute } from "./xargs";

/** A value: a number, a string, or a string from outside that may look like a number. */
type Value = number | string | Input | undefined;

class Input {
  constructor(readonly text: string) {}
}

class Leave extends Error {
  constructor(
    readonly kind: "next" | "nextfile" | "exit" | "return" | "break" | "continue",
    readonly value?: Value,
  ) {
    super(kind);
  }
}

class AwkError extends Error {}

const NUMERIC = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)\s*$/;

export function* awk(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "+F:v:f:e:",
    {},
    "[-F SEP] [-v VAR=VAL]... [-f FILE]... { [-e PROG] | PROG } [FILE]...",
  );
  let source = "";
  for (const path of options.values("f")) {
    try {
      source += (yield* readInput(process, path)) + "\n";
    } catch (error) {
      const { message } = asErrno(error);
      process.err(
        process.gnu ? `awk: cannot open "${path}" (${message})\n` : `awk: can't open '${path}': ${message}\n`,
      );
      return process.gnu ? 2 : 1;
    }
  }
  for (const text of options.values("e")) source += text + "\n";
  const rest = [...options.rest];
  if (!options.has("f") && !options.has("e")) {
    const first = rest.shift();
    if (first === undefined)
      throw usage(process, "[-F SEP] [-v VAR=VAL]... [-f FILE]... { [-e PROG] | PROG } [FILE]...");
    source = first;
  }
  let program: AwkProgram;
  try {
    program = new AwkParser(source).parse();
  } catch (error) {
    if (!(error instanceof AwkSyntaxError)) throw error;
    process.err(
      process.gnu
        ? `awk: line 1: syntax error at or near ${error.message}\n`
        : `awk: cmd. line:1: ${error.message}\n`,
    );
    return process.gnu ? 2 : 1;
  }
  const run = new Runner(process, program, rest);
  const separator = options.value("F");
  if (separator !== undefined) run.set("FS", separator === "t" ? "\t" : unescapeText(separator));
  for (const assignment of options.values("v")) {
    const equals = assignment.indexOf("=");
    run.set(assignment.slice(0, equals), new Input(unescapeText(assignment.slice(equals + 1))));
  }
  try {
    return yield* run.run();
  } catch (error) {
    if (error instanceof AwkError || error instanceof RegexError) {
      process.err(`awk: cmd. line:1: ${error.message}\n`);
      return process.gnu ? 2 : 1;
    }
    throw error;
  }
}

function unescapeText(text: string): string {
  return text.replace(
    /\\([^])/g,
    (whole, char: string) => ({ n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "/": "/" })[char] ?? whole,
  );
}

class Runner {
  private readonly globals = new Map<string, Value>();
  private readonly arrays = new Map<string, Map<string, Value>>();
  private locals: Map<string, Value | Map<string, Value>>[] = [];
  private record = "";
  private fields: Value[] = [];
  private split = true;
  private stale = false;
  private readonly outputs = new Map<string, { handle: Handle; child?: Process }>();
  private readonly inputs = new Map<string, { reader: LineReader; handle: Handle; child?: Process }>();
  private reader: LineReader | undefined;
  private handle: Handle | undefined;
  private argument = 0;
  private usedFile = false;
  private depth = 0;
  private seed = 1;
  private exitCode = 0;
  private exiting = false;

  constructor(
    private readonly process: Process,
    private readonly program: AwkProgram,
    args: readonly string[],
  ) {
    this.globals.set("FS", " ");
    this.globals.set("OFS", " ");
    this.globals.set("ORS", "\n");
    this.globals.set("RS", "\n");
    this.globals.set("SUBSEP", "\x1c");
    this.globals.set("CONVFMT", "%.6g");
    this.globals.set("OFMT", "%.6g");
    this.globals.set("NR", 0);
    this.globals.set("NF", 0);
    this.globals.set("FNR", 0);
    this.globals.set("RSTART", 0);
    this.globals.set("RLENGTH", -1);
    this.globals.set("FILENAME", "");
    this.globals.set("ARGC", args.length + 1);
    this.arrays.set("ARGV", new Map(["awk", ...args].map((arg, i) => [String(i), new Input(arg)])));
    this.arrays.set("ENVIRON", new Map([...process.env].map(([name, value]) => [name, new Input(value)])));
  }

  *run(): Task<number> {
    const { rules } = this.program;
    try {
      for (const rule of rules)
        if (rule.kind === "begin" && rule.body !== undefined) yield* this.statement(rule.body);
      if (rules.some((rule) => rule.kind !== "begin")) yield* this.main();
    } catch (error) {
      if (
        !(error instanceof Leave) ||
        (error.kind !== "exit" && error.kind !== "nextfile" && error.kind !== "next")
      )
        throw error;
    }
    try {
      if (!this.exiting || rules.some((rule) => rule.kind === "end")) {
        this.exiting = false;
        for (const rule of rules)
          if (rule.kind === "end" && rule.body !== undefined) yield* this.statement(rule.body);
      }
    } catch (error) {
      if (!(error instanceof Leave) || error.kind !== "exit") throw error;
    }
    yield* this.closeAll();
    return this.exitCode;
  }

  private *main(): Task {
    const rules = this.program.rules.filter((rule) => rule.kind === "main");
    while (yield* this.nextRecord()) {
      this.process.machine.meter.addCommands(1);
      yield* this.process.room();
      try {
        for (const rule of rules) {
          if (rule.to !== undefined && rule.from !== undefined) {
            if (!rule.active) {
              if (!truth(yield* this.eval(rule.from))) continue;
              rule.active = true;
            }
            if (truth(yield* this.eval(rule.to))) rule.active = false;
          } else if (rule.from !== undefined && !truth(yield* this.eval(rule.from))) continue;
          if (rule.body === undefined) this.process.out(this.whole() + this.text(this.get("ORS")));
          else yield* this.statement(rule.body);
        }
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.kind === "nextfile") {
          this.handle?.drop();
          this.handle = undefined;
          this.reader = undefined;
        } else if (error.kind !== "next") throw error;
      }
    }
  }

  /** Opens the next input file; false when there is none left. */
  private *openNext(): Task<boolean> {
    const count = num(this.get("ARGC"));
    while (++this.argument < count) {
      const name = this.text(this.arrays.get("ARGV")?.get(String(this.argument)));
      if (name === "") continue;
      const assignment = /^([A-Za-z_]\w*)=([^]*)$/.exec(name);
      if (assignment !== null) {
        this.set(assignment[1] as string, new Input(unescapeText(assignment[2] as string)));
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
      this.set("FILENAME", name);
      this.set("FNR", 0);
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
    const separator = this.text(this.get("RS"));
    return new LineReader(this.process, handle, separator === "" ? "\n" : separator.slice(0, 1));
  }

  private *readFrom(reader: LineReader): Task<string | undefined> {
    const separator = this.text(this.get("RS"));
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

  private *fetch(): Task<string | undefined> {
    for (;;) {
      if (this.reader === undefined && !(yield* this.openNext())) return undefined;
      const line = yield* this.readFrom(this.reader as LineReader);
      if (line !== undefined) {
        this.set("NR", num(this.get("NR")) + 1);
        this.set("FNR", num(this.get("FNR")) + 1);
        return line;
      }
      this.handle?.drop();
      this.handle = undefined;
      this.reader = undefined;
    }
  }

  private *nextRecord(): Task<boolean> {
    const line = yield* this.fetch();
    if (line === undefined) return false;
    this.setRecord(line);
    return true;
  }

  private setRecord(text: string): void {
    this.record = text;
    this.split = false;
    this.stale = false;
  }

  private ensureFields(): void {
    if (this.split) return;
    this.split = true;
    this.fields = this.splitText(this.record, this.text(this.globals.get("FS"))).map(
      (text) => new Input(text),
    );
    this.globals.set("NF", this.fields.length);
  }

  private splitText(text: string, separator: string): string[] {
    if (text === "") return [];
    if (separator === " ")
      return text
        .trim()
        .split(/[ \t\n]+/)
        .filter((part) => part !== "");
    const paragraphs = this.text(this.globals.get("RS")) === "";
    if (separator.length === 1 && separator !== "\\" && !paragraphs) return text.split(separator);
    if (separator === "") return [...text];
    const regex = posixRegex(
      paragraphs
        ? `(${separator.length === 1 ? separator.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") : separator})|\n`
        : separator,
      true,
      "g",
    );
    const out: string[] = [];
    let at = 0;
    regex.lastIndex = 0;
    for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
      if (match[0] === "") {
        regex.lastIndex++;
        continue;
      }
      out.push(text.slice(at, match.index));
      at = match.index + match[0].length;
    }
    out.push(text.slice(at));
    return out;
  }

  private whole(): string {
    if (this.stale) {
      this.record = this.fields.map((field) => this.text(field)).join(this.text(this.get("OFS")));
      this.stale = false;
    }
    return this.record;
  }

  private field(n: number): Value {
    if (n < 0) throw new AwkError("Access to negative field");
    if (n === 0) return new Input(this.whole());
    this.ensureFields();
    return this.fields[n - 1];
  }

  private setField(n: number, value: Value): void {
    if (n === 0) {
      this.setRecord(this.text(value));
      return;
    }
    this.ensureFields();
    while (this.fields.length < n) this.fields.push(new Input(""));
    this.fields[n - 1] = value;
    this.globals.set("NF", this.fields.length);
    this.stale = true;
  }

  get(name: string): Value {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) {
      const value = local.get(name);
      return value instanceof Map ? undefined : value;
    }
    if (name === "NF") this.ensureFields();
    return this.globals.get(name);
  }

  set(name: string, value: Value): void {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) {
      local.set(name, value);
      return;
    }
    if (name === "NF") {
      this.ensureFields();
      const count = num(value);
      while (this.fields.length < count) this.fields.push(new Input(""));
      this.fields.length = count;
      this.stale = true;
    }
    this.globals.set(name, value);
  }

  private array(name: string): Map<string, Value> {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) {
      const value = local.get(name);
      if (value instanceof Map) return value;
      const made = new Map<string, Value>();
      local.set(name, made);
      return made;
    }
    let array = this.arrays.get(name);
    if (array === undefined) {
      array = new Map();
      this.arrays.set(name, array);
    }
    return array;
  }

  private text(value: Value): string {
    if (value === undefined) return "";
    if (typeof value === "string") return value;
    if (value instanceof Input) return value.text;
    return this.number(value, "CONVFMT");
  }

  private number(value: number, format: string): string {
    if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
    return printf([this.text(this.globals.get(format)), String(value)], "ash").text;
  }

  private *statement(node: Stmt): Task {
    switch (node.k) {
      case "block":
        for (const one of node.body) yield* this.statement(one);
        return;
      case "expr":
        yield* this.eval(node.e);
        return;
      case "print":
        yield* this.print(node);
        return;
      case "if":
        if (truth(yield* this.eval(node.test))) yield* this.statement(node.then);
        else if (node.else !== undefined) yield* this.statement(node.else);
        return;
      case "while":
        while (truth(yield* this.eval(node.test))) if (yield* this.body(node.body)) break;
        return;
      case "do":
        do if (yield* this.body(node.body)) break;
        while (truth(yield* this.eval(node.test)));
        return;
      case "for":
        if (node.init !== undefined) yield* this.statement(node.init);
        while (node.test === undefined || truth(yield* this.eval(node.test))) {
          if (yield* this.body(node.body)) break;
          if (node.step !== undefined) yield* this.statement(node.step);
        }
        return;
      case "forin":
        for (const key of [...this.array(node.array).keys()]) {
          this.set(node.name, new Input(key));
          if (yield* this.body(node.body)) break;
        }
        return;
      case "next":
      case "nextfile":
      case "break":
      case "continue":
        throw new Leave(node.k);
      case "exit":
        if (node.value !== undefined) this.exitCode = num(yield* this.eval(node.value)) & 0xff;
        this.exiting = true;
        throw new Leave("exit");
      case "return":
        throw new Leave("return", node.value === undefined ? undefined : yield* this.eval(node.value));
      case "delete":
        if (node.keys === undefined) this.array(node.name).clear();
        else this.array(node.name).delete(yield* this.key(node.keys));
    }
  }

  /** Runs a loop's body; true when the loop is left. */
  private *body(node: Stmt): Task<boolean> {
    this.process.machine.meter.addCommands(1);
    try {
      yield* this.statement(node);
      return false;
    } catch (error) {
      if (error instanceof Leave && error.kind === "break") return true;
      if (error instanceof Leave && error.kind === "continue") return false;
      throw error;
    }
  }

  private *print(node: Stmt & { k: "print" }): Task {
    let text: string;
    if (node.format) {
      const values: string[] = [];
      for (const arg of node.args) values.push(this.forFormat(yield* this.eval(arg)));
      text = this.sprintf(values);
    } else if (node.args.length === 0) text = this.whole() + this.text(this.get("ORS"));
    else {
      const parts: string[] = [];
      for (const [i, arg] of node.args.entries()) {
        // busybox prints each value before it computes the next.
        const piecemeal = node.to === undefined && !this.process.gnu;
        if (piecemeal && i > 0) this.process.out(this.text(this.get("OFS")));
        const value = yield* this.eval(arg);
        const shown = typeof value === "number" ? this.number(value, "OFMT") : this.text(value);
        if (piecemeal) this.process.out(shown);
        else parts.push(shown);
      }
      text = parts.join(this.text(this.get("OFS"))) + this.text(this.get("ORS"));
    }
    if (node.to === undefined) {
      this.process.out(text);
      yield* this.process.room();
      return;
    }
    const target = this.text(yield* this.eval(node.to.target));
    this.output(node.to.op, target).write(text);
  }

  private forFormat(value: Value): string {
    return typeof value === "number"
      ? Number.isInteger(value)
        ? String(value)
        : String(value)
      : this.text(value);
  }

  private sprintf(values: readonly string[]): string {
    const [format = "", ...rest] = values;
    let next = 0;
    return format.replace(
      /%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?(?:hh|h|ll|l|L)?([diouxXeEfFgGcs%])/g,
      (_, flags: string, width: string, precision: string | undefined, kind: string) => {
        if (kind === "%") return "%";
        const w = width === "*" ? String(num(new Input(rest[next++] ?? ""))) : width;
        const p = precision === "*" ? String(num(new Input(rest[next++] ?? ""))) : precision;
        const spec = (letter: string): string => `%${flags}${w}${p === undefined ? "" : "." + p}${letter}`;
        const value = rest[next++] ?? "";
        if (kind === "s") return printf([spec("s"), value], "ash").text;
        if (kind === "c")
          return printf(
            [spec("s"), /^\d+$/.test(value) ? String.fromCharCode(Number(value) & 0xff) : value.slice(0, 1)],
            "ash",
          ).text;
        const number = num(new Input(value));
        if ("diouxX".includes(kind))
          return printf(
            [
              spec(kind === "i" ? "d" : kind),
              BigInt(Math.trunc(Number.isFinite(number) ? number : 0)).toString(),
            ],
            "ash",
          ).text;
        return printf([spec(kind), String(number)], "ash").text;
      },
    );
  }

  private output(op: ">" | ">>" | "|", target: string): Handle {
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

  private *closeAll(): Task {
    for (const name of [...this.outputs.keys(), ...this.inputs.keys()]) yield* this.close(name);
    this.handle?.drop();
    this.handle = undefined;
  }

  private *close(name: string): Task<number> {
    const one = this.outputs.get(name) ?? this.inputs.get(name);
    if (one === undefined) return -1;
    this.outputs.delete(name);
    this.inputs.delete(name);
    one.handle.drop();
    return one.child === undefined ? 0 : yield* this.process.waitFor(one.child);
  }

  private *key(keys: readonly Expr[]): Task<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(this.text(yield* this.eval(key)));
    return parts.join(this.text(this.globals.get("SUBSEP")));
  }

  private *eval(node: Expr): Task<Value> {
    switch (node.k) {
      case "num":
        return node.v;
      case "str":
        return node.v;
      case "regex":
        return posixRegex(node.source, true).test(this.whole()) ? 1 : 0;
      case "var":
        return this.get(node.name);
      case "index": {
        const array = this.array(node.name);
        const key = yield* this.key(node.keys);
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case "field":
        return this.field(Math.trunc(num(yield* this.eval(node.a))));
      case "group":
        if (node.items.length !== 1) return yield* this.key(node.items);
        return yield* this.eval(node.items[0] as Expr);
      case "assign": {
        let value = yield* this.eval(node.value);
        if (node.op !== "=") {
          if (node.op === "^=" && this.process.minimal) throw new AwkError("Math support is not compiled in");
          value = arithmetic(node.op.slice(0, -1), num(yield* this.eval(node.target)), num(value));
        }
        yield* this.store(node.target, value);
        return value;
      }
      case "cond":
        return truth(yield* this.eval(node.test)) ? yield* this.eval(node.a) : yield* this.eval(node.b);
      case "binary":
        return yield* this.binary(node);
      case "unary": {
        const value = yield* this.eval(node.a);
        if (node.op === "!") return truth(value) ? 0 : 1;
        return node.op === "-" ? -num(value) : num(value);
      }
      case "step": {
        const old = num(yield* this.eval(node.target));
        const value = old + (node.op === "++" ? 1 : -1);
        yield* this.store(node.target, value);
        return node.prefix ? value : old;
      }
      case "match": {
        const subject = this.text(yield* this.eval(node.a));
        return (yield* this.regex(node.b)).test(subject) !== node.negated ? 1 : 0;
      }
      case "in":
        return this.array(node.name).has(yield* this.key(node.keys)) ? 1 : 0;
      case "getline":
        return yield* this.getline(node);
      case "call":
        return node.user
          ? yield* this.userCall(node.name, node.args)
          : yield* this.builtin(node.name, node.args);
    }
  }

  private *regex(node: Expr, flags = ""): Task<RegExp> {
    if (node.k === "regex") return posixRegex(node.source, true, flags);
    if (node.k === "group" && node.items.length === 1) return yield* this.regex(node.items[0] as Expr, flags);
    return posixRegex(this.text(yield* this.eval(node)), true, flags);
  }

  private *store(target: Expr, value: Value): Task {
    if (target.k === "var") this.set(target.name, value);
    else if (target.k === "index") this.array(target.name).set(yield* this.key(target.keys), value);
    else if (target.k === "field") this.setField(Math.trunc(num(yield* this.eval(target.a))), value);
  }

  private *binary(node: Expr & { k: "binary" }): Task<Value> {
    const { op } = node;
    if (op === "&&") return truth(yield* this.eval(node.a)) && truth(yield* this.eval(node.b)) ? 1 : 0;
    if (op === "||") return truth(yield* this.eval(node.a)) || truth(yield* this.eval(node.b)) ? 1 : 0;
    const a = yield* this.eval(node.a);
    const b = yield* this.eval(node.b);
    if (op === " ") return this.text(a) + this.text(b);
    if (["<", "<=", "==", "!=", ">", ">="].includes(op)) {
      let order: number;
      if (numeric(a) && numeric(b)) order = num(a) - num(b);
      else {
        const x = this.text(a);
        const y = this.text(b);
        order = x < y ? -1 : x > y ? 1 : 0;
      }
      const results: Record<string, boolean> = {
        "<": order < 0,
        "<=": order <= 0,
        "==": order === 0,
        "!=": order !== 0,
        ">": order > 0,
        ">=": order >= 0,
      };
      return results[op] === true ? 1 : 0;
    }
    if (op === "^" && this.process.minimal) throw new AwkError("Math support is not compiled in");
    return arithmetic(op, num(a), num(b));
  }

  private *userCall(name: string, args: readonly Expr[]): Task<Value> {
    const found = this.program.functions.get(name);
    if (found === undefined) throw new AwkError("Call to undefined function");
    if (++this.depth > 500) throw new AwkError("Function calls nested too deeply");
    this.process.machine.meter.addCommands(1);
    const scope = new Map<string, Value | Map<string, Value>>();
    for (const [i, param] of found.params.entries()) {
      const arg = args[i];
      if (arg === undefined) scope.set(param, undefined);
      else if (arg.k === "var" && this.isArray(arg.name)) scope.set(param, this.array(arg.name));
      else if (arg.k === "var" && this.get(arg.name) === undefined) {
        // Not used yet: it may become an array inside.
        const shared = this.untyped(arg.name);
        scope.set(param, shared);
      } else scope.set(param, yield* this.eval(arg));
    }
    this.locals.push(scope);
    try {
      yield* this.statement(found.body);
      return undefined;
    } catch (error) {
      if (error instanceof Leave && error.kind === "return") return error.value;
      throw error;
    } finally {
      this.locals.pop();
      this.depth--;
    }
  }

  private isArray(name: string): boolean {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) return local.get(name) instanceof Map;
    return this.arrays.has(name);
  }

  private untyped(name: string): Map<string, Value> | undefined {
    const local = this.locals.at(-1);
    if (local?.has(name) === true) return undefined;
    return undefined;
  }

  private *getline(node: Expr & { k: "getline" }): Task<Value> {
    let line: string | undefined;
    if (node.from === "input") {
      line = yield* this.fetch();
    } else {
      const name = this.text(yield* this.eval(node.source as Expr));
      let input = this.inputs.get(name);
      if (input === undefined) {
        let handle: Handle;
        let child: Process | undefined;
        if (node.from === "command") {
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
            return -1;
          }
        }
        input = { reader: this.newReader(handle), handle, ...(child === undefined ? {} : { child }) };
        this.inputs.set(name, input);
      }
      line = yield* this.readFrom(input.reader);
      if (
        line !== undefined &&
        (node.from === "command" || node.target === undefined) &&
        node.from === "command"
      )
        this.set("NR", num(this.get("NR")) + 1);
    }
    if (line === undefined) return 0;
    if (node.target === undefined) this.setRecord(line);
    else yield* this.store(node.target, new Input(line));
    return 1;
  }

  private *builtin(name: string, args: readonly Expr[]): Task<Value> {
    const first = args[0];
    switch (name) {
      case "length":
        if (first === undefined) return this.whole().length;
        if (first.k === "var" && this.isArray(first.name)) return this.array(first.name).size;
        return this.text(yield* this.eval(first)).length;
      case "split": {
        const text = this.text(yield* this.eval(first as Expr));
        const array = this.array((args[1] as { name: string }).name);
        const by = args[2];
        let separator = this.text(this.globals.get("FS"));
        if (by !== undefined)
          separator =
            by.k === "regex"
              ? by.source.length === 1
                ? `[${by.source}]`.replace("[^]", "\\^").replace("[ ]", "[ ]")
                : by.source
              : this.text(yield* this.eval(by));
        const parts = this.splitText(text, separator);
        array.clear();
        for (const [i, part] of parts.entries()) array.set(String(i + 1), new Input(part));
        return parts.length;
      }
      case "sub":
      case "gsub":
        return yield* this.substitute(name === "gsub", args);
      case "gensub": {
        const regex = yield* this.regex(first as Expr, "g");
        const replacement = this.text(yield* this.eval(args[1] as Expr));
        const how = this.text(yield* this.eval(args[2] as Expr));
        const subject = args[3] === undefined ? this.whole() : this.text(yield* this.eval(args[3]));
        let count = 0;
        return subject.replace(regex, (...match) => {
          count++;
          if (!/^[gG]/.test(how) && count !== Number(how)) return String(match[0]);
          return replacement.replace(/\\(\d|&|\\)|&/g, (mark, digit: string | undefined) =>
            mark === "&"
              ? String(match[0])
              : /\d/.test(digit ?? "")
                ? String(match[Number(digit)] ?? "")
                : (digit ?? ""),
          );
        });
      }
      case "match": {
        const subject = this.text(yield* this.eval(first as Expr));
        const match = (yield* this.regex(args[1] as Expr)).exec(subject);
        this.set("RSTART", match === null ? 0 : match.index + 1);
        this.set("RLENGTH", match === null ? -1 : match[0].length);
        const into = args[2];
        if (into?.k === "var") {
          const array = this.array(into.name);
          array.clear();
          for (const [i, text] of (match ?? []).entries())
            if (text !== undefined) array.set(String(i), new Input(text));
        }
        return match === null ? 0 : match.index + 1;
      }
    }
    const values: Value[] = [];
    for (const arg of args) values.push(yield* this.eval(arg));
    const text = (i: number): string => this.text(values[i]);
    const number = (i: number): number => num(values[i]);
    switch (name) {
      case "substr": {
        const subject = text(0);
        let start = Math.round(number(1));
        let length = values.length > 2 ? Math.round(number(2)) : Infinity;
        if (start < 1) {
          if (this.process.gnu) length += start - 1;
          start = 1;
        }
        return length <= 0 || Number.isNaN(length)
          ? ""
          : subject.slice(start - 1, length === Infinity ? undefined : start - 1 + length);
      }
      case "index":
        // busybox finds no empty text.
        return text(1) === "" && this.process.minimal ? 0 : text(0).indexOf(text(1)) + 1;
      case "sprintf":
        return this.sprintf(values.map((value) => this.forFormat(value)));
      case "tolower":
        return text(0).replace(/[A-Z]/g, (char) => char.toLowerCase());
      case "toupper":
        return text(0).replace(/[a-z]/g, (char) => char.toUpperCase());
      case "int":
        return Math.trunc(number(0));
      case "sqrt":
      case "exp":
      case "log":
      case "sin":
      case "cos":
      case "atan2":
        if (this.process.minimal) throw new AwkError("Math support is not compiled in");
    }
    switch (name) {
      case "sqrt":
        return Math.sqrt(number(0));
      case "exp":
        return Math.exp(number(0));
      case "log":
        return Math.log(number(0));
      case "sin":
        return Math.sin(number(0));
      case "cos":
        return Math.cos(number(0));
      case "atan2":
        return Math.atan2(number(0), number(1));
      case "rand":
        this.seed = (Math.imul(this.seed, 1103515245) + 12345) & 0x7fffffff;
        return this.seed / 0x80000000;
      case "srand": {
        const old = this.seed;
        this.seed = values.length > 0 ? number(0) : Math.floor(this.process.machine.time);
        return old;
      }
      case "system": {
        const child = this.process.machine.spawn(this.process, (own) =>
          execute(own, ["/bin/sh", "-c", text(0)], "awk"),
        );
        return yield* this.process.waitFor(child);
      }
      case "close":
        return yield* this.close(text(0));
      case "fflush":
        return 0;
      case "systime":
        return Math.floor(this.process.machine.time);
      case "strftime":
        return formatTime(
          values.length > 0 ? text(0) : "%a %b %e %H:%M:%S %Z %Y",
          values.length > 1 ? number(1) : this.process.machine.time,
        );
      case "and":
        return number(0) & number(1);
      case "or":
        return number(0) | number(1);
      case "xor":
        return number(0) ^ number(1);
      case "lshift":
        return number(0) * 2 ** number(1);
      case "rshift":
        return Math.floor(number(0) / 2 ** number(1));
      case "compl":
        return Number(BigInt.asUintN(64, ~BigInt(Math.trunc(number(0)))));
      default:
        return undefined;
    }
  }

  private *substitute(global: boolean, args: readonly Expr[]): Task<Value> {
    const regex = yield* this.regex(args[0] as Expr, "g");
    const replacement = this.text(yield* this.eval(args[1] as Expr));
    const target: Expr = args[2] ?? { k: "field", a: { k: "num", v: 0 } };
    const subject = this.text(yield* this.eval(target));
    let count = 0;
    let out = "";
    let at = 0;
    let lastEnd = -1;
    regex.lastIndex = 0;
    for (let match = regex.exec(subject); match !== null; match = regex.exec(subject)) {
      const [whole] = match;
      if (whole === "" && match.index === lastEnd) {
        if (regex.lastIndex >= subject.length) break;
        regex.lastIndex++;
        continue;
      }
      count++;
      out +=
        subject.slice(at, match.index) +
        replacement.replace(/\\\\&|\\&|\\\\|&/g, (mark) =>
          mark === "&" ? whole : mark === "\\&" ? "&" : mark === "\\\\&" ? "\\" + whole : mark,
        );
      at = lastEnd = match.index + whole.length;
      if (!global) break;
      if (whole === "") {
        if (at >= subject.length) break;
        regex.lastIndex = at + 1;
      }
    }
    if (count > 0) yield* this.store(target, out + subject.slice(at));
    return count;
  }
}

function num(value: Value): number {
  if (value === undefined) return 0;
  if (typeof value === "number") return value;
  const text = typeof value === "string" ? value : value.text;
  // busybox reads hexadecimal and octal; in mawk such strings are rare.
  const based = /^\s*(-?)0([xX][0-9a-fA-F]+|[0-7]+(?![\d.eE]))/.exec(text);
  if (based !== null)
    return (
      (based[1] === "-" ? -1 : 1) *
      Number(
        (based[2] as string).startsWith("x") || (based[2] as string).startsWith("X")
          ? "0" + (based[2] as string)
          : "0o" + (based[2] as string),
      )
    );
  const match = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?|inf|nan)/i.exec(text);
  if (match === null) return 0;
  return Number(match[0]) || 0;
}

function numeric(value: Value): boolean {
  if (value === undefined || typeof value === "number") return true;
  return value instanceof Input && NUMERIC.test(value.text);
}

function truth(value: Value): boolean {
  if (value === undefined) return false;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value !== "";
  return NUMERIC.test(value.text) ? Number(value.text) !== 0 : value.text !== "";
}

function arithmetic(op: string, a: number, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      if (b === 0) throw new AwkError("Division by zero");
      return a / b;
    case "%":
      if (b === 0) throw new AwkError("Division by zero");
      return a % b;
    default:
      return a ** b;
  }
}
