/** The grammar of awk. */

export type Expr =
  | { readonly k: "num"; readonly v: number }
  | { readonly k: "str"; readonly v: string }
  | { readonly k: "regex"; readonly source: string }
  | { readonly k: "var"; readonly name: string }
  | { readonly k: "index"; readonly name: string; readonly keys: readonly Expr[] }
  | { readonly k: "field"; readonly a: Expr }
  | { readonly k: "assign"; readonly op: string; readonly target: Expr; readonly value: Expr }
  | { readonly k: "cond"; readonly test: Expr; readonly a: Expr; readonly b: Expr }
  | { readonly k: "binary"; readonly op: string; readonly a: Expr; readonly b: Expr }
  | { readonly k: "unary"; readonly op: string; readonly a: Expr }
  | { readonly k: "step"; readonly op: string; readonly prefix: boolean; readonly target: Expr }
  | { readonly k: "match"; readonly negated: boolean; readonly a: Expr; readonly b: Expr }
  | { readonly k: "in"; readonly keys: readonly Expr[]; readonly name: string }
  | { readonly k: "call"; readonly name: string; readonly args: readonly Expr[]; readonly user: boolean }
  | {
      readonly k: "getline";
      readonly target: Expr | undefined;
      readonly from: "input" | "file" | "command";
      readonly source: Expr | undefined;
    }
  | { readonly k: "group"; readonly items: readonly Expr[] };

export type Stmt =
  | { readonly k: "expr"; readonly e: Expr }
  | {
      readonly k: "print";
      readonly args: readonly Expr[];
      readonly format: boolean;
      readonly to?: { readonly op: ">" | ">>" | "|"; readonly target: Expr };
    }
  | { readonly k: "if"; readonly test: Expr; readonly then: Stmt; readonly else?: Stmt }
  | { readonly k: "while"; readonly test: Expr; readonly body: Stmt }
  | { readonly k: "do"; readonly test: Expr; readonly body: Stmt }
  | {
      readonly k: "for";
      readonly init?: Stmt;
      readonly test?: Expr;
      readonly step?: Stmt;
      readonly body: Stmt;
    }
  | { readonly k: "forin"; readonly name: string; readonly array: string; readonly body: Stmt }
  | { readonly k: "block"; readonly body: readonly Stmt[] }
  | { readonly k: "next" | "nextfile" | "break" | "continue" }
  | { readonly k: "exit" | "return"; readonly value?: Expr }
  | { readonly k: "delete"; readonly name: string; readonly keys?: readonly Expr[] };

export interface Rule {
  readonly kind: "begin" | "end" | "main";
  readonly from?: Expr;
  readonly to?: Expr;
  readonly body?: Stmt;
  active: boolean;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, { readonly params: readonly string[]; readonly body: Stmt }>;
}

export class AwkSyntaxError extends Error {}

type Token = {
  readonly t: "num" | "str" | "regex" | "name" | "func" | "op" | "nl" | "eof" | "key";
  readonly v: string;
  readonly space: boolean;
};

const KEYWORDS = new Set(
  "BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf".split(
    " ",
  ),
);
export const FUNCTIONS = new Set(
  "length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush systime strftime mktime gensub and or xor lshift rshift compl".split(
    " ",
  ),
);
const OPS = [
  "**=",
  "&&",
  "||",
  "++",
  "--",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "^=",
  "**",
  "==",
  "<=",
  ">=",
  "!=",
  "!~",
  ">>",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  ",",
  "+",
  "-",
  "*",
  "/",
  "%",
  "^",
  "!",
  "<",
  ">",
  "|",
  "?",
  ":",
  "~",
  "$",
  "=",
];

export class AwkParser {
  private at = 0;
  private token: Token;
  private previous = "nl";
  private inParens = 0;
  private noIn = false;
  private noGreater = false;

  constructor(private readonly source: string) {
    this.token = this.scan();
  }

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

  private scan(): Token {
    const { source } = this;
    let space = false;
    for (;;) {
      const char = source[this.at];
      if (char === " " || char === "\t" || char === "\r") this.at++;
      else if (char === "\\" && source[this.at + 1] === "\n") this.at += 2;
      else if (char === "#") {
        const end = source.indexOf("\n", this.at);
        this.at = end < 0 ? source.length : end;
      } else break;
      space = true;
    }
    const char = source[this.at];
    if (char === undefined) return { t: "eof", v: "", space };
    if (char === "\n") {
      this.at++;
      return { t: "nl", v: "\n", space };
    }
    const rest = source.slice(this.at);
    let match = /^(0[xX][0-9a-fA-F]+|(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)/.exec(rest);
    if (match !== null) {
      this.at += match[0].length;
      return { t: "num", v: match[0], space };
    }
    match = /^[A-Za-z_]\w*/.exec(rest);
    if (match !== null) {
      this.at += match[0].length;
      const [v] = match;
      if (KEYWORDS.has(v)) return { t: "key", v, space };
      return { t: FUNCTIONS.has(v) ? "func" : "name", v, space };
    }
    if (char === '"') return { t: "str", v: this.string(), space };
    if (char === "/" && this.regexPlace()) return { t: "regex", v: this.regex(), space };
    for (const op of OPS) {
      if (rest.startsWith(op)) {
        this.at += op.length;
        return { t: "op", v: op, space };
      }
    }
    throw new AwkSyntaxError("Unexpected token");
  }

  private regexPlace(): boolean {
    return !["num", "str", "name", "regex", ")", "]", "$", "++", "--", "func"].includes(this.previous);
  }

  private string(): string {
    let out = "";
    for (this.at++; ; this.at++) {
      const char = this.source[this.at];
      if (char === undefined || char === "\n") throw new AwkSyntaxError("Unexpected end of string");
      if (char === '"') {
        this.at++;
        return out;
      }
      if (char !== "\\") {
        out += char;
        continue;
      }
      const next = this.source[++this.at] ?? "";
      const simple: Record<string, string> = {
        n: "\n",
        t: "\t",
        r: "\r",
        a: "\x07",
        b: "\b",
        f: "\f",
        v: "\v",
        "\\": "\\",
        '"': '"',
        "/": "/",
      };
      if (next in simple) out += simple[next];
      else if (/[0-7]/.test(next)) {
        const digits = /^[0-7]{1,3}/.exec(this.source.slice(this.at))?.[0] ?? "";
        out += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
        this.at += digits.length - 1;
      } else if (next === "x" && /[0-9a-fA-F]/.test(this.source[this.at + 1] ?? "")) {
        const digits = /^[0-9a-fA-F]{1,2}/.exec(this.source.slice(this.at + 1))?.[0] ?? "";
        out += String.fromCharCode(Number.parseInt(digits, 16));
        this.at += digits.length;
      } else if (next === "\n") continue;
      else out += "\\" + next;
    }
  }

  private regex(): string {
    let out = "";
    let bracket = false;
    for (this.at++; ; this.at++) {
      const char = this.source[this.at];
      if (char === undefined || char === "\n") throw new AwkSyntaxError("Unexpected end of regex");
      if (char === "\\") {
        const next = this.source[++this.at] ?? "";
        // awk reads these before the regular expression does, in brackets too.
        const control: Record<string, string> = { t: "\t", n: "\n", r: "\r", f: "\f", v: "\v", a: "\x07" };
        out += next === "/" ? "/" : (control[next] ?? (bracket && next === '"' ? '"' : "\\" + next));
        continue;
      }
      if (char === "[" && !bracket) {
        bracket = true;
        out += char;
        if (this.source[this.at + 1] === "^") out += this.source[++this.at];
        if (this.source[this.at + 1] === "]") out += this.source[++this.at];
        continue;
      }
      if (char === "[" && bracket && this.source[this.at + 1] === ":") {
        const end = this.source.indexOf(":]", this.at);
        out += this.source.slice(this.at, end + 2);
        this.at = end + 1;
        continue;
      }
      if (char === "]") bracket = false;
      if (char === "/" && !bracket) {
        this.at++;
        return out;
      }
      out += char;
    }
  }

  private take(): Token {
    const { token } = this;
    this.previous = token.t === "op" ? token.v : token.t;
    this.token = this.scan();
    return token;
  }

  private kind(t: Token["t"]): boolean {
    return this.token.t === t;
  }

  private isOp(v: string): boolean {
    return this.token.t === "op" && this.token.v === v;
  }

  private isKey(v: string): boolean {
    return this.token.t === "key" && this.token.v === v;
  }

  private expect(v: string): void {
    if (!this.isOp(v)) throw new AwkSyntaxError("Unexpected token");
    this.take();
  }

  private newlines(): void {
    while (this.token.t === "nl") this.take();
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
            const saved = [this.at, this.token, this.previous] as const;
            while (this.kind("nl") || this.isOp(";")) this.take();
            if (!this.isKey("else")) {
              [this.at, this.token, this.previous] = saved;
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
      const saved = [this.at, this.token, this.previous] as const;
      const name = this.take().v;
      if (this.isKey("in")) {
        this.take();
        const array = this.take().v;
        if (this.isOp(")")) {
          this.take();
          return { k: "forin", name, array, body: this.inner() };
        }
      }
      [this.at, this.token, this.previous] = saved;
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
      return { k: "print", args, format, to: { op, target: this.concatenation(true) } };
    }
    return { k: "print", args, format };
  }

  private list(close: string): Expr[] {
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

  private expression(): Expr {
    return this.ternary();
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

  private or(): Expr {
    let a = this.and();
    while (this.isOp("||")) {
      this.take();
      this.newlines();
      a = { k: "binary", op: "||", a, b: this.and() };
    }
    return a;
  }

  private and(): Expr {
    let a = this.membership();
    while (this.isOp("&&")) {
      this.take();
      this.newlines();
      a = { k: "binary", op: "&&", a, b: this.membership() };
    }
    return a;
  }

  private membership(): Expr {
    let a = this.matching();
    while (this.isKey("in") && !this.noIn) {
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
    let a = this.concatenation(false);
    while (
      this.token.t === "op" &&
      (["<", "<=", "==", "!=", ">="].includes(this.token.v) ||
        (this.token.v === ">" && (!this.noGreater || this.inParens > 0)))
    ) {
      const op = this.take().v;
      a = { k: "binary", op, a, b: this.concatenation(false) };
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

  private concatenation(plain: boolean): Expr {
    let a = this.additive();
    while (!plain && this.startsOperand()) a = { k: "binary", op: " ", a, b: this.additive() };
    while (plain && this.startsOperand()) a = { k: "binary", op: " ", a, b: this.additive() };
    return a;
  }

  private startsOperand(): boolean {
    const { t, v } = this.token;
    if (t === "num" || t === "str" || t === "regex" || t === "name" || t === "func") return true;
    if (t === "key") return false;
    return t === "op" && ["(", "$", "!", "-", "+", "++", "--"].includes(v) && !(v === "!");
  }

  private additive(): Expr {
    let a = this.multiplicative();
    while (this.isOp("+") || this.isOp("-")) {
      const op = this.take().v;
      a = { k: "binary", op, a, b: this.multiplicative() };
    }
    return a;
  }

  private multiplicative(): Expr {
    let a = this.unary();
    while (this.isOp("*") || this.isOp("/") || this.isOp("%")) {
      const op = this.take().v;
      a = { k: "binary", op, a, b: this.unary() };
    }
    return a;
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
            return { k: "getline", target, from: "file", source: this.additiveOperand() };
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
          const savedIn = this.noIn;
          this.noIn = false;
          const items = this.list(")");
          this.newlines();
          this.noIn = savedIn;
          this.inParens--;
          this.expect(")");
          return { k: "group", items };
        }
    }
    throw new AwkSyntaxError("Unexpected token");
  }

  private additiveOperand(): Expr {
    return this.primary();
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
