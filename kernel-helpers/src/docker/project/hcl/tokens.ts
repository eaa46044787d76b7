/** HCL text cut into tokens: names, numbers, operators, strings and heredocs. */

import { HclError } from "./types";

/** A token. *line*: 1-based. *quoted*: the text has escapes (a heredoc has none). */
export type Token =
  | {
      readonly kind: "name" | "number" | "operator" | "newline" | "end";
      readonly text: string;
      readonly line: number;
    }
  | { readonly kind: "template"; readonly text: string; readonly line: number; readonly quoted: boolean };

const OPERATORS = /^(?:==|!=|<=|>=|&&|\|\||=>|\.\.\.|[-+*/%<>!?:=,.(){}[\]])/;
/** No token but strings and heredocs is longer. */
const LONGEST = 200;

/** The tokens of *text*, whose first line is *line*. Line ends are kept: they end attributes. Throws HclError. */
export function tokensOf(text: string, line = 1): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at, at + LONGEST);
    const blank = /^[ \t\r\ufeff]+/.exec(rest)?.[0];
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const char = text[at]!;
    if (char === "\n") {
      tokens.push({ kind: "newline", text: "\n", line: line++ });
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
      line += linesIn(text.slice(at, stop));
      at = stop;
      continue;
    }
    if (char === '"') {
      const end = stringEnd(text, at, line);
      tokens.push({ kind: "template", text: text.slice(at + 1, end), line, quoted: true });
      line += linesIn(text.slice(at, end));
      at = end + 1;
      continue;
    }
    const heredoc = /^<<(-?)([\p{L}_][\p{L}\p{N}_-]*)[ \t\r]*\n/u.exec(rest);
    if (heredoc) {
      const [whole, dash, mark] = heredoc as unknown as [string, string, string];
      const from = at + whole.length;
      const found = new RegExp(`^[ \\t]*${mark}[ \\t\\r]*$`, "mu").exec(text.slice(from));
      if (!found) throw new HclError(`<<${mark} is not closed`, line);
      const body = text.slice(from, from + found.index);
      tokens.push({ kind: "template", text: dash === "-" ? flushed(body) : body, line, quoted: false });
      line += 1 + linesIn(body);
      at = from + found.index + found[0].length;
      continue;
    }
    const word =
      /^[\p{L}_][\p{L}\p{N}_-]*/u.exec(rest)?.[0] ?? /^\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(rest)?.[0];
    if (word !== undefined) {
      tokens.push({ kind: /^\d/.test(word) ? "number" : "name", text: word, line });
      at += word.length;
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

function linesIn(text: string): number {
  return text.split("\n").length - 1;
}

/** Index of the brace that closes the one at *open*; -1 when there is none. Strings, and templates in them, are passed over. */
export function closingBrace(text: string, open: number): number {
  let depth = 0;
  let isQuoted = false;
  /** Depths at which a template in a string was opened. */
  const templates: number[] = [];
  for (let i = open; i < text.length; i++) {
    const char = text[i];
    if (isQuoted) {
      if (char === "\\") i++;
      else if (char === '"') isQuoted = false;
      else if ((char === "$" || char === "%") && text[i + 1] === "{") {
        if (text[i - 1] === char) continue;
        templates.push(depth++);
        isQuoted = false;
        i++;
      }
    } else if (char === '"') isQuoted = true;
    else if (char === "{") depth++;
    else if (char === "}") {
      if (--depth === 0) return i;
      if (templates.at(-1) === depth) {
        templates.pop();
        isQuoted = true;
      }
    }
  }
  return -1;
}

/** Index of the quote that ends the string at *from*; quotes in `${…}` do not. */
function stringEnd(text: string, from: number, line: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const char = text[i];
    if (char === "\\") i++;
    else if (char === '"') return i;
    else if (char === "\n") break;
    else if ((char === "$" || char === "%") && text[i + 1] === "{" && text[i - 1] !== char) {
      const end = closingBrace(text, i + 1);
      if (end < 0) break;
      i = end;
    }
  }
  throw new HclError("a string that is not closed", line);
}

/** `<<-`: without the indent that all lines share. */
function flushed(body: string): string {
  const lines = body.split("\n");
  const indents = lines.filter((one) => one.trim() !== "").map((one) => /^[ \t]*/.exec(one)![0].length);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return lines.map((one) => one.slice(indent)).join("\n");
}
