/** POSIX regular expressions, basic and extended, as JavaScript's. */

import { BoundedRegExp } from "./bounded-regex";

/** The pattern is none; the message is regerror's. */
export class RegexError extends Error {
  override readonly name = "RegexError";
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z", alpha: "A-Za-z", blank: " \\t", cntrl: "\\x00-\\x1f\\x7f", digit: "0-9", graph: "!-~", lower: "a-z",
  print: " -~", punct: "!-\\/:-@\\[-`{-~", space: " \\t\\n\\v\\f\\r", upper: "A-Z", xdigit: "0-9A-Fa-f",
}; // prettier-ignore

const cache = new Map<string, RegExp>();

/** A JavaScript expression for a POSIX one. *flags* are JavaScript's; `s` is always on: `.` matches a newline. */
export function posixRegex(pattern: string, extended: boolean, flags = ""): RegExp {
  const key = `${extended ? "E" : "B"}${flags}:${pattern}`;
  let found = cache.get(key);
  if (found === undefined) {
    const source = translate(pattern, extended);
    try {
      found = new BoundedRegExp(source, flags + "s");
    } catch {
      throw new RegexError("Invalid regular expression");
    }
    if (cache.size > 300) cache.clear();
    cache.set(key, found);
  }
  found.lastIndex = 0;
  return found;
}

/** The JavaScript source. Throws RegexError. */
export function translate(pattern: string, extended: boolean): string {
  let out = "";
  let depth = 0;
  let groups = 0;
  // Nothing stands before that could be repeated.
  let start = true;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === "[") {
      const set = bracket(pattern, i);
      if (set === undefined) throw new RegexError("Unmatched [, [^, [:, [., or [=");
      out += set.source;
      i = set.end;
      start = false;
      continue;
    }
    let special = char;
    let escaped = false;
    if (char === "\\") {
      i++;
      const next = pattern[i];
      if (next === undefined) throw new RegexError("Trailing backslash");
      escaped = true;
      special = next;
    }
    // In a basic expression these have meaning when escaped, in an extended one when not.
    const active = "(){}+?|".includes(special) ? escaped !== extended : false;
    if (active) {
      switch (special) {
        case "(":
          depth++;
          groups++;
          out += "(";
          start = true;
          continue;
        case ")":
          if (depth === 0) {
            if (extended) {
              out += "\\)";
              start = false;
              continue;
            }
            throw new RegexError("Unmatched ) or \\)");
          }
          depth--;
          out += ")";
          start = false;
          continue;
        case "|":
          out += "|";
          start = true;
          continue;
        case "{": {
          const close = pattern.indexOf(extended ? "}" : "\\}", i);
          const body = close < 0 ? "" : pattern.slice(i + 1, close);
          if (/^\d*(,\d*)?$/.test(body) && body !== "" && body !== "," && !start) {
            const [low = "", high] = body.split(",");
            out += `{${low === "" ? "0" : low}${high === undefined ? "" : "," + high}}`;
            i = close + (extended ? 0 : 1);
            continue;
          }
          if (extended) {
            out += "\\{";
            start = false;
            continue;
          }
          throw new RegexError(close < 0 ? "Unmatched { or \\{" : "Invalid content of \\{\\}");
        }
        case "}":
          out += "\\}";
          start = false;
          continue;
        default:
          if (start) out += "\\" + special;
          else out = repeat(out, special);
          start = false;
          continue;
      }
    }
    if (!escaped && char === "*") {
      if (start) out += "\\*";
      else out = repeat(out, "*");
      start = false;
      continue;
    }
    if (!escaped && char === "^") {
      const anchor: boolean = extended || start || out.endsWith("(") || out.endsWith("|");
      out += anchor ? "^" : "\\^";
      start = anchor;
      continue;
    }
    if (!escaped && char === "$") {
      const rest = pattern.slice(i + 1);
      const anchor = extended || rest === "" || rest.startsWith("\\)") || rest.startsWith("\\|");
      out += anchor ? "$" : "\\$";
      start = false;
      continue;
    }
    if (!escaped && char === ".") {
      out += ".";
      start = false;
      continue;
    }
    start = false;
    if (escaped) {
      if (/[1-9]/.test(special)) {
        if (Number(special) > groups) throw new RegexError("Invalid back reference");
        out += `(?:\\${special})`;
        continue;
      }
      const known: Record<string, string> = {
        w: "[A-Za-z0-9_]",
        W: "[^A-Za-z0-9_]",
        s: "[ \\t\\n\\v\\f\\r]",
        S: "[^ \\t\\n\\v\\f\\r]",
        b: "\\b",
        B: "\\B",
        "<": "\\b(?=\\w)",
        ">": "\\b(?<=\\w)",
        "`": "^",
        "'": "$",
        n: "\\n",
        t: "\\t",
      };
      out += known[special] ?? literal(special);
      continue;
    }
    out += literal(special);
  }
  if (depth > 0) throw new RegexError("Unmatched ( or \\(");
  return out;
}

/** Adds a repetition; one after another counts as one. */
function repeat(out: string, operator: string): string {
  if (/[^\\](\\\\)*[*+?]$/.test(out)) {
    const last = out.at(-1) as string;
    return out.slice(0, -1) + (last === operator ? operator : "*");
  }
  return out + operator;
}

function literal(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? "\\" + char : char;
}

/** A bracket expression; in it a backslash is an ordinary character. */
function bracket(pattern: string, start: number): { source: string; end: number } | undefined {
  let i = start + 1;
  const negated = pattern[i] === "^";
  if (negated) i++;
  let source = "";
  for (let first = true; i < pattern.length; i++, first = false) {
    const char = pattern[i] as string;
    if (char === "]" && !first)
      return {
        source: source === "" ? (negated ? "[^]" : "(?!)") : `[${negated ? "^" : ""}${source}]`,
        end: i,
      };
    if (char === "[" && (pattern[i + 1] === ":" || pattern[i + 1] === "." || pattern[i + 1] === "=")) {
      const mark = pattern[i + 1] as string;
      const end = pattern.indexOf(mark + "]", i + 2);
      if (end < 0) return undefined;
      const name = pattern.slice(i + 2, end);
      if (mark === ":") {
        const set = CLASSES[name];
        if (set === undefined) throw new RegexError("Invalid character class name");
        source += set;
      } else source += inSet(name);
      i = end + 1;
      continue;
    }
    if (pattern[i + 1] === "-" && pattern[i + 2] !== undefined && pattern[i + 2] !== "]") {
      const high = pattern[i + 2] as string;
      if (char > high) throw new RegexError("Invalid range end");
      source += `${inSet(char)}-${inSet(high)}`;
      i += 2;
      continue;
    }
    source += inSet(char);
  }
  return undefined;
}

function inSet(char: string): string {
  return /[\\\]^[-]/.test(char) ? "\\" + char : char;
}

/** The characters that mean something, escaped: a fixed string as an expression. */
export function fixedSource(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
