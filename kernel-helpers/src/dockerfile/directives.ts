/** Parser directives at the top of a file: `# syntax=`, `# escape=`, `# check=` (BuildKit parser/directives.go). */

import { toLower, trimLeft } from "./go-text";
import { LineReader } from "./lines";
import { Refusal } from "./refusal";
import type { Directive } from "./types";

const known = new Set(["syntax", "escape", "check"]);

/** What stands on a directive's line behind its comment sign: `name = value`; undefined for anything else. */
export function matchDirective(text: string): { readonly name: string; readonly value: string } | undefined {
  const head = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/.exec(text);
  if (head === null) return undefined;
  let start = head[0].length;
  let end = text.length;
  const blank = (at: number) => "\t\n\f\r ".includes(text[at]!);
  while (start < end && blank(start)) start++;
  while (end > start && blank(end - 1)) end--;
  // Of a value that is all blank the expression keeps one blank, if it can.
  if (start === end) {
    const last = text[text.length - 1]!;
    if (text.length === head[0].length || last === "\n") return undefined;
    return { name: toLower(head[1]!), value: last };
  }
  const value = text.slice(start, end);
  return value.includes("\n") ? undefined : { name: toLower(head[1]!), value };
}

/** Reads directives until the first line that is none; after that every line is left alone. */
export class DirectiveReader {
  private done = false;
  private readonly seen = new Set<string>();

  /** *sign* begins a directive: `#` in a Dockerfile. */
  constructor(private readonly sign = "#") {}

  /** The directive on *line* (1-based number *number*), or undefined. Throws Refusal for a second one of a name. */
  read(line: string, number: number): Directive | undefined {
    if (this.done) return undefined;
    const match = line.startsWith(this.sign)
      ? matchDirective(trimLeft(line.slice(this.sign.length)))
      : undefined;
    if (match === undefined || !known.has(match.name)) {
      this.done = true;
      return undefined;
    }
    if (this.seen.has(match.name)) {
      throw new Refusal("LB_DIRECTIVE_TWICE", `only one ${match.name} parser directive can be used`);
    }
    this.seen.add(match.name);
    return { name: match.name as Directive["name"], value: match.value, line: number };
  }
}

/** What a file says about the frontend it wants. */
export interface SyntaxDirective {
  /** The image: the value up to its first space. */
  readonly ref: string;
  /** The whole value. */
  readonly value: string;
  /** 1-based; 0 or 1 for a JSON document. */
  readonly line: number;
}

/** The `syntax` directive of *text*, in any of its forms: `#`, after a `#!` line, `//`, or a key of a JSON document. */
export function detectSyntax(text: string): SyntaxDirective | undefined {
  return detectDirective("syntax", text, true);
}

/** The directive *name* of *text* (BuildKit `ParseDirective`); in *anyFormat* also `//` comments and a JSON document. */
export function detectDirective(name: string, text: string, anyFormat = false): SyntaxDirective | undefined {
  if (text.startsWith("\ufeff")) text = text.slice(1);
  let skipped = 0;
  if (text.startsWith("#!")) {
    const feed = text.indexOf("\n");
    text = feed < 0 ? "" : text.slice(feed + 1);
    skipped = 1;
  }
  for (const sign of anyFormat ? ["#", "//"] : ["#"]) {
    const found = readDirectives(text, sign, skipped).find((directive) => directive.name === name);
    if (found !== undefined)
      return { ref: found.value.split(" ", 1)[0]!, value: found.value, line: found.line };
  }
  if (!anyFormat || !/^[\t\n\r ]*\{/.test(text)) return undefined;
  let value: unknown;
  try {
    value = (JSON.parse(text) as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
  return typeof value === "string" ? { ref: value, value, line: skipped } : undefined;
}

function readDirectives(text: string, sign: string, skipped: number): readonly Directive[] {
  const reader = new DirectiveReader(sign);
  const lines = new LineReader(text);
  const directives: Directive[] = [];
  try {
    for (let number = skipped + 1; lines.next(); number++) {
      const line = lines.line.replace(/\r?\n$/, "");
      const directive = reader.read(line, number);
      if (directive === undefined) break;
      directives.push(directive);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
  return directives;
}
