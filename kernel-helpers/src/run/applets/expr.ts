/** `expr`. */

import type { Process, Task } from "../machine/process";
import { posixRegex } from "../machine/regex";

class ExprError extends Error {}

export function* expr(process: Process): Task<number> {
  const args = process.args.slice(1);
  if (args.length === 0) {
    process.err(
      process.gnu
        ? "expr: missing operand\nTry 'expr --help' for more information.\n"
        : "expr: too few arguments\n",
    );
    return 2;
  }
  let at = 0;
  const peek = (): string | undefined => args[at];
  const number = (text: string): bigint => {
    if (!/^-?\d+$/.test(text))
      throw new ExprError(process.gnu ? "non-integer argument" : "non-numeric argument");
    return BigInt(text);
  };
  const primary = (): string => {
    const token = args[at++];
    if (token === undefined) throw new ExprError("syntax error");
    if (token === "(") {
      const value = or();
      if (args[at++] !== ")") throw new ExprError("syntax error");
      return value;
    }
    if (token === ")") throw new ExprError("syntax error");
    if (at < args.length) {
      if (token === "match") return match(primary(), primary());
      if (token === "substr") {
        const text = primary();
        const start = Number(primary());
        const length = Number(primary());
        return start > 0 && length > 0 ? text.slice(start - 1, start - 1 + length) : "";
      }
      if (token === "index") {
        const text = primary();
        const chars = primary();
        return String([...text].findIndex((char) => chars.includes(char)) + 1);
      }
      if (token === "length") return String(primary().length);
    }
    return token;
  };
  const match = (text: string, pattern: string): string => {
    const found = posixRegex(pattern.startsWith("^") ? pattern : "^" + pattern, false).exec(text);
    const group = pattern.includes("\\(");
    if (found === null) return group ? "" : "0";
    return group ? (found[1] ?? "") : String(found[0].length);
  };
  const colon = (): string => {
    let value = primary();
    while (peek() === ":") {
      at++;
      value = match(value, primary());
    }
    return value;
  };
  const product = (): string => {
    let value = colon();
    for (let op = peek(); op === "*" || op === "/" || op === "%"; op = peek()) {
      at++;
      const a = number(value);
      const b = number(colon());
      if (op !== "*" && b === 0n) throw new ExprError("division by zero");
      value = String(op === "*" ? a * b : op === "/" ? a / b : a % b);
    }
    return value;
  };
  const sum = (): string => {
    let value = product();
    for (let op = peek(); op === "+" || op === "-"; op = peek()) {
      at++;
      const a = number(value);
      const b = number(product());
      value = String(op === "+" ? a + b : a - b);
    }
    return value;
  };
  const comparison = (): string => {
    let value = sum();
    for (
      let op = peek();
      op !== undefined && ["<", "<=", "=", "==", "!=", ">=", ">"].includes(op);
      op = peek()
    ) {
      at++;
      const other = sum();
      const numeric = /^-?\d+$/.test(value) && /^-?\d+$/.test(other);
      const order = numeric
        ? Number(BigInt(value) - BigInt(other))
        : value < other
          ? -1
          : value > other
            ? 1
            : 0;
      const results: Record<string, boolean> = {
        "<": order < 0,
        "<=": order <= 0,
        "=": order === 0,
        "==": order === 0,
        "!=": order !== 0,
        ">=": order >= 0,
        ">": order > 0,
      };
      value = results[op] === true ? "1" : "0";
    }
    return value;
  };
  const empty = (text: string): boolean => text === "" || /^-?0+$/.test(text);
  const and = (): string => {
    let value = comparison();
    while (peek() === "&") {
      at++;
      const other = comparison();
      if (empty(value) || empty(other)) value = "0";
    }
    return value;
  };
  const or = (): string => {
    let value = and();
    while (peek() === "|") {
      at++;
      const other = and();
      if (empty(value)) value = other;
    }
    return value;
  };
  try {
    const value = or();
    if (at < args.length) throw new ExprError("syntax error");
    process.out(value + "\n");
    return empty(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    process.err(
      `expr: ${error.message}${process.gnu && error.message === "syntax error" ? `: unexpected argument '${args[at] ?? args.at(-1) ?? ""}'` : ""}\n`,
    );
    return 2;
  }
}
