/** The expressions of awk, from the loosest binding to the tightest. */

import { AwkLexer } from "./lexer";
import { AwkSyntaxError, type Expr } from "./syntax";

/** Reads expressions; statements are built on it. */
export class ExpressionParser extends AwkLexer {
  /** Parentheses that are open: inside them `>` compares. */
  private inParens = 0;
  /** In `print` a `>` outside of parentheses names a file. */
  protected noGreater = false;

  /** Any expression. */
  protected expression(): Expr {
    return this.ternary();
  }

  /** Expressions between commas, up to *close* ("": whatever ends the last). */
  protected list(close: string): Expr[] {
    const items: Expr[] = [];
    if (close !== "" && this.isOp(close)) return items;
    for (;;) {
      this.newlines();
      items.push(this.expression());
      if (!this.isOp(",")) break;
      this.take();
    }
    return items;
  }

  private ternary(): Expr {
    const test = this.or();
    if (this.isOp("?")) {
      this.take();
      this.newlines();
      const a = this.ternary();
      this.newlines();
      this.expect(":");
      this.newlines();
      return { k: "cond", test, a, b: this.ternary() };
    }
    if (
      this.token.t === "op" &&
      ["=", "+=", "-=", "*=", "/=", "%=", "^=", "**="].includes(this.token.v) &&
      lvalue(test)
    ) {
      const op = this.take().v.replace("**", "^");
      this.newlines();
      return { k: "assign", op, target: test, value: this.ternary() };
    }
    return test;
  }

  /** Operands of *next* with *operators* between them, from the left. */
  private fromLeft(operators: readonly string[], next: () => Expr): Expr {
    let a = next();
    while (operators.some((op) => this.isOp(op))) {
      const op = this.take().v;
      if (op === "||" || op === "&&") this.newlines();
      a = { k: "binary", op, a, b: next() };
    }
    return a;
  }

  private or(): Expr {
    return this.fromLeft(["||"], () => this.and());
  }

  private and(): Expr {
    return this.fromLeft(["&&"], () => this.membership());
  }

  private membership(): Expr {
    let a = this.matching();
    while (this.isKey("in")) {
      this.take();
      const name = this.take().v;
      a = { k: "in", keys: a.k === "group" ? a.items : [a], name };
    }
    return a;
  }

  private matching(): Expr {
    let a = this.comparison();
    while (this.isOp("~") || this.isOp("!~")) {
      const negated = this.take().v === "!~";
      a = { k: "match", negated, a, b: this.comparison() };
    }
    return a;
  }

  private comparison(): Expr {
    let a = this.concatenation();
    while (
      this.token.t === "op" &&
      (["<", "<=", "==", "!=", ">="].includes(this.token.v) ||
        (this.token.v === ">" && (!this.noGreater || this.inParens > 0)))
    ) {
      const op = this.take().v;
      a = { k: "binary", op, a, b: this.concatenation() };
    }
    if (this.isOp("|") && this.peekGetline()) {
      this.take();
      this.take();
      const target = this.lvalueAhead();
      return { k: "getline", target, from: "command", source: a };
    }
    return a;
  }

  private peekGetline(): boolean {
    return /^\s*getline\b/.test(this.source.slice(this.at));
  }

  protected concatenation(): Expr {
    let a = this.additive();
    while (this.startsOperand()) a = { k: "binary", op: " ", a, b: this.additive() };
    return a;
  }

  private startsOperand(): boolean {
    const { t, v } = this.token;
    if (t === "num" || t === "str" || t === "regex" || t === "name" || t === "func") return true;
    if (t === "key") return false;
    return t === "op" && ["(", "$", "-", "+", "++", "--"].includes(v);
  }

  private additive(): Expr {
    return this.fromLeft(["+", "-"], () => this.multiplicative());
  }

  private multiplicative(): Expr {
    return this.fromLeft(["*", "/", "%"], () => this.unary());
  }

  private unary(): Expr {
    if (this.isOp("!") || this.isOp("-") || this.isOp("+")) {
      const op = this.take().v;
      return { k: "unary", op, a: this.unary() };
    }
    return this.power();
  }

  private power(): Expr {
    const a = this.postfix();
    if (this.isOp("^") || this.isOp("**")) {
      this.take();
      return { k: "binary", op: "^", a, b: this.isOp("-") ? this.unary() : this.power() };
    }
    return a;
  }

  private postfix(): Expr {
    const a = this.primary();
    if ((this.isOp("++") || this.isOp("--")) && lvalue(a)) {
      const op = this.take().v;
      return { k: "step", op, prefix: false, target: a };
    }
    return a;
  }

  private lvalueAhead(): Expr | undefined {
    if (this.isOp("$") || this.token.t === "name") return this.primary();
    return undefined;
  }

  private primary(): Expr {
    const { token } = this;
    switch (token.t) {
      case "num":
        this.take();
        return { k: "num", v: /^0[0-7]+$/.test(token.v) ? Number.parseInt(token.v, 8) : Number(token.v) };
      case "str":
        this.take();
        return { k: "str", v: token.v };
      case "regex":
        this.take();
        return { k: "regex", source: token.v };
      case "func":
        return this.builtinCall();
      case "name":
        return this.nameOrCall();
      case "key":
        if (token.v === "getline") {
          this.take();
          const target = this.lvalueAhead();
          if (this.isOp("<")) {
            this.take();
            return { k: "getline", target, from: "file", source: this.primary() };
          }
          return { k: "getline", target, from: "input", source: undefined };
        }
        break;
      case "op":
        if (token.v === "$") {
          this.take();
          if (this.isOp("++") || this.isOp("--")) {
            const op = this.take().v;
            return { k: "field", a: { k: "step", op, prefix: true, target: this.primary() } };
          }
          if (this.isOp("-")) {
            this.take();
            return { k: "field", a: { k: "unary", op: "-", a: this.primary() } };
          }
          return { k: "field", a: this.primary() };
        }
        if (token.v === "++" || token.v === "--") {
          this.take();
          return { k: "step", op: token.v, prefix: true, target: this.primary() };
        }
        if (token.v === "(") {
          this.take();
          this.inParens++;
          const items = this.list(")");
          this.newlines();
          this.inParens--;
          this.expect(")");
          return { k: "group", items };
        }
    }
    throw new AwkSyntaxError("Unexpected token");
  }

  private builtinCall(): Expr {
    const name = this.take().v;
    if (!this.isOp("(")) return { k: "call", name, args: [], user: false };
    this.take();
    this.inParens++;
    const args = this.list(")");
    this.newlines();
    this.inParens--;
    this.expect(")");
    return { k: "call", name, args, user: false };
  }

  private nameOrCall(): Expr {
    const name = this.take().v;
    if (this.isOp("(") && !this.token.space) {
      this.take();
      this.inParens++;
      const args = this.list(")");
      this.newlines();
      this.inParens--;
      this.expect(")");
      return { k: "call", name, args, user: true };
    }
    if (this.isOp("[")) {
      this.take();
      const keys = this.list("]");
      this.expect("]");
      return { k: "index", name, keys };
    }
    return { k: "var", name };
  }
}

function lvalue(e: Expr): boolean {
  return e.k === "var" || e.k === "index" || e.k === "field";
}
