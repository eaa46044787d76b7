/** `test` and `[`, as builtin and as program. */

import type { Process } from "../machine/process";
import { posixRegex } from "../machine/regex";
import { matches } from "./pattern";
import { BINARY, binaryTest, UNARY, unaryTest } from "./test-operators";

/** Whose words the errors are in. */
export interface TestStyle {
  readonly flavour: "ash" | "dash" | "bash";
  /** busybox's `[[`: the right side of `=` is a pattern, and there is `=~`. */
  readonly patterns?: boolean;
  /** Prints a message (without prefix); the caller knows the prefix. */
  complain(text: string): void;
}

class Failure extends Error {}

/** Evaluates the arguments of `test` (without name and closing bracket): 0 true, 1 false, 2 broken. */
export function testExpression(process: Process, args: readonly string[], style: TestStyle): number {
  try {
    return new Evaluator(process, args, style).run() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    style.complain(error.message);
    return 2;
  }
}

class Evaluator {
  private at = 0;

  constructor(
    private readonly process: Process,
    private readonly args: readonly string[],
    private readonly style: TestStyle,
  ) {}

  run(): boolean {
    const { args } = this;
    if (args.length === 0) return false;
    if (args.length === 1) return args[0] !== "";
    if (args.length === 2) {
      if (args[0] === "!") return args[1] === "";
      if (UNARY.has(args[0] as string)) return unaryTest(this.process, args[0] as string, args[1] as string);
      if (this.style.flavour === "bash") throw new Failure(`${args[0]}: unary operator expected`);
    }
    if (args.length === 3 && this.isBinary(args[1] as string)) {
      return this.compare(args[1] as string, args[0] as string, args[2] as string);
    }
    if (
      args.length === 3 &&
      this.style.flavour === "bash" &&
      args[0] !== "!" &&
      args[0] !== "(" &&
      args[1] !== "-a" &&
      args[1] !== "-o"
    ) {
      throw new Failure(`${args[1]}: binary operator expected`);
    }
    if (args.length === 4 && args[0] === "!" && BINARY.has(args[2] as string)) {
      return !this.compare(args[2] as string, args[1] as string, args[3] as string);
    }
    const value = this.or();
    if (this.at < args.length) {
      const rest = args[this.at] as string;
      if (this.style.flavour === "bash")
        throw new Failure(args.length > 4 ? "too many arguments" : `${rest}: binary operator expected`);
      throw new Failure(
        this.style.flavour === "dash"
          ? `${args[this.at - 1] ?? rest}: unexpected operator`
          : `${rest}: unknown operand`,
      );
    }
    return value;
  }

  private isBinary(op: string): boolean {
    return BINARY.has(op) || (op === "=~" && this.style.patterns === true);
  }

  private or(): boolean {
    let value = this.and();
    while (this.args[this.at] === "-o") {
      this.at++;
      const right = this.and();
      value = value || right;
    }
    return value;
  }

  private and(): boolean {
    let value = this.not();
    while (this.args[this.at] === "-a" && this.at + 1 < this.args.length) {
      this.at++;
      const right = this.not();
      value = value && right;
    }
    return value;
  }

  private not(): boolean {
    if (this.args[this.at] === "!" && this.at + 1 < this.args.length) {
      this.at++;
      return !this.not();
    }
    return this.primary();
  }

  private primary(): boolean {
    const { args } = this;
    const first = args[this.at];
    if (first === undefined) throw new Failure("argument expected");
    const second = args[this.at + 1];
    if (second !== undefined && this.isBinary(second) && args[this.at + 2] !== undefined) {
      this.at += 3;
      return this.compare(second, first, args[this.at - 1] as string);
    }
    if (first === "(" && second !== undefined) {
      this.at++;
      const value = this.or();
      if (args[this.at] !== ")")
        throw new Failure(this.style.flavour === "bash" ? "`)' expected" : "closing paren expected");
      this.at++;
      return value;
    }
    if (UNARY.has(first) && second !== undefined) {
      this.at += 2;
      return unaryTest(this.process, first, second);
    }
    this.at++;
    if (
      this.style.flavour !== "bash" &&
      args[this.at] !== undefined &&
      this.isBinary(args[this.at] as string) &&
      args[this.at + 1] === undefined
    ) {
      throw new Failure(`${args[this.at] ?? ""}: argument expected`);
    }
    return first !== "";
  }

  private compare(op: string, a: string, b: string): boolean {
    if (this.style.patterns === true) {
      if (op === "=~") return posixRegex(b, true).test(a);
      if (op === "=" || op === "==" || op === "!=") return matches(b, a) === (op !== "!=");
    }
    const plain = binaryTest(this.process, op, a, b);
    if (plain !== undefined) return plain;
    const x = this.number(a);
    const y = this.number(b);
    switch (op) {
      case "-eq":
        return x === y;
      case "-ne":
        return x !== y;
      case "-lt":
        return x < y;
      case "-le":
        return x <= y;
      case "-gt":
        return x > y;
      default:
        return x >= y;
    }
  }

  private number(text: string): bigint {
    const trimmed = text.trim();
    if (/^[-+]?\d+$/.test(trimmed)) return BigInt(trimmed.replace(/^\+/, ""));
    if (this.style.flavour === "bash") throw new Failure(`${text}: integer expression expected`);
    throw new Failure(this.style.flavour === "dash" ? `Illegal number: ${text}` : `${text}: bad number`);
  }
}
