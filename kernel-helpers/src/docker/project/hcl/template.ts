/** Templates: texts with `${…}` and `%{if …}`, `%{for …}` in them. */

import { entriesOf, textOf, truth } from "./operations";
import { closingBrace } from "./tokens";
import { type Expression, HclError, type HclValue, type Scope } from "./types";

/** Reads the expressions in a template. */
export interface Reader {
  expression(text: string, line: number): Expression;
  /** `k, v in list` of a `for`. */
  iteration(text: string, line: number): Iteration;
}

/** `for NAMES in LIST`. */
export interface Iteration {
  readonly names: readonly string[];
  readonly list: Expression;
}

type Part =
  | string
  | { readonly kind: "value"; readonly value: Expression }
  | { readonly kind: "word"; readonly word: string; readonly rest: string; readonly line: number };

/** A template of one expression alone has its value, any other is a text. *quoted*: with escapes. Throws HclError. */
export function templateOf(text: string, line: number, quoted: boolean, reader: Reader): Expression {
  const parts = partsOf(text, line, quoted, reader);
  const [only] = parts;
  if (parts.length === 1 && typeof only === "object" && only.kind === "value") return only.value;
  const queue = [...parts];
  const value = sequence(queue, reader, []);
  if (queue.length > 0) throw directiveError(queue[0]!);
  return value;
}

function directiveError(part: Part): HclError {
  return typeof part === "object" && part.kind === "word"
    ? new HclError(`%{${part.word}} does not belong here`, part.line)
    : new HclError("a template that cannot be read", 0);
}

/** Takes parts off *queue* until one of the directives *ends*. */
function sequence(queue: Part[], reader: Reader, ends: readonly string[]): Expression {
  const made: (string | Expression)[] = [];
  for (let part = queue[0]; part !== undefined; part = queue[0]) {
    if (typeof part === "object" && part.kind === "word") {
      if (ends.includes(part.word)) break;
      queue.shift();
      made.push(directive(part, queue, reader));
      continue;
    }
    queue.shift();
    made.push(typeof part === "string" ? part : part.value);
  }
  return (scope) => made.map((one) => (typeof one === "string" ? one : written(one(scope)))).join("");
}

/** A list in a template is an error, said in one place. */
function written(value: HclValue): string {
  try {
    return textOf(value);
  } catch (error) {
    throw new HclError(error instanceof Error ? error.message : String(error), 0);
  }
}

function directive(
  { word, rest, line }: Extract<Part, { kind: "word" }>,
  queue: Part[],
  reader: Reader,
): Expression {
  const close = (end: string): void => {
    const part = queue.shift();
    if (typeof part !== "object" || part.kind !== "word" || part.word !== end)
      throw new HclError(`%{${word}} is not closed with %{${end}}`, line);
  };
  if (word === "if") {
    const condition = reader.expression(rest, line);
    const yes = sequence(queue, reader, ["else", "endif"]);
    const next = queue[0];
    let no: Expression = () => "";
    if (typeof next === "object" && next.kind === "word" && next.word === "else") {
      queue.shift();
      no = sequence(queue, reader, ["endif"]);
    }
    close("endif");
    return (scope) => (truth(condition(scope)) ? yes(scope) : no(scope));
  }
  if (word === "for") {
    const iteration = reader.iteration(rest, line);
    const body = sequence(queue, reader, ["endfor"]);
    close("endfor");
    return (scope) =>
      scopesOf(iteration, scope)
        .map((inner) => body(inner) as string)
        .join("");
  }
  throw new HclError(`%{${word}} does not belong here`, line);
}

/** The scope of each round of a `for`. */
export function scopesOf({ names, list }: Iteration, scope: Scope): Scope[] {
  const [first, second] = names;
  return entriesOf(list(scope)).map(([key, value]): Scope => {
    const own = new Map<string, HclValue>(
      second === undefined
        ? [[first!, value]]
        : [
            [first!, key],
            [second, value],
          ],
    );
    return {
      variable: (name) => (own.has(name) ? own.get(name) : scope.variable(name)),
      ...(scope.function && { function: (name: string) => scope.function!(name) }),
    };
  });
}

function partsOf(text: string, line: number, quoted: boolean, reader: Reader): Part[] {
  const parts: Part[] = [];
  let plain = "";
  let at = 0;
  let trims = false;
  const flush = (trimEnd: boolean): void => {
    let own = trims ? plain.replace(/^[ \t]*\r?\n?[ \t]*/, "") : plain;
    if (trimEnd) own = own.replace(/\s+$/, "");
    if (own !== "") parts.push(own);
    plain = "";
  };
  let here = line;
  while (at < text.length) {
    if (text.startsWith("$${", at) || text.startsWith("%%{", at)) {
      plain += text.slice(at + 1, at + 3);
      at += 3;
      continue;
    }
    const isValue = text.startsWith("${", at);
    if (!isValue && !text.startsWith("%{", at)) {
      if (quoted && text[at] === "\\") {
        const [char, length] = escape(text, at, here);
        plain += char;
        at += length;
        continue;
      }
      if (text[at] === "\n") here++;
      plain += text[at++];
      continue;
    }
    const end = closingBrace(text, at + 1);
    if (end < 0) throw new HclError(`a \`${isValue ? "$" : "%"}{\` that is not closed`, here);
    const head = text[at + 2] === "~";
    const tail = text[end - 1] === "~" && end - 1 > at + 1;
    const inner = text.slice(at + 2 + Number(head), end - Number(tail));
    flush(head);
    trims = tail;
    if (isValue) parts.push({ kind: "value", value: reader.expression(inner, here) });
    else {
      const [, word = "", rest = ""] = /^\s*(\w*)\s*([^]*)$/.exec(inner)!;
      parts.push({ kind: "word", word, rest, line: here });
    }
    here += inner.split("\n").length - 1;
    at = end + 1;
  }
  flush(false);
  if (parts.length === 0) parts.push("");
  return parts;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

/** The character of the escape at *at*, and how many it is written with. */
function escape(text: string, at: number, line: number): readonly [string, number] {
  const code = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(text.slice(at, at + 10));
  if (code) {
    const point = parseInt(code[1] ?? code[2]!, 16);
    if (point <= 0x10ffff) return [String.fromCodePoint(point), code[0].length];
  }
  const char = ESCAPES[text[at + 1] ?? ""];
  if (char === undefined) throw new HclError(`unknown escape \\${text[at + 1] ?? ""}`, line);
  return [char, 2];
}
