/** The awk machine: rules, statements and expressions over the records. */

import { posixRegex } from "../../machine/regex";
import type { Process, Task } from "../../machine/process";
import { AwkFunctions } from "./functions";
import { formatArgument, formatValues } from "./sprintf";
import { AwkStreams } from "./streams";
import { generalSubstitute, substitute } from "./substitute";
import type { AwkProgram, Expr, Stmt } from "./syntax";
import { arithmetic, AwkError, Input, num, numeric, truth, type Value } from "./values";
import { AwkVariables, type Scope } from "./variables";

/** A way out of statements. */
class Leave extends Error {
  constructor(
    readonly kind: "next" | "nextfile" | "exit" | "return" | "break" | "continue",
    readonly value?: Value,
  ) {
    super(kind);
  }
}

/** One run of a program. */
export class Runner {
  readonly vars: AwkVariables;
  private readonly streams: AwkStreams;
  private readonly functions: AwkFunctions;
  private depth = 0;
  private exiting = false;

  constructor(
    private readonly process: Process,
    private readonly program: AwkProgram,
    args: readonly string[],
  ) {
    this.vars = new AwkVariables(args, process.env);
    this.streams = new AwkStreams(process, this.vars);
    this.functions = new AwkFunctions(process, this.vars, this.streams);
  }

  /** BEGIN, the records, END; answers the exit code. Throws AwkError. */
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
    yield* this.streams.closeAll();
    return this.streams.exitCode;
  }

  private *main(): Task {
    const rules = this.program.rules.filter((rule) => rule.kind === "main");
    for (let line = yield* this.streams.fetch(); line !== undefined; line = yield* this.streams.fetch()) {
      this.vars.setRecord(line);
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
          if (rule.body === undefined)
            this.process.out(this.vars.whole() + this.vars.text(this.vars.get("ORS")));
          else yield* this.statement(rule.body);
        }
      } catch (error) {
        if (!(error instanceof Leave)) throw error;
        if (error.kind === "nextfile") this.streams.skipFile();
        else if (error.kind !== "next") throw error;
      }
    }
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
        for (const key of [...this.vars.array(node.array).keys()]) {
          this.vars.set(node.name, new Input(key));
          if (yield* this.body(node.body)) break;
        }
        return;
      case "next":
      case "nextfile":
      case "break":
      case "continue":
        throw new Leave(node.k);
      case "exit":
        if (node.value !== undefined) this.streams.exitCode = num(yield* this.eval(node.value)) & 0xff;
        this.exiting = true;
        throw new Leave("exit");
      case "return":
        throw new Leave("return", node.value === undefined ? undefined : yield* this.eval(node.value));
      case "delete":
        if (node.keys === undefined) this.vars.array(node.name).clear();
        else this.vars.array(node.name).delete(yield* this.key(node.keys));
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
      for (const arg of node.args) values.push(formatArgument(this.vars, yield* this.eval(arg)));
      text = formatValues(values);
    } else if (node.args.length === 0) text = this.vars.whole() + this.vars.text(this.vars.get("ORS"));
    else {
      const parts: string[] = [];
      for (const [i, arg] of node.args.entries()) {
        // busybox prints each value before it computes the next.
        const piecemeal = node.to === undefined && !this.process.gnu;
        if (piecemeal && i > 0) this.process.out(this.vars.text(this.vars.get("OFS")));
        const value = yield* this.eval(arg);
        const shown = typeof value === "number" ? this.vars.number(value, "OFMT") : this.vars.text(value);
        if (piecemeal) this.process.out(shown);
        else parts.push(shown);
      }
      text = parts.join(this.vars.text(this.vars.get("OFS"))) + this.vars.text(this.vars.get("ORS"));
    }
    if (node.to === undefined) {
      this.process.out(text);
      yield* this.process.room();
      return;
    }
    const target = this.vars.text(yield* this.eval(node.to.target));
    this.streams.output(node.to.op, target).write(text);
  }

  private *key(keys: readonly Expr[]): Task<string> {
    const parts: string[] = [];
    for (const key of keys) parts.push(this.vars.text(yield* this.eval(key)));
    return parts.join(this.vars.text(this.vars.get("SUBSEP")));
  }

  private *eval(node: Expr): Task<Value> {
    switch (node.k) {
      case "num":
        return node.v;
      case "str":
        return node.v;
      case "regex":
        return posixRegex(node.source, true).test(this.vars.whole()) ? 1 : 0;
      case "var":
        return this.vars.get(node.name);
      case "index": {
        const array = this.vars.array(node.name);
        const key = yield* this.key(node.keys);
        if (!array.has(key)) array.set(key, undefined);
        return array.get(key);
      }
      case "field":
        return this.vars.field(Math.trunc(num(yield* this.eval(node.a))));
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
        const subject = this.vars.text(yield* this.eval(node.a));
        return (yield* this.regex(node.b)).test(subject) !== node.negated ? 1 : 0;
      }
      case "in":
        return this.vars.array(node.name).has(yield* this.key(node.keys)) ? 1 : 0;
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
    return posixRegex(this.vars.text(yield* this.eval(node)), true, flags);
  }

  private *store(target: Expr, value: Value): Task {
    if (target.k === "var") this.vars.set(target.name, value);
    else if (target.k === "index") this.vars.array(target.name).set(yield* this.key(target.keys), value);
    else if (target.k === "field") this.vars.setField(Math.trunc(num(yield* this.eval(target.a))), value);
  }

  private *binary(node: Expr & { k: "binary" }): Task<Value> {
    const { op } = node;
    if (op === "&&") return truth(yield* this.eval(node.a)) && truth(yield* this.eval(node.b)) ? 1 : 0;
    if (op === "||") return truth(yield* this.eval(node.a)) || truth(yield* this.eval(node.b)) ? 1 : 0;
    const a = yield* this.eval(node.a);
    const b = yield* this.eval(node.b);
    if (op === " ") return this.vars.text(a) + this.vars.text(b);
    if (["<", "<=", "==", "!=", ">", ">="].includes(op)) {
      let order: number;
      if (numeric(a) && numeric(b)) order = num(a) - num(b);
      else {
        const x = this.vars.text(a);
        const y = this.vars.text(b);
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
    const scope: Scope = new Map();
    for (const [i, param] of found.params.entries()) {
      const arg = args[i];
      if (arg === undefined) scope.set(param, undefined);
      else if (arg.k === "var" && this.vars.isArray(arg.name)) scope.set(param, this.vars.array(arg.name));
      else scope.set(param, yield* this.eval(arg));
    }
    this.vars.locals.push(scope);
    try {
      yield* this.statement(found.body);
      return undefined;
    } catch (error) {
      if (error instanceof Leave && error.kind === "return") return error.value;
      throw error;
    } finally {
      this.vars.locals.pop();
      this.depth--;
    }
  }

  private *getline(node: Expr & { k: "getline" }): Task<Value> {
    let line: string | undefined | false;
    if (node.from === "input") line = yield* this.streams.fetch();
    else {
      line = yield* this.streams.getline(node.from, this.vars.text(yield* this.eval(node.source as Expr)));
      if (line === false) return -1;
      if (line !== undefined && node.from === "command") this.vars.set("NR", num(this.vars.get("NR")) + 1);
    }
    if (line === undefined) return 0;
    if (node.target === undefined) this.vars.setRecord(line);
    else yield* this.store(node.target, new Input(line));
    return 1;
  }

  private *builtin(name: string, args: readonly Expr[]): Task<Value> {
    const first = args[0];
    switch (name) {
      case "length":
        if (first === undefined) return this.vars.whole().length;
        if (first.k === "var" && this.vars.isArray(first.name)) return this.vars.array(first.name).size;
        return this.vars.text(yield* this.eval(first)).length;
      case "split": {
        const text = this.vars.text(yield* this.eval(first as Expr));
        const array = this.vars.array((args[1] as { name: string }).name);
        const by = args[2];
        let separator = this.vars.text(this.vars.get("FS"));
        if (by !== undefined)
          separator =
            by.k === "regex"
              ? by.source.length === 1
                ? `[${by.source}]`.replace("[^]", "\\^").replace("[ ]", "[ ]")
                : by.source
              : this.vars.text(yield* this.eval(by));
        const parts = this.vars.splitText(text, separator);
        array.clear();
        for (const [i, part] of parts.entries()) array.set(String(i + 1), new Input(part));
        return parts.length;
      }
      case "sub":
      case "gsub":
        return yield* this.substitute(name === "gsub", args);
      case "gensub": {
        const regex = yield* this.regex(first as Expr, "g");
        const replacement = this.vars.text(yield* this.eval(args[1] as Expr));
        const how = this.vars.text(yield* this.eval(args[2] as Expr));
        const subject = args[3] === undefined ? this.vars.whole() : this.vars.text(yield* this.eval(args[3]));
        return generalSubstitute(subject, regex, replacement, how);
      }
      case "match": {
        const subject = this.vars.text(yield* this.eval(first as Expr));
        const match = (yield* this.regex(args[1] as Expr)).exec(subject);
        this.vars.set("RSTART", match === null ? 0 : match.index + 1);
        this.vars.set("RLENGTH", match === null ? -1 : match[0].length);
        const into = args[2];
        if (into?.k === "var") {
          const array = this.vars.array(into.name);
          array.clear();
          for (const [i, text] of (match ?? []).entries())
            if (text !== undefined) array.set(String(i), new Input(text));
        }
        return match === null ? 0 : match.index + 1;
      }
    }
    const values: Value[] = [];
    for (const arg of args) values.push(yield* this.eval(arg));
    return yield* this.functions.call(name, values);
  }

  private *substitute(global: boolean, args: readonly Expr[]): Task<Value> {
    const regex = yield* this.regex(args[0] as Expr, "g");
    const replacement = this.vars.text(yield* this.eval(args[1] as Expr));
    const target: Expr = args[2] ?? { k: "field", a: { k: "num", v: 0 } };
    const subject = this.vars.text(yield* this.eval(target));
    const { text, count } = substitute(subject, regex, replacement, global);
    if (count > 0) yield* this.store(target, text);
    return count;
  }
}
