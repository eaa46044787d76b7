/**
 * The part of Go's text/template that `docker … --format` is used with: fields, pipes, functions, if/else/range/with, variables.
 * Rules from Go's text/template documentation and Docker's formatting page.
 */

/** A template that cannot be read or run; *message* in the words of Docker's `template parsing error`. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  /** The path that could not be followed, as written. */
  path?: readonly string[];
}

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipe: Pipe }
  | {
      readonly kind: "if" | "with";
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: "range";
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

/** `$a, $b := command | command`. */
interface Pipe {
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Operand[])[];
}

type Operand =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "function"; readonly name: string }
  | {
      readonly kind: "path";
      readonly from: "dot" | Operand | { readonly variable: string };
      readonly fields: readonly string[];
    }
  | { readonly kind: "pipe"; readonly pipe: Pipe; readonly fields: readonly string[] };

/** A parsed template. Called with the data, gives the text. Throws TemplateError where Go's would. */
export type Template = (data: unknown) => string;

/** Parses *source*. Throws TemplateError. */
export function parseTemplate(source: string): Template {
  const parser = new Parser(source);
  const nodes = parser.nodes(["eof"]).nodes;
  return (data) => {
    const out: string[] = [];
    try {
      run(nodes, data, new Map([["$", data]]), out);
    } catch (error) {
      throw error instanceof TemplateError ? placed(error, source) : error;
    }
    return out.join("");
  };
}

/** With the place in *source*, as text/template tells it: of a path of several names the second. */
function placed(error: TemplateError, source: string): TemplateError {
  const { path } = error;
  if (!path || path.length === 0) return error;
  const text = `.${path.join(".")}`;
  const at = source.indexOf(text);
  if (at < 0) return error;
  const line = source.slice(0, at).split("\n").length;
  const column = at - (source.lastIndexOf("\n", at) + 1) + (path.length > 1 ? path[0]!.length + 1 : 0);
  return new TemplateError(`${line}:${column}: executing "" at <${text}>: ${error.message}`);
}

class Parser {
  /** Text and `{{…}}` pieces in turn. */
  readonly pieces: readonly { readonly action: boolean; readonly text: string }[];
  at = 0;

  constructor(source: string) {
    const pieces: { action: boolean; text: string }[] = [];
    let rest = source;
    let trimNext = false;
    for (;;) {
      const open = rest.indexOf("{{");
      let text = open < 0 ? rest : rest.slice(0, open);
      if (trimNext) text = text.trimStart();
      if (open < 0) {
        pieces.push({ action: false, text });
        break;
      }
      const close = findClose(rest, open + 2);
      if (close < 0) throw new TemplateError("unclosed action");
      let body = rest.slice(open + 2, close);
      if (/^-\s/.test(body)) {
        body = body.slice(1);
        text = text.trimEnd();
      }
      trimNext = /\s-$/.test(body);
      if (trimNext) body = body.slice(0, -1);
      pieces.push({ action: false, text }, { action: true, text: body.trim() });
      rest = rest.slice(close + 2);
    }
    this.pieces = pieces;
  }

  nodes(ends: readonly string[]): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    for (;;) {
      const piece = this.pieces[this.at++];
      if (piece === undefined) {
        if (!ends.includes("eof")) throw new TemplateError("unexpected EOF");
        return { nodes, end: "eof" };
      }
      if (!piece.action) {
        if (piece.text !== "") nodes.push({ kind: "text", text: piece.text });
        continue;
      }
      if (piece.text.startsWith("/*")) continue;
      const word = /^(\w+)?/.exec(piece.text)?.[1] ?? "";
      const rest = piece.text.slice(word.length).trim();
      if (word === "end" || word === "else") {
        if (!ends.includes(word)) throw new TemplateError(`unexpected {{${word}}}`);
        if (word === "else" && rest !== "") {
          // `{{else if …}}`: an if inside the else, closed by the same {{end}}.
          const inner = /^(if|with)\s+(.*)$/s.exec(rest);
          if (!inner) throw new TemplateError(`unexpected <${rest}> in else`);
          return { nodes, end: `else ${inner[1] ?? ""} ${inner[2] ?? ""}` };
        }
        return { nodes, end: word };
      }
      if (word === "if" || word === "with" || word === "range") nodes.push(this.block(word, rest));
      else nodes.push({ kind: "action", pipe: parsePipe(piece.text) });
    }
  }

  block(kind: "if" | "with" | "range", text: string): Node {
    const pipe = parsePipe(text);
    const body = this.nodes(["end", "else"]);
    let otherwise: readonly Node[] = [];
    if (body.end === "else") otherwise = this.nodes(["end"]).nodes;
    else if (body.end.startsWith("else ")) {
      const [, inner = "if", ...rest] = body.end.split(" ");
      otherwise = [this.block(inner as "if" | "with", rest.join(" "))];
    }
    return { kind, pipe, body: body.nodes, otherwise };
  }
}

/** Index of the `}}` that closes an action, not one inside a string. */
function findClose(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === '"' || c === "`") {
      i++;
      while (i < text.length && text[i] !== c) i += c === '"' && text[i] === "\\" ? 2 : 1;
    } else if (text.startsWith("}}", i)) return i;
  }
  return -1;
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\.)*"|`[^`]*`)|(\$?\w*(?:\.\w+)+|\.|\$\w*)|(-?\d+(?:\.\d+)?)|(\w+)|(:=|[|(),]))/y;

function parsePipe(text: string): Pipe {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) throw new TemplateError(`unexpected "${text.trim().slice(0, 1)}" in operand`);
    // `(…).Field`: the field belongs to what is in the brackets only when nothing stands between.
    const field = tokens.at(-1) === ")" && /^\.\w/.test(match[0]);
    if (field) tokens[tokens.length - 1] += match[0];
    else tokens.push(match[0].trim());
  }
  const reader = { tokens, at: 0 };
  const pipe = readPipe(reader, false);
  if (reader.at < tokens.length)
    throw new TemplateError(`unexpected "${tokens[reader.at] ?? ""}" in command`);
  return pipe;
}

interface TokenReader {
  readonly tokens: readonly string[];
  at: number;
}

function readPipe(reader: TokenReader, nested: boolean): Pipe {
  const variables: string[] = [];
  const assign = reader.tokens.indexOf(":=", reader.at);
  if (!nested && assign >= 0) {
    for (const token of reader.tokens.slice(reader.at, assign)) if (token !== ",") variables.push(token);
    reader.at = assign + 1;
  }
  const commands: Operand[][] = [[]];
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined || (nested && token.startsWith(")"))) break;
    reader.at++;
    if (token === "|") commands.push([]);
    else commands.at(-1)?.push(readOperand(token, reader));
  }
  if (commands.some((command) => command.length === 0)) throw new TemplateError("missing value for command");
  return { variables, commands };
}

function readOperand(token: string, reader: TokenReader): Operand {
  if (token === "(") {
    const pipe = readPipe(reader, true);
    const close = reader.tokens[reader.at++];
    if (!close?.startsWith(")")) throw new TemplateError("unclosed left paren");
    return { kind: "pipe", pipe, fields: close.split(".").slice(1) };
  }
  if (token.startsWith('"')) return { kind: "value", value: JSON.parse(token.replace(/\\'/g, "'")) };
  if (token.startsWith("`")) return { kind: "value", value: token.slice(1, -1) };
  if (/^-?\d/.test(token)) return { kind: "value", value: Number(token) };
  if (token === ".") return { kind: "path", from: "dot", fields: [] };
  if (token.startsWith("$")) {
    const [variable = "$", ...fields] = token.split(".");
    return { kind: "path", from: { variable }, fields };
  }
  if (token.startsWith(".")) return { kind: "path", from: "dot", fields: token.slice(1).split(".") };
  if (token === "true" || token === "false") return { kind: "value", value: token === "true" };
  if (token === "nil") return { kind: "value", value: null };
  if (token in FUNCTIONS) return { kind: "function", name: token };
  throw new TemplateError(`function "${token}" not defined`);
}

type Scope = Map<string, unknown>;

function run(nodes: readonly Node[], dot: unknown, scope: Scope, out: string[]): void {
  for (const node of nodes) {
    if (node.kind === "text") out.push(node.text);
    else if (node.kind === "action") {
      const value = evaluate(node.pipe, dot, scope);
      if (node.pipe.variables.length > 0) scope.set(node.pipe.variables[0] ?? "", value);
      else out.push(printValue(value));
    } else if (node.kind === "range") {
      const value = evaluate({ ...node.pipe, variables: [] }, dot, scope);
      const entries: [unknown, unknown][] = Array.isArray(value)
        ? value.map((item, i): [unknown, unknown] => [i, item])
        : Object.entries((value ?? {}) as Record<string, unknown>).sort(([a], [b]) =>
            a < b ? -1 : a > b ? 1 : 0,
          );
      if (entries.length === 0) run(node.otherwise, dot, new Map(scope), out);
      const [first, second] = node.pipe.variables;
      for (const [key, item] of entries) {
        const inner = new Map(scope);
        if (second !== undefined) inner.set(first ?? "", key).set(second, item);
        else if (first !== undefined) inner.set(first, item);
        run(node.body, item, inner, out);
      }
    } else {
      const value = evaluate({ ...node.pipe, variables: [] }, dot, scope);
      const inner = new Map(scope);
      const [variable] = node.pipe.variables;
      if (variable !== undefined) inner.set(variable, value);
      if (isTrue(value)) run(node.body, node.kind === "with" ? value : dot, inner, out);
      else run(node.otherwise, dot, inner, out);
    }
  }
}

function evaluate(pipe: Pipe, dot: unknown, scope: Scope): unknown {
  let value: unknown;
  for (const [i, command] of pipe.commands.entries()) {
    const [head, ...rest] = command;
    const args = rest.map((operand) => operandValue(operand, dot, scope));
    if (i > 0) args.push(value);
    if (head?.kind === "function") value = FUNCTIONS[head.name]?.(...args);
    else if (head !== undefined) {
      if (args.length > 0) throw new TemplateError("can't give argument to non-function");
      value = operandValue(head, dot, scope);
    }
  }
  return value;
}

function operandValue(operand: Operand, dot: unknown, scope: Scope): unknown {
  switch (operand.kind) {
    case "value":
      return operand.value;
    case "pipe":
      return operand.fields.reduce(getField, evaluate(operand.pipe, dot, scope));
    case "function":
      return FUNCTIONS[operand.name]?.();
    case "path": {
      let value: unknown = dot;
      if (operand.from !== "dot") {
        const { variable } = operand.from as { variable: string };
        if (!scope.has(variable)) throw new TemplateError(`undefined variable "${variable}"`);
        value = scope.get(variable);
      }
      for (const field of operand.fields) {
        try {
          value = getField(value, field);
        } catch (error) {
          if (error instanceof TemplateError) error.path ??= operand.fields;
          throw error;
        }
      }
      return value;
    }
  }
}

/** A missing key of a map is no value; a missing field of a record is an error, as in Go. */
function getField(value: unknown, field: string): unknown {
  if (value === null || value === undefined) throw new TemplateError(`nil data; no entry for key "${field}"`);
  if (typeof value !== "object" || Array.isArray(value))
    throw new TemplateError(`can't evaluate field ${field} in type interface {}`);
  const record = value as Record<string, unknown>;
  if (!Object.prototype.hasOwnProperty.call(record, field)) {
    // Records are written with capital letters in Docker's output, maps (labels) are not.
    if (/^[A-Z]/.test(field)) throw new TemplateError(`map has no entry for key ${JSON.stringify(field)}`);
    return undefined;
  }
  return record[field];
}

function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value !== null && typeof value === "object") return Object.keys(value).length > 0;
  return Boolean(value);
}

/** How Go prints a value: lists in brackets, maps as `map[a:b]`, nothing as `<no value>`. */
function printValue(value: unknown): string {
  if (value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printValue).join(" ")}]`;
  if (typeof value === "object") {
    const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) =>
      a < b ? -1 : a > b ? 1 : 0,
    );
    return `map[${entries.map(([key, inner]) => `${key}:${printValue(inner)}`).join(" ")}]`;
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** encoding/json escapes `<`, `>` and `&`. */
export function goJson(value: unknown): string {
  return JSON.stringify(value ?? null).replace(
    /[<>&\u2028\u2029]/g,
    (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

type TemplateFunction = (...args: unknown[]) => unknown;

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = Object.assign(Object.create(null) as object, {
  json: (value: unknown) => goJson(value),
  len: (value: unknown) =>
    Array.isArray(value)
      ? value.length
      : typeof value === "string"
        ? new TextEncoder().encode(value).length
        : Object.keys(value ?? {}).length,
  index: (value: unknown, ...keys: unknown[]) =>
    keys.reduce((inner: unknown, key) => {
      if (Array.isArray(inner)) {
        const i = Number(key);
        if (!(i in inner)) throw new TemplateError(`error calling index: index out of range: ${String(key)}`);
        return inner[i] as unknown;
      }
      const record = (inner ?? {}) as Record<string, unknown>;
      return Object.prototype.hasOwnProperty.call(record, String(key)) ? record[String(key)] : "";
    }, value),
  join: (list: unknown, separator: unknown) =>
    Array.isArray(list) ? list.map(printValue).join(String(separator)) : "",
  slice: (value: unknown, from: unknown = 0, to?: unknown) => {
    const end = to === undefined ? undefined : Number(to);
    const whole = Array.isArray(value) ? value : new TextEncoder().encode(String(value));
    if (Number(from) < 0 || Math.max(Number(from), end ?? 0) > whole.length)
      throw new TemplateError(`error calling slice: index out of range: ${String(to ?? from)}`);
    return Array.isArray(value)
      ? (value as unknown[]).slice(Number(from), end)
      : new TextDecoder().decode((whole as Uint8Array).slice(Number(from), end));
  },
  split: (text: unknown, separator: unknown) => String(text).split(String(separator)),
  upper: (text: unknown) => String(text).toUpperCase(),
  lower: (text: unknown) => String(text).toLowerCase(),
  title: (text: unknown) => String(text).replace(/(^|\s)\S/g, (c) => c.toUpperCase()),
  truncate: (text: unknown, length: unknown) => [...String(text)].slice(0, Number(length)).join(""),
  pad: (text: unknown, before: unknown, after: unknown) =>
    " ".repeat(Number(before)) + String(text) + " ".repeat(Number(after)),
  println: (...args: unknown[]) => args.map(printValue).join(" ") + "\n",
  print: (...args: unknown[]) => args.map(printValue).join(""),
  printf: (format: unknown, ...args: unknown[]) => {
    let next = 0;
    return String(format).replace(/%(-?\d*)([svdqt%])/g, (_all, width: string, verb: string) => {
      if (verb === "%") return "%";
      const value = args[next++];
      const text = verb === "q" ? JSON.stringify(printValue(value)) : printValue(value);
      return width.startsWith("-") ? text.padEnd(Number(width.slice(1))) : text.padStart(Number(width || 0));
    });
  },
  eq: (a: unknown, ...rest: unknown[]) => rest.some((b) => compare(a, b) === 0),
  ne: (a: unknown, b: unknown) => compare(a, b) !== 0,
  lt: (a: unknown, b: unknown) => compare(a, b) < 0,
  le: (a: unknown, b: unknown) => compare(a, b) <= 0,
  gt: (a: unknown, b: unknown) => compare(a, b) > 0,
  ge: (a: unknown, b: unknown) => compare(a, b) >= 0,
  and: (...args: unknown[]) => args.find((value) => !isTrue(value)) ?? args.at(-1),
  or: (...args: unknown[]) => args.find((value) => isTrue(value)) ?? args.at(-1),
  not: (value: unknown) => !isTrue(value),
});
