/** The words of an awk program, read one ahead. */

import { AwkSyntaxError } from "./syntax";

/** *space* tells whether blanks stood before it. */
export type Token = {
  readonly t: "num" | "str" | "regex" | "name" | "func" | "op" | "nl" | "eof" | "key";
  readonly v: string;
  readonly space: boolean;
};

const KEYWORDS = new Set(
  "BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf".split(
    " ",
  ),
);
/** Functions that awk has of itself. */
const FUNCTIONS = new Set(
  "length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush systime strftime mktime gensub and or xor lshift rshift compl".split(
    " ",
  ),
);
/** Operators, longer ones first. */
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

/** Where a reader stands, to come back to. */
export type Place = readonly [at: number, token: Token, previous: string];

/** Reads *source* word by word; what a `/` is depends on the word before. */
export class AwkLexer {
  /** Offset behind *token*. */
  protected at = 0;
  protected token: Token;
  private previous = "nl";

  constructor(protected readonly source: string) {
    this.token = this.scan();
  }

  protected get place(): Place {
    return [this.at, this.token, this.previous];
  }

  protected set place(place: Place) {
    [this.at, this.token, this.previous] = place;
  }

  protected take(): Token {
    const { token } = this;
    this.previous = token.t === "op" ? token.v : token.t;
    this.token = this.scan();
    return token;
  }

  protected kind(t: Token["t"]): boolean {
    return this.token.t === t;
  }

  protected isOp(v: string): boolean {
    return this.token.t === "op" && this.token.v === v;
  }

  protected isKey(v: string): boolean {
    return this.token.t === "key" && this.token.v === v;
  }

  protected expect(v: string): void {
    if (!this.isOp(v)) throw new AwkSyntaxError("Unexpected token");
    this.take();
  }

  protected newlines(): void {
    while (this.token.t === "nl") this.take();
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
}
