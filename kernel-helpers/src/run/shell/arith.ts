/** Arithmetic of the shells: 64-bit integers, C's operators. */

import type { Dialect } from "./ast";

/** The expression is none, or cannot be computed. */
export class ArithmeticError extends Error {
  override readonly name = "ArithmeticError";
}

/** Where names get their values. */
export interface ArithmeticScope {
  get(name: string, index?: string): string | undefined;
  set(name: string, value: string, index?: string): void;
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  "||": 3, "&&": 4, "|": 5, "^": 6, "&": 7, "==": 8, "!=": 8, "<": 9, ">": 9, "<=": 9, ">=": 9,
  "<<": 10, ">>": 10, "+": 11, "-": 11, "*": 12, "/": 12, "%": 12, "**": 13,
}; // prettier-ignore
const ASSIGNMENTS = ["<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "="];
const TOKEN =
  /\s*(?:(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z@_]+|\d\w*)|([A-Za-z_]\w*)|(<<=|>>=|\*\*|\+\+|--|&&|\|\||==|!=|<=|>=|<<|>>|\+=|-=|\*=|\/=|%=|&=|\^=|\|=|[-+*/%<>=!&|^~?:(),[\]]))/y;

/** dash has no `**`, `++` and `--`: they are two signs each. */
const DASH_TOKEN = new RegExp(TOKEN.source.replace("\\*\\*|\\+\\+|--|", ""), "y");

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Computes *text*; *scope* gives and takes variables. Throws ArithmeticError with the shell's words. */
export function evaluateArithmetic(text: string, scope: ArithmeticScope, dialect: Dialect): bigint {
  if (/^\s*-?\d{1,15}\s*$/.test(text) && !/^\s*-?0\d/.test(text)) return BigInt(text.trim());
  return new Evaluator(text, scope, dialect, 0).whole();
}

class Evaluator {
  private pos = 0;
  private readonly source: string;
  /** Over 0: inside the branch not taken. */
  private skipping = 0;

  constructor(
    text: string,
    private readonly scope: ArithmeticScope,
    private readonly dialect: Dialect,
    private readonly depth: number,
  ) {
    this.source = text.replace(/"/g, "");
    if (depth > 50) throw new ArithmeticError("expression recursion level exceeded");
  }

  whole(): bigint {
    if (this.source.trim() === "") return 0n;
    const value = this.comma();
    if (this.source.slice(this.pos).trim() !== "") throw this.failure("eof");
    return value;
  }

  private failure(kind: "eof" | "primary" | "token" = "token"): ArithmeticError {
    if (this.dialect === "ash") return new ArithmeticError("arithmetic syntax error");
    if (this.dialect === "dash") {
      const what = kind === "eof" ? "expecting EOF" : "expecting primary";
      return new ArithmeticError(`arithmetic expression: ${what}: "${this.source}"`);
    }
    const rest = this.source.slice(this.pos).trimStart();
    const text =
      rest === ""
        ? "syntax error: operand expected"
        : kind === "eof"
          ? "syntax error in expression"
          : "syntax error: operand expected";
    return new ArithmeticError(
      `${this.source}: ${text} (error token is "${rest === "" ? this.source.trim().slice(-1) : rest}")`,
    );
  }

  private peek(): { number?: string; name?: string; op?: string; end: number } | undefined {
    const token = this.dialect === "dash" ? DASH_TOKEN : TOKEN;
    token.lastIndex = this.pos;
    const match = token.exec(this.source);
    if (match === null) return undefined;
    const end = token.lastIndex;
    if (match[1] !== undefined) return { number: match[1], end };
    if (match[2] !== undefined) return { name: match[2], end };
    return { op: match[3] as string, end };
  }

  private accept(op: string): boolean {
    const token = this.peek();
    if (token?.op !== op) return false;
    this.pos = token.end;
    return true;
  }

  private comma(): bigint {
    let value = this.assignment();
    while (this.dialect !== "dash" && this.accept(",")) value = this.assignment();
    return value;
  }

  private assignment(): bigint {
    const start = this.pos;
    const token = this.peek();
    if (token?.name !== undefined) {
      this.pos = token.end;
      const index = this.subscript();
      const operator = this.peek();
      if (operator?.op !== undefined && ASSIGNMENTS.includes(operator.op)) {
        this.pos = operator.end;
        const right = this.assignment();
        const value =
          operator.op === "="
            ? right
            : this.binary(operator.op.slice(0, -1), this.variable(token.name, index), right);
        if (this.skipping === 0) this.scope.set(token.name, value.toString(), index);
        return value;
      }
      this.pos = start;
    }
    return this.conditional();
  }

  private subscript(): string | undefined {
    if (this.dialect !== "bash" || this.source[this.pos] !== "[") return undefined;
    this.pos++;
    const from = this.pos;
    const value = this.comma();
    if (!this.accept("]")) throw this.failure();
    const text = this.source.slice(from, this.pos - 1);
    return /^\w+$/.test(text) && !/^\d/.test(text) ? text : value.toString();
  }

  private conditional(): bigint {
    const test = this.operators(3);
    if (!this.accept("?")) return test;
    if (test === 0n) this.skipping++;
    const yes = this.comma();
    if (test === 0n) this.skipping--;
    if (!this.accept(":")) throw this.failure();
    if (test !== 0n) this.skipping++;
    const no = this.assignment();
    if (test !== 0n) this.skipping--;
    return test !== 0n ? yes : no;
  }

  private operators(least: number): bigint {
    let left = this.unary();
    for (;;) {
      const token = this.peek();
      const op = token?.op;
      const precedence = op === undefined ? undefined : PRECEDENCE[op];
      if (token === undefined || op === undefined || precedence === undefined || precedence < least)
        return left;
      if (op === "**" && this.dialect === "dash") return left;
      this.pos = token.end;
      const short = (op === "&&" && left === 0n) || (op === "||" && left !== 0n);
      if (short) this.skipping++;
      const right = this.operators(op === "**" ? precedence : precedence + 1);
      if (short) this.skipping--;
      left = short ? (op === "&&" ? 0n : 1n) : this.binary(op, left, right);
    }
  }

  private binary(op: string, a: bigint, b: bigint): bigint {
    const bool = (value: boolean): bigint => (value ? 1n : 0n);
    switch (op) {
      case "+":
        return wrap(a + b);
      case "-":
        return wrap(a - b);
      case "*":
        return wrap(a * b);
      case "/":
      case "%":
        if (b === 0n) {
          if (this.skipping > 0) return 0n;
          throw new ArithmeticError(
            this.dialect === "ash"
              ? "divide by zero"
              : this.dialect === "dash"
                ? `arithmetic expression: division by zero: "${this.source}"`
                : `${this.source}: division by 0 (error token is "${this.source.trim().split(/[/%]/).at(-1)?.trim() ?? ""}")`,
          );
        }
        return wrap(op === "/" ? a / b : a % b);
      case "**": {
        if (b < 0n)
          throw new ArithmeticError(
            this.dialect === "ash"
              ? "exponent less than 0"
              : `${this.source}: exponent less than 0 (error token is "${b}")`,
          );
        let value = 1n;
        for (let i = 0n; i < b && i < 4096n; i++) value = wrap(value * a);
        return value;
      }
      case "<<":
        return wrap(a << (b & 63n));
      case ">>":
        return wrap(a >> (b & 63n));
      case "&":
        return a & b;
      case "|":
        return a | b;
      case "^":
        return a ^ b;
      case "==":
        return bool(a === b);
      case "!=":
        return bool(a !== b);
      case "<":
        return bool(a < b);
      case ">":
        return bool(a > b);
      case "<=":
        return bool(a <= b);
      case ">=":
        return bool(a >= b);
      case "&&":
        return bool(a !== 0n && b !== 0n);
      case "||":
        return bool(a !== 0n || b !== 0n);
      default:
        throw this.failure();
    }
  }

  private unary(): bigint {
    const token = this.peek();
    if (token?.op === "++" || token?.op === "--") {
      const after = this.pos;
      this.pos = token.end;
      const name = this.peek();
      if (name?.name !== undefined && this.dialect !== "dash") {
        this.pos = name.end;
        const index = this.subscript();
        const value = wrap(this.variable(name.name, index) + (token.op === "++" ? 1n : -1n));
        if (this.skipping === 0) this.scope.set(name.name, value.toString(), index);
        return value;
      }
      this.pos = after + 1 + (this.source.slice(after).length - this.source.slice(after).trimStart().length);
      const value = this.unary();
      return token.op === "--" ? -value : value;
    }
    if (token?.op === "+" || token?.op === "-" || token?.op === "!" || token?.op === "~") {
      this.pos = token.end;
      const value = this.unary();
      if (token.op === "-") return wrap(-value);
      if (token.op === "!") return value === 0n ? 1n : 0n;
      return token.op === "~" ? wrap(~value) : value;
    }
    return this.primary();
  }

  private primary(): bigint {
    const token = this.peek();
    if (token === undefined) throw this.failure("primary");
    if (token.number !== undefined) {
      const value = this.number(token.number);
      this.pos = token.end;
      return value;
    }
    if (token.name !== undefined) {
      this.pos = token.end;
      const index = this.subscript();
      const value = this.variable(token.name, index);
      const operator = this.peek();
      if ((operator?.op === "++" || operator?.op === "--") && this.dialect !== "dash") {
        this.pos = operator.end;
        if (this.skipping === 0)
          this.scope.set(token.name, wrap(value + (operator.op === "++" ? 1n : -1n)).toString(), index);
      }
      return value;
    }
    if (token.op === "(") {
      this.pos = token.end;
      const value = this.comma();
      if (!this.accept(")")) throw this.failure();
      return value;
    }
    throw this.failure("primary");
  }

  private number(text: string): bigint {
    const based = /^(\d+)#(.*)$/.exec(text);
    if (based !== null && this.dialect !== "dash") {
      const base = Number(based[1]);
      let value = 0n;
      for (const char of based[2] as string) {
        const digit =
          base <= 36
            ? Number.parseInt(char, 36)
            : "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_".indexOf(char);
        if (Number.isNaN(digit) || digit < 0 || digit >= base) throw this.failure();
        value = wrap(value * BigInt(base) + BigInt(digit));
      }
      return value;
    }
    if (this.dialect === "bash" && /^0[xX]$/.test(text)) return 0n;
    if (this.dialect === "bash" && /^\d+[a-zA-Z]/.test(text) && !/^0[xX]/.test(text))
      throw new ArithmeticError(`${text}: value too great for base (error token is "${text}")`);
    if (/^0[xX][0-9a-fA-F]+$/.test(text)) return wrap(BigInt(text));
    if (/^0[0-7]*$/.test(text)) return text === "0" ? 0n : wrap(BigInt("0o" + text.slice(1)));
    if (/^0\d+$/.test(text)) {
      if (this.dialect === "bash")
        throw new ArithmeticError(`${text}: value too great for base (error token is "${text}")`);
      throw this.failure("eof");
    }
    if (/^\d+$/.test(text)) {
      const value = BigInt(text);
      return this.dialect === "dash" && value > 0x7fffffffffffffffn ? 0x7fffffffffffffffn : wrap(value);
    }
    throw this.failure("eof");
  }

  private variable(name: string, index?: string): bigint {
    if (this.skipping > 0) return 0n;
    const value = this.scope.get(name, index);
    if (value === undefined || value.trim() === "") return 0n;
    const text = value.trim();
    if (/^[-+]?\d+$/.test(text)) {
      if (this.dialect === "dash" && /^[-+]?0\d*[89]/.test(text))
        throw new ArithmeticError(`Illegal number: ${value}`);
      const sign = text.startsWith("-") ? -1n : 1n;
      return sign * this.number(text.replace(/^[-+]/, ""));
    }
    if (this.dialect === "dash") {
      if (/^[-+]?0[xX][0-9a-fA-F]+$/.test(text)) return wrap(BigInt(text));
      throw new ArithmeticError(`Illegal number: ${value}`);
    }
    return new Evaluator(text, this.scope, this.dialect, this.depth + 1).whole();
  }
}
