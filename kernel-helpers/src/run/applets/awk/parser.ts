/** The grammar of awk: rules, functions and statements. */

import { ExpressionParser } from "./expressions";
import { AwkSyntaxError, type AwkProgram, type Expr, type Rule, type Stmt } from "./syntax";

/** Reads one program. */
export class AwkParser extends ExpressionParser {
  /** The whole program. Throws AwkSyntaxError. */
  parse(): AwkProgram {
    const rules: Rule[] = [];
    const functions = new Map<string, { params: string[]; body: Stmt }>();
    this.newlines();
    while (this.token.t !== "eof") {
      if (this.isKey("function") || this.isKey("func")) {
        this.take();
        const name = this.take().v;
        this.expect("(");
        const params: string[] = [];
        while (!this.isOp(")")) {
          params.push(this.take().v);
          this.newlines();
          if (this.isOp(",")) this.take();
          this.newlines();
        }
        this.expect(")");
        this.newlines();
        functions.set(name, { params, body: this.block() });
      } else rules.push(this.rule());
      while (this.token.t === "nl" || this.isOp(";")) this.take();
    }
    return { rules, functions };
  }

  private rule(): Rule {
    if (this.isKey("BEGIN") || this.isKey("END")) {
      const kind = this.take().v === "BEGIN" ? "begin" : "end";
      return { kind, body: this.block(), active: false };
    }
    if (this.isOp("{")) return { kind: "main", body: this.block(), active: false };
    const from = this.expression();
    let to: Expr | undefined;
    if (this.isOp(",")) {
      this.take();
      this.newlines();
      to = this.expression();
    }
    const body = this.isOp("{") ? this.block() : undefined;
    return {
      kind: "main",
      from,
      ...(to === undefined ? {} : { to }),
      ...(body === undefined ? {} : { body }),
      active: false,
    };
  }

  private block(): Stmt {
    this.newlines();
    this.expect("{");
    const body: Stmt[] = [];
    for (;;) {
      while (this.token.t === "nl" || this.isOp(";")) this.take();
      if (this.isOp("}")) break;
      body.push(this.statement());
    }
    this.take();
    return { k: "block", body };
  }

  private end(): void {
    if (this.token.t === "nl" || this.isOp(";")) {
      this.take();
      return;
    }
    if (this.isOp("}") || this.token.t === "eof") return;
    throw new AwkSyntaxError("Unexpected token");
  }

  private inner(): Stmt {
    this.newlines();
    if (this.isOp(";")) {
      this.take();
      return { k: "block", body: [] };
    }
    return this.statement();
  }

  private statement(): Stmt {
    if (this.isOp("{")) return this.block();
    if (this.token.t === "key") {
      const word = this.token.v;
      switch (word) {
        case "if": {
          this.take();
          this.expect("(");
          const test = this.expression();
          this.expect(")");
          const then = this.inner();
          while (this.kind("nl") || this.isOp(";")) {
            // An else may come after newlines.
            const saved = this.place;
            while (this.kind("nl") || this.isOp(";")) this.take();
            if (!this.isKey("else")) {
              this.place = saved;
              break;
            }
          }
          if (!this.isKey("else")) return { k: "if", test, then };
          this.take();
          return { k: "if", test, then, else: this.inner() };
        }
        case "while": {
          this.take();
          this.expect("(");
          const test = this.expression();
          this.expect(")");
          return { k: "while", test, body: this.inner() };
        }
        case "do": {
          this.take();
          const body = this.inner();
          while (this.kind("nl") || this.isOp(";")) this.take();
          if (!this.isKey("while")) throw new AwkSyntaxError("Unexpected token");
          this.take();
          this.expect("(");
          const test = this.expression();
          this.expect(")");
          this.end();
          return { k: "do", test, body };
        }
        case "for":
          return this.forStatement();
        case "break":
        case "continue":
        case "next":
        case "nextfile":
          this.take();
          this.end();
          return { k: word };
        case "exit":
        case "return": {
          this.take();
          const value =
            this.kind("nl") || this.isOp(";") || this.isOp("}") || this.kind("eof")
              ? undefined
              : this.expression();
          this.end();
          return { k: word, ...(value === undefined ? {} : { value }) };
        }
        case "delete": {
          this.take();
          const name = this.take().v;
          let keys: Expr[] | undefined;
          if (this.isOp("[")) {
            this.take();
            keys = this.list("]");
            this.expect("]");
          }
          this.end();
          return { k: "delete", name, ...(keys === undefined ? {} : { keys }) };
        }
      }
    }
    const statement = this.simple();
    this.end();
    return statement;
  }

  private forStatement(): Stmt {
    this.take();
    this.expect("(");
    if (this.token.t === "name") {
      const saved = this.place;
      const name = this.take().v;
      if (this.isKey("in")) {
        this.take();
        const array = this.take().v;
        if (this.isOp(")")) {
          this.take();
          return { k: "forin", name, array, body: this.inner() };
        }
      }
      this.place = saved;
    }
    const init = this.isOp(";") ? undefined : this.simple();
    this.expect(";");
    this.newlines();
    const test = this.isOp(";") ? undefined : this.expression();
    this.expect(";");
    this.newlines();
    const step = this.isOp(")") ? undefined : this.simple();
    this.expect(")");
    return {
      k: "for",
      ...(init === undefined ? {} : { init }),
      ...(test === undefined ? {} : { test }),
      ...(step === undefined ? {} : { step }),
      body: this.inner(),
    };
  }

  private simple(): Stmt {
    if (!this.isKey("print") && !this.isKey("printf")) return { k: "expr", e: this.expression() };
    const format = this.take().v === "printf";
    let args: readonly Expr[] = [];
    this.noGreater = true;
    if (!(
      this.token.t === "nl" ||
      this.token.t === "eof" ||
      [";", "}", ">", ">>", "|"].some((op) => this.isOp(op))
    )) {
      args = this.list("");
      // print (a, b) > "x": the parentheses hold the list.
      if (args.length === 1 && args[0]?.k === "group") args = args[0].items;
    }
    this.noGreater = false;
    if (this.isOp(">") || this.isOp(">>") || this.isOp("|")) {
      const op = this.take().v as ">";
      return { k: "print", args, format, to: { op, target: this.concatenation() } };
    }
    return { k: "print", args, format };
  }
}
