/** The part of HCL that bake files are written in: blocks, attributes, and the expressions that stand in them (HCL native syntax specification). */

/** A value of an expression. */
export type HclValue =
  string | number | boolean | null | readonly HclValue[] | { readonly [key: string]: HclValue };

/** An expression, evaluated when its variables are known. Throws HclError. */
export type Expression = (scope: Scope) => HclValue;

export interface Scope {
  /** Undefined: there is no such variable. */
  variable(name: string): HclValue | undefined;
}

export interface Attribute {
  readonly name: string;
  readonly line: number;
  readonly value: Expression;
}

export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly line: number;
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
}

/** What cannot be read or evaluated. *line*: 1-based. */
export class HclError extends Error {
  override readonly name = "HclError";
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** The blocks and attributes of *text*. Throws HclError. */
export function parseHcl(text: string): {
  readonly attributes: readonly Attribute[];
  readonly blocks: readonly Block[];
} {
  return new Parser(text).file();
}

/** A string with `${…}` in it, as bake's JSON form has them. Throws HclError. */
export function parseTemplate(text: string): Expression {
  return new Parser("").template(text, 1);
}

type Token =
  | {
      readonly kind: "name" | "number" | "operator" | "newline" | "end";
      readonly text: string;
      readonly line: number;
    }
  | { readonly kind: "template"; readonly text: string; readonly line: number; readonly raw: boolean };

const OPERATORS = /^(?:==|!=|<=|>=|&&|\|\||=>|\.\.\.|[-+*/%<>!?:=,.(){}[\]])/;
const DEEPEST = 100;

class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    this.tokens = tokensOf(text);
  }

  file(): { attributes: Attribute[]; blocks: Block[] } {
    const body = this.body("end");
    return body;
  }

  private get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  private is(text: string): boolean {
    return this.token.kind === "operator" && this.token.text === text;
  }

  private take(text: string): void {
    if (!this.is(text)) throw this.unexpected(`"${text}"`);
    this.at++;
  }

  private unexpected(wanted: string): HclError {
    const { kind, text, line } = this.token;
    return new HclError(
      `expected ${wanted}, found ${kind === "end" ? "the end" : kind === "newline" ? "a line end" : `"${text}"`}`,
      line,
    );
  }

  private skipLines(): void {
    while (this.token.kind === "newline") this.at++;
  }

  private body(until: "end" | "}"): { attributes: Attribute[]; blocks: Block[] } {
    const attributes: Attribute[] = [];
    const blocks: Block[] = [];
    if (++this.depth > DEEPEST) throw new HclError("nested too deeply", this.token.line);
    for (;;) {
      this.skipLines();
      if (until === "end" ? this.token.kind === "end" : this.is("}")) break;
      const { kind, text: name, line } = this.token;
      if (kind !== "name" && kind !== "template") throw this.unexpected("a name");
      this.at++;
      if (this.is("=")) {
        this.at++;
        this.skipLines();
        attributes.push({ name, line, value: this.expression() });
      } else {
        const labels: string[] = [];
        for (let label = this.token; label.kind === "name" || label.kind === "template"; label = this.token) {
          labels.push(label.text);
          this.at++;
        }
        this.take("{");
        blocks.push({ type: name, labels, line, ...this.body("}") });
        this.take("}");
      }
    }
    this.depth--;
    return { attributes, blocks };
  }

  private expression(): Expression {
    if (++this.depth > DEEPEST) throw new HclError("nested too deeply", this.token.line);
    const condition = this.binary(0);
    this.depth--;
    if (!this.is("?")) return condition;
    this.at++;
    this.skipLines();
    const yes = this.expression();
    this.skipLines();
    this.take(":");
    this.skipLines();
    const no = this.expression();
    return (scope) => (truth(condition(scope)) ? yes(scope) : no(scope));
  }

  private static readonly LEVELS: readonly (readonly string[])[] = [
    ["||"],
    ["&&"],
    ["==", "!="],
    ["<", ">", "<=", ">="],
    ["+", "-"],
    ["*", "/", "%"],
  ];

  private binary(level: number): Expression {
    const operators = Parser.LEVELS[level];
    if (!operators) return this.unary();
    let left = this.binary(level + 1);
    while (this.token.kind === "operator" && operators.includes(this.token.text)) {
      const { text: operator, line } = this.token;
      this.at++;
      this.skipLines();
      const [a, b] = [left, this.binary(level + 1)];
      left = (scope) => operate(operator, a(scope), () => b(scope), line);
    }
    return left;
  }

  private unary(): Expression {
    if (this.is("!") || this.is("-")) {
      const isNot = this.is("!");
      this.at++;
      if (++this.depth > DEEPEST) throw new HclError("nested too deeply", this.token.line);
      const inner = this.unary();
      this.depth--;
      return (scope) => (isNot ? !truth(inner(scope)) : -Number(inner(scope)));
    }
    return this.postfix(this.primary());
  }

  private postfix(of: Expression): Expression {
    let value = of;
    for (;;) {
      if (this.is(".")) {
        this.at++;
        const { text: name, line } = this.token;
        this.at++;
        const before = value;
        value = (scope) => member(before(scope), name, line);
      } else if (this.is("[")) {
        this.at++;
        const { line } = this.token;
        const index = this.expression();
        this.take("]");
        const before = value;
        value = (scope) => member(before(scope), index(scope) as string, line);
      } else return value;
    }
  }

  private primary(): Expression {
    const { token } = this;
    if (token.kind === "number") {
      this.at++;
      const number = Number(token.text);
      return () => number;
    }
    if (token.kind === "template") {
      this.at++;
      return token.raw ? () => token.text : this.template(token.text, token.line);
    }
    if (this.is("(")) {
      this.at++;
      this.skipLines();
      const inner = this.expression();
      this.skipLines();
      this.take(")");
      return inner;
    }
    if (this.is("[")) return this.list();
    if (this.is("{")) return this.object();
    if (token.kind !== "name") throw this.unexpected("a value");
    this.at++;
    if (token.text === "true" || token.text === "false") return () => token.text === "true";
    if (token.text === "null") return () => null;
    if (this.is("(")) return this.call(token.text, token.line);
    return (scope) => {
      const value = scope.variable(token.text);
      if (value === undefined) throw new HclError(`there is no variable ${token.text}`, token.line);
      return value;
    };
  }

  private list(): Expression {
    this.take("[");
    this.skipLines();
    if (this.token.kind === "name" && this.token.text === "for")
      throw new HclError("a list made with `for` is not read", this.token.line);
    const items: Expression[] = [];
    while (!this.is("]")) {
      items.push(this.expression());
      this.skipLines();
      if (!this.is(",")) break;
      this.at++;
      this.skipLines();
    }
    this.take("]");
    return (scope) => items.map((item) => item(scope));
  }

  private object(): Expression {
    this.take("{");
    const items: (readonly [Expression, Expression])[] = [];
    this.skipLines();
    while (!this.is("}")) {
      const { token } = this;
      let key: Expression;
      if (token.kind === "name") {
        this.at++;
        key = () => token.text;
      } else key = this.primary();
      if (!this.is("=") && !this.is(":")) throw this.unexpected('"="');
      this.at++;
      this.skipLines();
      items.push([key, this.expression()]);
      if (this.is(",")) this.at++;
      this.skipLines();
    }
    this.take("}");
    return (scope) => Object.fromEntries(items.map(([key, value]) => [String(key(scope)), value(scope)]));
  }

  private call(name: string, line: number): Expression {
    this.take("(");
    this.skipLines();
    const items: Expression[] = [];
    while (!this.is(")")) {
      items.push(this.expression());
      this.skipLines();
      if (!this.is(",")) break;
      this.at++;
      this.skipLines();
    }
    this.take(")");
    const apply = FUNCTIONS[name];
    if (!apply) throw new HclError(`the function ${name} is not known here`, line);
    return (scope) => {
      try {
        return apply(...items.map((item) => item(scope)));
      } catch (error) {
        if (error instanceof HclError) throw error;
        throw new HclError(`${name}: ${error instanceof Error ? error.message : String(error)}`, line);
      }
    };
  }

  /** The text of a template: `${…}` is an expression, `$${` a dollar and a brace. A template of one expression only has its value. */
  template(text: string, line: number): Expression {
    const parts: (string | Expression)[] = [];
    let at = 0;
    let plain = "";
    while (at < text.length) {
      if (text.startsWith("$${", at) || text.startsWith("%%{", at)) {
        plain += text.slice(at + 1, at + 3);
        at += 3;
        continue;
      }
      if (text.startsWith("%{", at)) throw new HclError("directives `%{…}` are not read", line);
      if (!text.startsWith("${", at)) {
        plain += text[at++];
        continue;
      }
      const end = closingBrace(text, at + 1);
      if (end < 0) throw new HclError("a `${` that is not closed", line);
      if (plain !== "") parts.push(plain);
      plain = "";
      const inner = new Parser(text.slice(at + 2, end));
      inner.depth = this.depth + 1;
      inner.skipLines();
      parts.push(inner.expression());
      inner.skipLines();
      if (inner.token.kind !== "end") throw new HclError(`cannot read \${${text.slice(at + 2, end)}}`, line);
      at = end + 1;
    }
    if (plain !== "" || parts.length === 0) parts.push(plain);
    const [only] = parts;
    if (parts.length === 1 && typeof only === "function") return only;
    return (scope) => parts.map((part) => (typeof part === "string" ? part : written(part(scope)))).join("");
  }
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let i = open; i < text.length; i++) {
    const char = text[i];
    if (char === "\\" && isQuoted) i++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return i;
  }
  return -1;
}

function written(value: HclValue): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function truth(value: HclValue): boolean {
  return value === true || value === "true" || (typeof value === "number" && value !== 0);
}

function member(value: HclValue, key: string | number, line: number): HclValue {
  const found =
    typeof value === "object" && value !== null && Object.hasOwn(value, key)
      ? (value as Readonly<Record<string | number, HclValue>>)[key]
      : undefined;
  if (found === undefined) throw new HclError(`there is no ${key} in it`, line);
  return found;
}

function operate(operator: string, a: HclValue, right: () => HclValue, line: number): HclValue {
  if (operator === "&&") return truth(a) && truth(right());
  if (operator === "||") return truth(a) || truth(right());
  const b = right();
  switch (operator) {
    case "==":
      return JSON.stringify(a) === JSON.stringify(b);
    case "!=":
      return JSON.stringify(a) !== JSON.stringify(b);
  }
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) throw new HclError(`${operator} needs numbers`, line);
  switch (operator) {
    case "<":
      return x < y;
    case ">":
      return x > y;
    case "<=":
      return x <= y;
    case ">=":
      return x >= y;
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return x / y;
    default:
      return x % y;
  }
}

type Apply = (...values: HclValue[]) => HclValue;

const listOf = (value: HclValue | undefined): readonly HclValue[] =>
  Array.isArray(value) ? (value as readonly HclValue[]) : [];
const textOf = (value: HclValue | undefined): string => written(value ?? null);

/** Of the functions that bake offers those that targets are named and tagged with. */
const FUNCTIONS: Readonly<Record<string, Apply>> = {
  join: (separator, ...lists) => lists.flatMap(listOf).map(textOf).join(textOf(separator)),
  split: (separator, text) => textOf(text).split(textOf(separator)),
  concat: (...lists) => lists.flatMap(listOf),
  compact: (list) => listOf(list).filter((one) => one !== null && one !== ""),
  distinct: (list) => [...new Set(listOf(list))],
  flatten: (list) => listOf(list).flatMap((one) => (Array.isArray(one) ? listOf(one) : [one])),
  contains: (list, value) => listOf(list).includes(value ?? null),
  length: (value) => (typeof value === "string" ? value.length : listOf(value).length),
  merge: (...maps) => Object.assign({}, ...maps) as HclValue,
  keys: (map) => Object.keys(map ?? {}),
  values: (map) => Object.values((map ?? {}) as Record<string, HclValue>),
  coalesce: (...values) => values.find((one) => one !== null && one !== "") ?? null,
  equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  notequal: (a, b) => JSON.stringify(a) !== JSON.stringify(b),
  and: (a, b) => truth(a ?? null) && truth(b ?? null),
  or: (a, b) => truth(a ?? null) || truth(b ?? null),
  not: (a) => !truth(a ?? null),
  lower: (text) => textOf(text).toLowerCase(),
  upper: (text) => textOf(text).toUpperCase(),
  trimspace: (text) => textOf(text).trim(),
  trimprefix: (text, prefix) => {
    const [all, head] = [textOf(text), textOf(prefix)];
    return all.startsWith(head) ? all.slice(head.length) : all;
  },
  trimsuffix: (text, suffix) => {
    const [all, tail] = [textOf(text), textOf(suffix)];
    return tail !== "" && all.endsWith(tail) ? all.slice(0, -tail.length) : all;
  },
  replace: (text, from, to) => textOf(text).replaceAll(textOf(from), textOf(to)),
  substr: (text, from, length) => {
    const all = textOf(text);
    return Number(length) < 0
      ? all.slice(Number(from))
      : all.slice(Number(from), Number(from) + Number(length));
  },
  add: (a, b) => Number(a) + Number(b),
  tostring: (value) => textOf(value),
  tonumber: (value) => Number(value),
};

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  /** Inside of ( and [ line ends mean nothing, but are kept: the parser skips them. */
  while (at < text.length) {
    const rest = text.slice(at, at + 200);
    const blank = /^[ \t\r\ufeff]+/.exec(rest)?.[0];
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const char = text[at]!;
    if (char === "\n") {
      tokens.push({ kind: "newline", text: "\n", line });
      line++;
      at++;
      continue;
    }
    if (char === "#" || text.startsWith("//", at)) {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
      continue;
    }
    if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      const stop = end < 0 ? text.length : end + 2;
      line += text.slice(at, stop).split("\n").length - 1;
      at = stop;
      continue;
    }
    if (char === '"') {
      const end = stringEnd(text, at, line);
      tokens.push({ kind: "template", text: unescaped(text.slice(at + 1, end), line), line, raw: false });
      at = end + 1;
      continue;
    }
    const heredoc = /^<<(-?)([A-Za-z_][\w-]*)[ \t\r]*\n/.exec(rest);
    if (heredoc) {
      const [whole, dash, mark] = heredoc as unknown as [string, string, string];
      const from = at + whole.length;
      const end = new RegExp(`^[ \\t]*${mark}[ \\t\\r]*$`, "m");
      const found = end.exec(text.slice(from));
      if (!found) throw new HclError(`<<${mark} is not closed`, line);
      const body = text.slice(from, from + found.index);
      tokens.push({ kind: "template", text: dash === "-" ? flushed(body) : body, line, raw: false });
      line += whole.split("\n").length - 1 + body.split("\n").length - 1;
      at = from + found.index + found[0].length;
      continue;
    }
    const name = /^[A-Za-z_][\w-]*/.exec(rest)?.[0];
    if (name !== undefined) {
      tokens.push({ kind: "name", text: name, line });
      at += name.length;
      continue;
    }
    const number = /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (number !== undefined) {
      tokens.push({ kind: "number", text: number, line });
      at += number.length;
      continue;
    }
    const operator = OPERATORS.exec(rest)?.[0];
    if (operator === undefined) throw new HclError(`unexpected character ${JSON.stringify(char)}`, line);
    tokens.push({ kind: "operator", text: operator, line });
    at += operator.length;
  }
  tokens.push({ kind: "end", text: "", line });
  return tokens;
}

/** Index of the quote that ends the string at *from*; quotes in `${…}` do not. */
function stringEnd(text: string, from: number, line: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const char = text[i];
    if (char === "\\") i++;
    else if (char === '"') return i;
    else if (char === "\n") break;
    else if (text.startsWith("${", i) && text[i - 1] !== "$") {
      const end = closingBrace(text, i + 1);
      if (end < 0) break;
      i = end;
    }
  }
  throw new HclError("a string that is not closed", line);
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** Escapes of the text, not of the expressions in it. */
function unescaped(text: string, line: number): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])/g, (_, escape: string) => {
    if (/^[uU]./.test(escape)) {
      const code = parseInt(escape.slice(1), 16);
      if (code <= 0x10ffff) return String.fromCodePoint(code);
    }
    const char = ESCAPES[escape];
    if (char === undefined) throw new HclError(`unknown escape \\${escape}`, line);
    return char;
  });
}

/** `<<-`: without the indent that all lines share. */
function flushed(body: string): string {
  const lines = body.split("\n");
  const indents = lines.filter((one) => one.trim() !== "").map((one) => /^[ \t]*/.exec(one)![0].length);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((one) => one.slice(indent)).join("\n");
}
