/** Reading words: quotes, parameters, substitutions. The lower half of the parser. */

import type { Dialect, Node, Part, ParamPart, Redirect, Word } from "./ast";

/** The program is not a program. *token* is what stood there, *expecting* what should have. */
export class SyntaxFailure extends Error {
  override readonly name = "SyntaxFailure";
  constructor(
    readonly kind: "token" | "quote" | "brace" | "text",
    /** The token as written, or the whole message for `text`. */
    readonly token: string,
    readonly line: number,
    readonly expecting?: string,
  ) {
    super(token);
  }
}

const META = " \t\n;&|<>()";
const NAME_START = /[A-Za-z_]/;
const NAME_REST = /[A-Za-z0-9_]/;

/** Collects literal characters into parts. */
class Parts {
  readonly list: Part[] = [];
  private text = "";
  private quoted = false;

  add(char: string, quoted: boolean): void {
    if (this.text !== "" && this.quoted !== quoted) this.cut();
    this.quoted = quoted;
    this.text += char;
  }

  cut(): void {
    if (this.text !== "") this.list.push({ k: "lit", s: this.text, q: this.quoted });
    this.text = "";
  }

  /** A quoted nothing: `""` makes a field. */
  empty(): void {
    this.cut();
    this.list.push({ k: "lit", s: "", q: true });
  }

  push(part: Part): void {
    this.cut();
    this.list.push(part);
  }

  done(): Part[] {
    this.cut();
    return this.list;
  }
}

export abstract class WordReader {
  protected pos = 0;
  line = 1;
  /** Here-documents whose bodies come after the next newline. */
  protected readonly pending: { redirect: Redirect; delimiter: string; quoted: boolean; tabs: boolean }[] =
    [];

  constructor(
    readonly src: string,
    readonly dialect: Dialect,
  ) {}

  /** Parses commands up to a `)` and takes it. */
  protected abstract commandsToParen(): readonly Node[];
  /** A reader of the same kind for another text. */
  protected abstract sub(text: string): WordReader & { all(): readonly Node[] };

  protected get bashLike(): boolean {
    return this.dialect !== "dash";
  }

  protected char(): string {
    return this.src[this.pos] ?? "";
  }

  protected next(): string {
    const char = this.src[this.pos] ?? "";
    this.pos++;
    if (char === "\n") this.line++;
    return char;
  }

  /** Skips blanks, joined lines and comments. */
  protected skipBlanks(): void {
    for (;;) {
      const char = this.char();
      if (char === " " || char === "\t") this.pos++;
      else if (char === "\\" && this.src[this.pos + 1] === "\n") {
        this.pos += 2;
        this.line++;
      } else if (char === "#") {
        const end = this.src.indexOf("\n", this.pos);
        this.pos = end < 0 ? this.src.length : end;
      } else return;
    }
  }

  /** Reads a word; empty when a metacharacter stands here. */
  protected readWord(stop: string = META): Part[] {
    const parts = new Parts();
    for (;;) {
      const char = this.char();
      if (char === "") break;
      if (stop.includes(char)) {
        if (
          (char === "<" || char === ">") &&
          this.bashLike &&
          this.src[this.pos + 1] === "(" &&
          stop === META
        ) {
          this.pos += 2;
          parts.push({ k: "proc", dir: char, body: this.commandsToParen(), q: false });
          continue;
        }
        break;
      }
      this.unquoted(parts);
    }
    return parts.done();
  }

  /** One step of unquoted text. */
  private unquoted(parts: Parts): void {
    const char = this.next();
    switch (char) {
      case "\\": {
        const escaped = this.next();
        if (escaped === "\n") return;
        parts.add(escaped === "" ? "\\" : escaped, true);
        return;
      }
      case "'":
        this.single(parts);
        return;
      case '"':
        this.double(parts);
        return;
      case "$":
        if (this.char() === "'" && this.bashLike) {
          this.pos++;
          this.ansi(parts);
        } else if (this.char() === '"' && this.dialect === "bash") {
          this.pos++;
          this.double(parts);
        } else this.dollar(parts, false);
        return;
      case "`":
        this.backquote(parts, false);
        return;
      default:
        parts.add(char, false);
    }
  }

  private single(parts: Parts): void {
    const end = this.src.indexOf("'", this.pos);
    if (end < 0) throw new SyntaxFailure("quote", "'", this.line);
    const text = this.src.slice(this.pos, end);
    this.line += text.split("\n").length - 1;
    this.pos = end + 1;
    if (text === "") parts.empty();
    else parts.add(text, true);
  }

  private double(parts: Parts): void {
    const opened = this.line;
    if (this.char() === '"') {
      this.pos++;
      parts.empty();
      return;
    }
    const before = parts.list.length;
    for (;;) {
      const char = this.char();
      if (char === "") throw new SyntaxFailure("quote", '"', this.dialect === "bash" ? opened : this.line);
      if (char === '"') {
        this.pos++;
        break;
      }
      this.inDouble(parts, '"');
    }
    parts.cut();
    if (parts.list.length === before) parts.empty();
  }

  /** One step of double-quoted (or here-document, or arithmetic) text. */
  private inDouble(parts: Parts, escapable: string): void {
    const char = this.next();
    if (char === "\\") {
      const escaped = this.char();
      if (escaped === "\n") {
        this.next();
        return;
      }
      if (
        escaped === "$" ||
        escaped === "`" ||
        escaped === "\\" ||
        (escaped !== "" && escapable.includes(escaped))
      ) {
        this.next();
        parts.add(escaped, true);
      } else parts.add("\\", true);
    } else if (char === "$") this.dollar(parts, true);
    else if (char === "`") this.backquote(parts, true);
    else parts.add(char, true);
  }

  /** All of the text as one double-quoted word. */
  allQuoted(escapable = ""): Part[] {
    const parts = new Parts();
    while (this.pos < this.src.length) this.inDouble(parts, escapable);
    return parts.done();
  }

  /** `$'…'` */
  private ansi(parts: Parts): void {
    let out = "";
    for (;;) {
      const char = this.next();
      if (char === "") throw new SyntaxFailure("quote", "'", this.line);
      if (char === "'") break;
      if (char !== "\\") {
        out += char;
        continue;
      }
      const escaped = this.next();
      const simple: Record<string, string> = {
        n: "\n",
        t: "\t",
        r: "\r",
        a: "\x07",
        b: "\b",
        e: "\x1b",
        E: "\x1b",
        f: "\f",
        v: "\v",
        "\\": "\\",
        "'": "'",
        '"': '"',
        "?": "?",
      };
      if (escaped in simple) out += simple[escaped];
      else if (/[0-7]/.test(escaped)) {
        let digits = escaped;
        while (digits.length < 3 && /[0-7]/.test(this.char())) digits += this.next();
        out += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
      } else if (escaped === "x") {
        let digits = "";
        while (digits.length < 2 && /[0-9a-fA-F]/.test(this.char())) digits += this.next();
        out += digits === "" ? "\\x" : String.fromCharCode(Number.parseInt(digits, 16));
      } else out += "\\" + escaped;
    }
    if (out === "") parts.empty();
    else parts.add(out, true);
  }

  private backquote(parts: Parts, q: boolean): void {
    let text = "";
    for (;;) {
      const char = this.next();
      if (char === "") throw new SyntaxFailure("quote", "`", this.line);
      if (char === "`") break;
      if (char !== "\\") {
        text += char;
        continue;
      }
      const escaped = this.next();
      text +=
        escaped === "`" || escaped === "\\" || escaped === "$" || (q && escaped === '"')
          ? escaped
          : "\\" + escaped;
    }
    const inner = this.sub(text);
    parts.push({ k: "cmd", body: inner.all(), q });
  }

  /** What follows a `$`. */
  private dollar(parts: Parts, q: boolean): void {
    const char = this.char();
    if (char === "(") {
      if (this.src[this.pos + 1] === "(") {
        const end = this.arithmeticEnd(this.pos + 2);
        if (end === -2 && this.dialect !== "bash") {
          this.line += this.src.slice(this.pos).split("\n").length - 1;
          throw new SyntaxFailure("brace", "))", this.line);
        }
        if (end >= 0) {
          const inner = this.sub(this.src.slice(this.pos + 2, end));
          inner.line = this.line;
          const expr = inner.allQuoted('"');
          this.line = inner.line;
          this.pos = end + 2;
          parts.push({ k: "arith", expr, q });
          return;
        }
      }
      this.pos++;
      parts.push({ k: "cmd", body: this.commandsToParen(), q });
    } else if (char === "[" && this.dialect === "bash") {
      const end = this.src.indexOf("]", this.pos);
      const inner = this.sub(this.src.slice(this.pos + 1, end));
      this.pos = end + 1;
      parts.push({ k: "arith", expr: inner.allQuoted(), q });
    } else if (char === "{") {
      this.pos++;
      parts.push(this.braced(q));
    } else if (NAME_START.test(char)) {
      parts.push({ k: "param", name: this.readName(), q });
    } else if (char !== "" && "@*#?-$!0123456789".includes(char)) {
      this.pos++;
      parts.push({ k: "param", name: char, q });
    } else parts.add("$", q);
  }

  private readName(): string {
    const start = this.pos;
    while (NAME_REST.test(this.char())) this.pos++;
    return this.src.slice(start, this.pos);
  }

  /** Where the `))` is that ends `$((` or `((`; -1 when it is no arithmetic, -2 when the text ends before. */
  protected arithmeticEnd(from: number): number {
    let depth = 0;
    for (let i = from; i < this.src.length; i++) {
      const char = this.src[i];
      if (char === "\\") i++;
      else if (char === "'") {
        const end = this.src.indexOf("'", i + 1);
        if (end < 0) return -2;
        i = end;
      } else if (char === "(") depth++;
      else if (char === ")") {
        if (depth > 0) depth--;
        else return this.src[i + 1] === ")" ? i : -1;
      }
    }
    return -2;
  }

  /** What follows `${`. */
  private braced(q: boolean): ParamPart {
    const fail = (): SyntaxFailure => new SyntaxFailure("brace", "}", this.line);
    let length = false;
    let indirect = false;
    let char = this.char();
    if (
      char === "#" &&
      !"}".includes(this.src[this.pos + 1] ?? "}") &&
      /[A-Za-z0-9_@*?$!#-]/.test(this.src[this.pos + 1] ?? "")
    ) {
      const after = this.src[this.pos + 2] ?? "";
      if (/[A-Za-z0-9_@*]/.test(this.src[this.pos + 1] ?? "") || after === "}") {
        length = true;
        this.pos++;
      }
    } else if (char === "!" && this.dialect === "bash" && NAME_REST.test(this.src[this.pos + 1] ?? "")) {
      indirect = true;
      this.pos++;
    }
    char = this.char();
    let name: string;
    if (NAME_START.test(char)) name = this.readName();
    else if (/[0-9]/.test(char)) {
      const start = this.pos;
      while (/[0-9]/.test(this.char())) this.pos++;
      name = this.src.slice(start, this.pos);
    } else if (char !== "" && "@*#?-$!".includes(char)) {
      name = char;
      this.pos++;
    } else if (char === "" || (char === "\n" && !q)) throw fail();
    else return this.badSubstitution(q);
    let index: Word | undefined;
    let names = false;
    if (this.dialect === "bash" && this.char() === "[") {
      this.pos++;
      index = this.readIndex();
    }
    if (indirect && (this.char() === "*" || this.char() === "@") && this.src[this.pos + 1] === "}") {
      this.pos += 2;
      return { k: "param", name, q, indirect, names: true };
    }
    const indexText = index?.[0];
    if (indirect && indexText?.k === "lit" && (indexText.s === "@" || indexText.s === "*")) names = true;
    const common = {
      k: "param" as const,
      name,
      q,
      ...(length ? { length } : {}),
      ...(indirect ? { indirect } : {}),
      ...(index ? { index } : {}),
      ...(names ? { names } : {}),
    };
    if (this.char() === "\n" && !q) throw fail();
    char = this.next();
    if (char === "") throw fail();
    if (char === "}") return common;
    if (length) return this.badSubstitution(q);
    if (char === ":") {
      const op = this.char();
      if ("-=?+".includes(op) && op !== "") {
        this.pos++;
        return { ...common, op, colon: true, arg: this.braceArgument(q, false) };
      }
      if (!this.bashLike) return this.badSubstitution(q);
      const arg = this.braceArgument(q, false, ":");
      if (this.src[this.pos - 1] === ":")
        return { ...common, op: ":", arg, arg2: this.braceArgument(q, false) };
      return { ...common, op: ":", arg };
    }
    if ("-=?+".includes(char)) return { ...common, op: char, arg: this.braceArgument(q, false) };
    if (char === "#" || char === "%") {
      const double = this.char() === char;
      if (double) this.pos++;
      return { ...common, op: double ? char + char : char, arg: this.braceArgument(q, true) };
    }
    if (char === "/" && this.bashLike) {
      let op = "/";
      if (this.char() === "/" || ((this.char() === "#" || this.char() === "%") && this.dialect === "bash"))
        op += this.next();
      const arg = this.braceArgument(q, true, "/");
      if (this.src[this.pos - 1] === "/") return { ...common, op, arg, arg2: this.braceArgument(q, true) };
      return { ...common, op, arg };
    }
    if ((char === "^" || char === ",") && this.dialect === "bash") {
      const double = this.char() === char;
      if (double) this.pos++;
      return { ...common, op: double ? char + char : char, arg: this.braceArgument(q, true) };
    }
    if (char === "@" && this.dialect === "bash") {
      const kind = this.next();
      if (this.next() === "}") return { ...common, op: "@", arg: [{ k: "lit", s: kind, q: true }] };
    }
    return this.badSubstitution(q);
  }

  /** Known only when it is expanded, as in all three shells: `bad substitution`. */
  private badSubstitution(q: boolean): ParamPart {
    let depth = 1;
    const start = this.pos;
    while (depth > 0) {
      const char = this.next();
      if (char === "") throw new SyntaxFailure("brace", "}", this.line);
      if (char === "{") depth++;
      if (char === "}") depth--;
    }
    return { k: "param", name: this.src.slice(start, this.pos - 1), q, op: "bad" };
  }

  /** A `[…]` index, up to and with the bracket. */
  protected readIndex(): Word {
    const parts = new Parts();
    for (;;) {
      const char = this.char();
      if (char === "") throw new SyntaxFailure("brace", "]", this.line);
      if (char === "]") {
        this.pos++;
        return parts.done();
      }
      this.unquoted(parts);
    }
  }

  /** The word after an operator inside `${…}`, up to and with `}` or *stop*. */
  private braceArgument(q: boolean, pattern: boolean, stop = ""): Word {
    const parts = new Parts();
    for (;;) {
      const char = this.char();
      if (char === "") throw new SyntaxFailure("brace", "}", this.line);
      if (char === "}" || (stop !== "" && char === stop)) {
        this.pos++;
        return parts.done();
      }
      if (!q || pattern) {
        if (char === "'" && q && this.dialect === "dash") {
          parts.add(this.next(), pattern ? true : q);
          continue;
        }
        this.unquoted(parts);
      } else if (char === '"') {
        this.pos++;
        if (this.char() === '"') {
          this.pos++;
          continue;
        }
        while (this.char() !== '"') {
          if (this.char() === "") throw new SyntaxFailure("quote", '"', this.line);
          this.inDouble(parts, '"');
        }
        this.pos++;
      } else this.inDouble(parts, '"}');
    }
  }

  /** Reads the bodies of the here-documents that wait; called just after a newline. */
  protected readHeredocs(): void {
    for (const { redirect, delimiter, quoted, tabs } of this.pending.splice(0)) {
      const start = this.line;
      let text = "";
      for (;;) {
        if (this.pos >= this.src.length) break;
        const end = this.src.indexOf("\n", this.pos);
        let lineText = this.src.slice(this.pos, end < 0 ? undefined : end);
        this.pos = end < 0 ? this.src.length : end + 1;
        if (end >= 0) this.line++;
        if (tabs) lineText = lineText.replace(/^\t+/, "");
        if (lineText === delimiter) break;
        // A joined line is one line for the delimiter too, when the text is expanded.
        text += lineText + (end < 0 ? "" : "\n");
      }
      if (quoted) redirect.body = [{ k: "lit", s: text, q: true }];
      else {
        const inner = this.sub(text);
        inner.line = start;
        redirect.body = inner.allQuoted();
      }
    }
  }
}
