/** The shell grammar: one complete command at a time, as shells read their input. */

import {
  plainText,
  type Assignment,
  type CaseItem,
  type Node,
  type Redirect,
  type Test,
  type Word,
} from "./ast";
import { SyntaxFailure, WordReader } from "./words";

type Token =
  | {
      readonly t: "word";
      readonly word: Word;
      readonly plain: string | undefined;
      readonly line: number;
      readonly spaced: boolean;
    }
  | { readonly t: "op"; readonly v: string; readonly line: number }
  | { readonly t: "io"; readonly fd: string }
  | { readonly t: "newline" }
  | { readonly t: "eof" };

const OPERATORS = [
  "&>>",
  "<<<",
  "<<-",
  ";;&",
  "&&",
  "||",
  ";;",
  ";&",
  "<<",
  ">>",
  "<&",
  ">&",
  "<>",
  ">|",
  "|&",
  "&>",
  "((",
  "<",
  ">",
  "|",
  "&",
  ";",
  "(",
  ")",
];
const REDIRECTS = new Set(["<", ">", ">>", ">|", "<>", "<&", ">&", "<<", "<<-", "<<<", "&>", "&>>"]);
const RESERVED = new Set([
  "!",
  "{",
  "}",
  "case",
  "do",
  "done",
  "elif",
  "else",
  "esac",
  "fi",
  "for",
  "if",
  "in",
  "then",
  "until",
  "while",
]);
const ASSIGN = /^([A-Za-z_][A-Za-z0-9_]*)(\+?=)/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export class Parser extends WordReader {
  private token: Token | undefined;
  private depth = 0;

  protected override sub(text: string): Parser {
    const inner = new Parser(text, this.dialect);
    inner.line = this.line;
    inner.depth = this.depth + 1;
    if (inner.depth > 200) throw new SyntaxFailure("text", "too deeply nested", this.line);
    return inner;
  }

  /** Every command of the text. */
  all(): readonly Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const list = this.nextCommand();
      if (list === undefined) return nodes;
      nodes.push(...list);
    }
  }

  /** The commands of the next line that has any (a compound command may take several lines); undefined at the end. */
  nextCommand(): readonly Node[] | undefined {
    this.skipNewlines();
    if (this.peek().t === "eof") return undefined;
    const nodes = this.list(true);
    const token = this.peek();
    if (token.t !== "newline" && token.t !== "eof") throw this.unexpected();
    if (token.t === "newline") this.take();
    else this.readHeredocs();
    return nodes;
  }

  /** Whether nothing but blanks and comments is left. */
  atEnd(): boolean {
    const { pos, line, token } = this;
    try {
      this.skipNewlines();
      if (this.peek().t === "eof") return true;
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
    }
    this.pos = pos;
    this.line = line;
    this.token = token;
    return false;
  }

  protected override commandsToParen(): readonly Node[] {
    const saved = this.token;
    this.token = undefined;
    if (++this.depth > 200) throw new SyntaxFailure("text", "too deeply nested", this.line);
    const nodes = this.list(false);
    if (nodes.length === 0 && !this.isOp(")")) throw this.unexpected();
    this.expectOp(")");
    this.depth--;
    this.token = saved;
    return nodes;
  }

  private scan(): Token {
    this.skipBlanks();
    const char = this.char();
    if (char === "") return { t: "eof" };
    if (char === "\n") {
      this.next();
      this.readHeredocs();
      return { t: "newline" };
    }
    if (/[0-9]/.test(char)) {
      const match = /^[0-9]+(?=[<>])/.exec(this.src.slice(this.pos, this.pos + 12));
      if (match !== null) {
        this.pos += match[0].length;
        return { t: "io", fd: match[0] };
      }
    }
    if (char === "{" && this.dialect === "bash") {
      const match = /^\{([A-Za-z_][A-Za-z0-9_]*)\}(?=[<>])/.exec(this.src.slice(this.pos, this.pos + 80));
      if (match !== null) {
        this.pos += match[0].length;
        return { t: "io", fd: match[1] as string };
      }
    }
    const line = this.line;
    if (";&|()<>".includes(char)) {
      if ((char === "<" || char === ">") && this.src[this.pos + 1] === "(" && this.bashLike) {
        return this.wordToken(line);
      }
      for (const v of OPERATORS) {
        if (!this.src.startsWith(v, this.pos)) continue;
        if (
          v === "((" ||
          ((v === "&>" || v === "&>>" || v === ";&" || v === ";;&" || v === "|&") && !this.allows(v))
        )
          continue;
        if (v === "<<<" && this.dialect !== "bash") continue;
        this.pos += v.length;
        return { t: "op", v, line };
      }
    }
    return this.wordToken(line);
  }

  private allows(operator: string): boolean {
    if (operator === "&>") return this.bashLike;
    if (operator === "&>>") return this.dialect === "bash";
    return this.dialect === "bash";
  }

  private wordToken(line: number): Token {
    const word = this.readWord();
    return { t: "word", word, plain: plainText(word), line, spaced: this.char() !== "(" };
  }

  private peek(): Token {
    this.token ??= this.scan();
    return this.token;
  }

  private take(): Token {
    const token = this.peek();
    this.token = undefined;
    return token;
  }

  private isOp(v: string): boolean {
    const token = this.peek();
    return token.t === "op" && token.v === v;
  }

  private isWord(text: string): boolean {
    const token = this.peek();
    return token.t === "word" && token.plain === text;
  }

  private unexpected(expecting?: string): SyntaxFailure {
    const token = this.peek();
    const { line } = this;
    if (token.t === "eof")
      return new SyntaxFailure(
        "token",
        "end of file",
        this.dialect === "bash" && !this.src.endsWith("\n") ? line + 1 : line,
        expecting,
      );
    if (token.t === "newline")
      return new SyntaxFailure(
        "token",
        "newline",
        this.dialect === "bash" ? Math.max(1, line - 1) : line,
        expecting,
      );
    if (token.t === "io") return new SyntaxFailure("token", "redirection", line, expecting);
    if (token.t === "op") {
      const text = REDIRECTS.has(token.v) && this.dialect !== "bash" ? "redirection" : `"${token.v}"`;
      return new SyntaxFailure("token", text, token.line, expecting);
    }
    const reserved = token.plain !== undefined && (RESERVED.has(token.plain) || this.dialect === "bash");
    return new SyntaxFailure("token", reserved ? `"${token.plain}"` : "word", token.line, expecting);
  }

  private expectOp(v: string): void {
    if (!this.isOp(v)) throw this.unexpected(`"${v}"`);
    this.take();
  }

  private expectWord(text: string): void {
    if (!this.isWord(text)) throw this.unexpected(`"${text}"`);
    this.take();
  }

  private skipNewlines(): void {
    while (this.peek().t === "newline") this.take();
  }

  /** Commands up to something that cannot go on; with *oneLine* up to the newline. */
  private list(oneLine: boolean): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      if (!oneLine) this.skipNewlines();
      if (!this.startsCommand()) {
        if (nodes.length === 0 && oneLine) throw this.unexpected();
        return nodes;
      }
      let node = this.andOr();
      const token = this.peek();
      if (token.t === "op" && token.v === "&") {
        this.take();
        node = { k: "background", a: node };
      } else if (token.t === "op" && token.v === ";") this.take();
      else if (token.t === "newline" && !oneLine) {
        nodes.push(node);
        continue;
      } else {
        nodes.push(node);
        return nodes;
      }
      nodes.push(node);
      if (oneLine && (this.peek().t === "newline" || this.peek().t === "eof")) return nodes;
    }
  }

  /** Commands that must be there: a body. */
  private body(terminator: string): Node[] {
    const nodes = this.list(false);
    if (nodes.length === 0) throw this.unexpected(this.peek().t === "eof" ? `"${terminator}"` : undefined);
    return nodes;
  }

  private startsCommand(): boolean {
    const token = this.peek();
    if (token.t === "eof" || token.t === "newline") return false;
    if (token.t === "io") return true;
    if (token.t === "op") return token.v === "(" || REDIRECTS.has(token.v);
    return (
      token.plain === undefined ||
      !["}", "do", "done", "elif", "else", "esac", "fi", "then"].includes(token.plain)
    );
  }

  private andOr(): Node {
    let left = this.pipeline();
    for (;;) {
      const token = this.peek();
      if (token.t !== "op" || (token.v !== "&&" && token.v !== "||")) return left;
      this.take();
      this.skipNewlines();
      left = { k: token.v === "&&" ? "and" : "or", a: left, b: this.pipeline() };
    }
  }

  private pipeline(): Node {
    if (this.isWord("!")) {
      this.take();
      const inner = this.pipeline();
      return { k: "not", a: inner };
    }
    if (this.dialect === "bash" && this.isWord("time")) {
      this.take();
      const posix = this.isWord("-p");
      if (posix) this.take();
      return { k: "time", a: this.startsCommand() ? this.pipeline() : undefined, posix };
    }
    const commands: Node[] = [this.command()];
    const stderr: boolean[] = [];
    while (this.isOp("|") || this.isOp("|&")) {
      stderr.push(this.isOp("|&"));
      this.take();
      this.skipNewlines();
      commands.push(this.command());
    }
    return commands.length === 1 ? (commands[0] as Node) : { k: "pipe", commands, stderr };
  }

  private command(): Node {
    const token = this.peek();
    if (token.t === "op" && token.v === "(") {
      if (this.dialect === "bash" && this.char() === "(") {
        const end = this.arithmeticEnd(this.pos + 1);
        if (end >= 0) return this.redirected(this.arithmetic(end, token.line));
      }
      this.take();
      const body = this.list(false);
      if (body.length === 0 && this.peek().t !== "eof") throw this.unexpected();
      this.expectOp(")");
      return this.redirected({ k: "subshell", body, line: token.line });
    }
    if (token.t === "word" && token.plain !== undefined) {
      const compound = this.compound(token.plain, token.line);
      if (compound !== undefined) return this.redirected(compound);
    }
    if (!this.startsCommand()) throw this.unexpected();
    return this.simple();
  }

  private redirected(node: Node): Node {
    if (node.k === "function") return node;
    const redirects: Redirect[] = [];
    while (this.atRedirect()) redirects.push(this.redirect());
    return redirects.length === 0 ? node : { k: "redirected", a: node, redirects };
  }

  private arithmetic(end: number, line: number): Node {
    const inner = this.sub(this.src.slice(this.pos + 1, end));
    this.pos = end + 2;
    this.token = undefined;
    return { k: "arith", expr: inner.allQuoted('"'), line };
  }

  private compound(keyword: string, line: number): Node | undefined {
    switch (keyword) {
      case "{": {
        this.take();
        const body = this.body("}");
        this.expectWord("}");
        return { k: "group", body };
      }
      case "if":
        this.take();
        return this.ifClause();
      case "while":
      case "until": {
        this.take();
        const test = this.body("do");
        this.expectWord("do");
        const body = this.body("done");
        this.expectWord("done");
        return { k: "while", until: keyword === "until", test, body };
      }
      case "for":
        this.take();
        return this.forClause(line);
      case "case":
        this.take();
        return this.caseClause(line);
      case "function":
        if (!this.bashLike) return undefined;
        this.take();
        return this.functionWord(line);
      case "[[":
        if (this.dialect !== "bash") return undefined;
        this.take();
        return this.doubleBracket(line);
      default:
        return undefined;
    }
  }

  private ifClause(): Node {
    const test = this.body("then");
    this.expectWord("then");
    const then = this.body("fi");
    if (this.isWord("elif")) {
      this.take();
      return { k: "if", test, then, else: [this.ifClause()] };
    }
    if (this.isWord("else")) {
      this.take();
      const otherwise = this.body("fi");
      this.expectWord("fi");
      return { k: "if", test, then, else: otherwise };
    }
    this.expectWord("fi");
    return { k: "if", test, then };
  }

  private forClause(line: number): Node {
    if (this.dialect === "bash" && this.isOp("(") && this.char() === "(") {
      const end = this.arithmeticEnd(this.pos + 1);
      if (end >= 0) return this.arithmeticFor(end);
    }
    const token = this.take();
    if (token.t !== "word" || token.plain === undefined || !NAME.test(token.plain)) {
      if (this.dialect !== "bash" || token.t === "word")
        throw new SyntaxFailure(
          "text",
          this.dialect === "dash" ? "Bad for loop variable" : "bad for loop variable",
          line,
        );
      this.token = token;
      throw this.unexpected();
    }
    let words: Word[] | undefined;
    this.skipNewlines();
    if (this.isWord("in")) {
      this.take();
      words = [];
      while (this.peek().t === "word") words.push((this.take() as Token & { t: "word" }).word);
      if (this.isOp(";")) this.take();
      else if (this.peek().t !== "newline") throw this.unexpected();
    } else if (this.isOp(";")) this.take();
    const body = this.loopBody();
    return { k: "for", name: token.plain, ...(words === undefined ? {} : { words }), body, line };
  }

  private loopBody(): Node[] {
    this.skipNewlines();
    if (this.isWord("{") && this.dialect === "bash") {
      this.take();
      const body = this.body("}");
      this.expectWord("}");
      return body;
    }
    this.expectWord("do");
    const body = this.body("done");
    this.expectWord("done");
    return body;
  }

  private arithmeticFor(end: number): Node {
    const [init, test, step] = this.src
      .slice(this.pos + 1, end)
      .split(";")
      .map((text) => this.sub(text).allQuoted('"'));
    this.pos = end + 2;
    this.token = undefined;
    if (this.isOp(";")) this.take();
    return { k: "cfor", init: init ?? [], test: test ?? [], step: step ?? [], body: this.loopBody() };
  }

  private caseClause(line: number): Node {
    const token = this.take();
    if (token.t !== "word") {
      this.token = token;
      throw this.unexpected();
    }
    this.skipNewlines();
    this.expectWord("in");
    const items: CaseItem[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.isWord("esac")) break;
      if (this.isOp("(")) this.take();
      const patterns: Word[] = [];
      for (;;) {
        const pattern = this.peek();
        if (pattern.t !== "word") throw this.unexpected();
        patterns.push(pattern.word);
        this.take();
        if (!this.isOp("|")) break;
        this.take();
      }
      this.expectOp(")");
      const body = this.list(false);
      const end = this.peek();
      if (end.t === "op" && (end.v === ";;" || end.v === ";&" || end.v === ";;&")) {
        this.take();
        items.push({ patterns, body, end: end.v });
        continue;
      }
      items.push({ patterns, body, end: ";;" });
      if (!this.isWord("esac"))
        throw this.unexpected(this.isOp("&") && this.dialect !== "bash" ? undefined : '";;"');
    }
    this.expectWord("esac");
    return { k: "case", word: token.word, items, line };
  }

  private functionWord(line: number): Node {
    const token = this.take();
    if (token.t !== "word" || token.plain === undefined) {
      this.token = token;
      throw this.unexpected();
    }
    if (this.isOp("(")) {
      this.take();
      this.expectOp(")");
    }
    this.skipNewlines();
    return { k: "function", name: token.plain, body: this.command(), line };
  }

  private atRedirect(): boolean {
    const token = this.peek();
    return token.t === "io" || (token.t === "op" && REDIRECTS.has(token.v));
  }

  private redirect(): Redirect {
    let token = this.take();
    let fd: number | undefined;
    let variable: string | undefined;
    if (token.t === "io") {
      if (NAME.test(token.fd)) variable = token.fd;
      else fd = Number(token.fd);
      token = this.take();
    }
    if (token.t !== "op") throw this.unexpected();
    const op = token.v === "<<-" ? "<<" : (token.v as Redirect["op"]);
    const target = this.peek();
    if (target.t !== "word") throw this.unexpected();
    const redirect: Redirect = {
      fd: fd ?? (op.startsWith("<") ? 0 : 1),
      op,
      target: target.word,
      ...(variable === undefined ? {} : { variable }),
    };
    if (op === "<<") {
      let delimiter = "";
      let quoted = false;
      for (const part of target.word) {
        if (part.k === "lit") {
          delimiter += part.s;
          quoted ||= part.q;
        } else if (part.k === "param") delimiter += "$" + part.name;
      }
      this.pending.push({ redirect, delimiter, quoted, tabs: token.v === "<<-" });
    }
    this.token = undefined;
    return redirect;
  }

  private simple(): Node {
    const assigns: Assignment[] = [];
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    let line: number | undefined;
    for (;;) {
      if (this.atRedirect()) {
        redirects.push(this.redirect());
        continue;
      }
      const token = this.peek();
      if (token.t !== "word") {
        const joins = token.t === "op" && this.dialect === "ash" && (token.v === "&&" || token.v === "||");
        if (
          joins &&
          words.length > 0 &&
          plainText(words[0] as Word) === "[[" &&
          plainText(words.at(-1) as Word) !== "]]"
        ) {
          this.take();
          words.push([{ k: "lit", s: token.v === "&&" ? "-a" : "-o", q: true }]);
          continue;
        }
        if (
          token.t === "op" &&
          token.v === "(" &&
          words.length === 1 &&
          assigns.length === 0 &&
          redirects.length === 0
        ) {
          const name = plainText(words[0] as Word);
          if (name !== undefined) return this.functionParens(name, line ?? this.line);
        }
        break;
      }
      line ??= token.line;
      const first = token.word.length === 1 ? token.word[0] : undefined;
      const array =
        this.dialect === "bash" &&
        this.declares(words[0]) &&
        first?.k === "lit" &&
        /^[A-Za-z_]\w*\+?=$/.test(first.s) &&
        this.char() === "(";
      const assign = words.length === 0 || array ? this.assignment(token.word) : undefined;
      if (assign !== undefined && words.length === 0) {
        assigns.push(assign);
        continue;
      }
      if (assign?.array !== undefined) {
        words.push([{ k: "lit", s: assign.name, q: false }]);
        assigns.push(assign);
        continue;
      }
      this.take();
      words.push(token.word);
    }
    return { k: "simple", assigns, words, redirects, line: line ?? this.line };
  }

  private declares(word: Word | undefined): boolean {
    return (
      word !== undefined &&
      ["declare", "local", "readonly", "export", "typeset"].includes(plainText(word) ?? "")
    );
  }

  private functionParens(name: string, line: number): Node {
    this.take();
    this.expectOp(")");
    if (this.dialect !== "bash" && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw new SyntaxFailure(
        "text",
        this.dialect === "dash" ? "Bad function name" : "bad function name",
        line,
      );
    }
    this.skipNewlines();
    if (
      this.dialect === "bash" &&
      !this.isOp("(") &&
      !["{", "if", "while", "until", "for", "case", "[["].some((word) => this.isWord(word))
    )
      throw this.unexpected();
    return { k: "function", name, body: this.command(), line };
  }

  /** Takes the present word when it is `name=…`; bash's arrays too. */
  private assignment(word: Word): Assignment | undefined {
    const first = word[0];
    if (first?.k !== "lit" || first.q) return undefined;
    const match = ASSIGN.exec(first.s);
    if (match !== null) {
      const [whole, name = "", operator] = match;
      const append = operator === "+=";
      if (append && this.dialect === "dash") return undefined;
      const rest = first.s.slice(whole.length);
      if (rest === "" && word.length === 1 && this.char() === "(" && this.dialect === "bash") {
        this.pos++;
        this.token = undefined;
        return { name, value: [], append, array: this.arrayLiteral() };
      }
      this.take();
      const value = rest === "" ? word.slice(1) : [{ ...first, s: rest }, ...word.slice(1)];
      return { name, value, append };
    }
    if (this.dialect !== "bash" || !/^[A-Za-z_][A-Za-z0-9_]*\[/.test(first.s)) return undefined;
    return this.indexedAssignment(word);
  }

  /** `name[index]=value`: the word has been read as plain text up to here. */
  private indexedAssignment(word: Word): Assignment | undefined {
    let open = 0;
    for (const [i, part] of word.entries()) {
      if (part.k !== "lit" || part.q) continue;
      const close = part.s.indexOf("]", i === 0 ? open : 0);
      if (close < 0) continue;
      const match = /^\](\+?=)/.exec(part.s.slice(close));
      if (match === null) return undefined;
      const first = word[0] as { s: string };
      open = first.s.indexOf("[");
      const name = first.s.slice(0, open);
      const index: Word =
        i === 0
          ? [{ k: "lit", s: part.s.slice(open + 1, close), q: false }]
          : [
              { k: "lit", s: first.s.slice(open + 1), q: false },
              ...word.slice(1, i),
              { k: "lit", s: part.s.slice(0, close), q: false },
            ];
      const rest = part.s.slice(close + match[0].length);
      this.take();
      const value: Word = rest === "" ? word.slice(i + 1) : [{ ...part, s: rest }, ...word.slice(i + 1)];
      return { name, value, append: match[1] === "+=", index };
    }
    return undefined;
  }

  private arrayLiteral(): { index?: Word; value: Word }[] {
    const items: { index?: Word; value: Word }[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.isOp(")")) {
        this.take();
        return items;
      }
      const token = this.peek();
      if (token.t !== "word") throw this.unexpected();
      const first = token.word[0];
      if (first?.k === "lit" && !first.q && first.s.startsWith("[")) {
        const named: Word = [{ ...first, s: "x" + first.s }, ...token.word.slice(1)];
        const assign = this.indexedAssignment(named);
        if (assign?.index !== undefined) {
          items.push({ index: assign.index, value: assign.value });
          continue;
        }
      }
      this.take();
      items.push({ value: token.word });
    }
  }

  private doubleBracket(line: number): Node {
    const test = this.testOr();
    if (!this.isWord("]]")) throw this.unexpected('"]]"');
    this.take();
    return { k: "test", test, line };
  }

  private testOr(): Test {
    let left = this.testAnd();
    while (this.isOp("||")) {
      this.take();
      this.skipNewlines();
      left = { k: "or", a: left, b: this.testAnd() };
    }
    return left;
  }

  private testAnd(): Test {
    let left = this.testNot();
    while (this.isOp("&&")) {
      this.take();
      this.skipNewlines();
      left = { k: "and", a: left, b: this.testNot() };
    }
    return left;
  }

  private testNot(): Test {
    this.skipNewlines();
    if (this.isWord("!")) {
      this.take();
      return { k: "not", a: this.testNot() };
    }
    if (this.isOp("(")) {
      this.take();
      const inner = this.testOr();
      this.expectOp(")");
      return inner;
    }
    const token = this.take();
    if (token.t !== "word") {
      this.token = token;
      throw this.unexpected();
    }
    if (
      token.plain !== undefined &&
      /^-[a-zA-Z]$/.test(token.plain) &&
      this.peek().t === "word" &&
      !this.isWord("]]")
    ) {
      const operand = this.take() as Token & { t: "word" };
      return { k: "unary", op: token.plain, a: operand.word };
    }
    const operator = this.peek();
    if (operator.t === "op" && (operator.v === "<" || operator.v === ">")) {
      this.take();
      const right = this.take();
      if (right.t !== "word") throw this.unexpected();
      return { k: "binary", op: operator.v, a: token.word, b: right.word };
    }
    if (operator.t === "word" && !this.isWord("]]") && operator.plain !== undefined) {
      if (operator.plain === "=~") {
        this.token = undefined;
        this.skipBlanks();
        return { k: "binary", op: "=~", a: token.word, b: this.regexWord() };
      }
      this.take();
      const right = this.take();
      if (right.t !== "word") {
        this.token = right;
        throw this.unexpected();
      }
      return { k: "binary", op: operator.plain, a: token.word, b: right.word };
    }
    return { k: "unary", op: "-n", a: token.word };
  }

  /** The pattern after `=~`, in which parentheses and bars are ordinary. */
  private regexWord(): Word {
    const word: Word[] = [];
    let depth = 0;
    for (;;) {
      const piece = this.readWord(" \t\n()|;&<>");
      if (piece.length > 0) word.push(piece);
      const char = this.char();
      if (char === "(") depth++;
      else if (char === ")") {
        if (depth === 0) break;
        depth--;
      } else if (
        char === "" ||
        char === "\n" ||
        ((char === " " || char === "\t") && depth === 0) ||
        ((char === ";" || char === "&") && depth === 0)
      )
        break;
      this.next();
      word.push([{ k: "lit", s: char, q: false }]);
    }
    return word.flat();
  }
}
