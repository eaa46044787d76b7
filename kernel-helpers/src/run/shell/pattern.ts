/** Shell patterns: `*`, `?`, `[…]` with `\` as the quote, over bytes. */

import { BoundedRegExp } from "../machine/bounded-regex";

const cache = new Map<string, RegExp>();

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z", alpha: "A-Za-z", blank: " \\t", cntrl: "\\x00-\\x1f\\x7f", digit: "0-9", graph: "!-~", lower: "a-z",
  print: " -~", punct: "!-\\/:-@\\[-`{-~", space: " \\t\\n\\v\\f\\r", upper: "A-Z", xdigit: "0-9A-Fa-f",
}; // prettier-ignore

function escape(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? "\\" + char : char;
}

/** The source of a regular expression (without anchors) for *pattern*. *star* is what `*` becomes. */
export function patternSource(pattern: string, star = "[^]*", extended = false): string {
  let out = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (extended && "?*+@!".includes(char) && pattern[i + 1] === "(") {
      const end = closing(pattern, i + 2);
      if (end > 0) {
        const alternatives = split(pattern.slice(i + 2, end)).map((text) => patternSource(text, star, true));
        const group = `(?:${alternatives.join("|")})`;
        out += char === "!" ? `(?:(?!${group}$)[^]*)` : group + (char === "@" ? "" : char);
        i = end;
        continue;
      }
    }
    if (char === "*") {
      while (pattern[i + 1] === "*") i++;
      out += star;
    } else if (char === "?") out += star === "[^]*" ? "[^]" : "[^/]";
    else if (char === "\\") {
      i++;
      out += escape(pattern[i] ?? "\\");
    } else if (char === "[") {
      const set = bracket(pattern, i);
      if (set === undefined) out += "\\[";
      else {
        out += set.source;
        i = set.end;
      }
    } else out += escape(char);
  }
  return out;
}

function closing(pattern: string, from: number): number {
  let depth = 1;
  for (let i = from; i < pattern.length; i++) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "(") depth++;
    else if (pattern[i] === ")" && --depth === 0) return i;
  }
  return -1;
}

function split(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === "(") depth++;
    else if (text[i] === ")") depth--;
    else if (text[i] === "|" && depth === 0) {
      out.push(text.slice(start, i));
      start = i + 1;
    }
  }
  out.push(text.slice(start));
  return out;
}

function bracket(pattern: string, start: number): { source: string; end: number } | undefined {
  let i = start + 1;
  let negated = false;
  if (pattern[i] === "!" || pattern[i] === "^") {
    negated = true;
    i++;
  }
  let source = "";
  let first = true;
  for (; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === "]" && !first) {
      if (source === "") return { source: negated ? "[^]" : "(?!)", end: i };
      return { source: `[${negated ? "^" : ""}${source}]`, end: i };
    }
    first = false;
    if (char === "[" && pattern[i + 1] === ":") {
      const end = pattern.indexOf(":]", i + 2);
      const name = end < 0 ? undefined : CLASSES[pattern.slice(i + 2, end)];
      if (name !== undefined) {
        source += name;
        i = end + 1;
        continue;
      }
    }
    let literal = char;
    if (char === "\\") {
      i++;
      literal = pattern[i] ?? "\\";
    }
    if (pattern[i + 1] === "-" && pattern[i + 2] !== undefined && pattern[i + 2] !== "]") {
      let high = pattern[i + 2] as string;
      i += 2;
      if (high === "\\") {
        i++;
        high = pattern[i] ?? "\\";
      }
      if (literal <= high) source += `${inSet(literal)}-${inSet(high)}`;
      continue;
    }
    source += inSet(literal);
  }
  return undefined;
}

function inSet(char: string): string {
  return /[\\\]^[-]/.test(char) ? "\\" + char : char;
}

/** A regular expression that matches what *pattern* matches, from end to end. */
export function patternRegExp(pattern: string, extended = false, flags = ""): RegExp {
  const key = (extended ? "x" : "-") + flags + pattern;
  let found = cache.get(key);
  if (found === undefined) {
    found = new BoundedRegExp(`^(?:${patternSource(pattern, "[^]*", extended)})$`, flags);
    if (cache.size > 500) cache.clear();
    cache.set(key, found);
  }
  return found;
}

/** Whether *text* as a whole matches *pattern*. */
export function matches(pattern: string, text: string, extended = false): boolean {
  return patternRegExp(pattern, extended).test(text);
}

/** Puts a `\` before everything that is special in a pattern. */
export function quotePattern(text: string): string {
  return text.replace(/[\\*?[\]!^()|@+-]/g, "\\$&");
}

/** Takes the quoting off a pattern. */
export function unquotePattern(pattern: string): string {
  return pattern.replace(/\\([^])/g, "$1");
}

/** Removes the shortest or longest match at the start or the end of *text*. */
export function trimPattern(
  text: string,
  pattern: string,
  end: "start" | "end",
  longest: boolean,
  extended = false,
): string {
  const test = patternRegExp(pattern, extended);
  const n = text.length;
  for (let i = 0; i <= n; i++) {
    const length = longest ? n - i : i;
    if (end === "start") {
      if (test.test(text.slice(0, length))) return text.slice(length);
    } else if (test.test(text.slice(n - length))) return text.slice(0, n - length);
  }
  return text;
}
