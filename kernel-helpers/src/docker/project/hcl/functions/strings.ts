/** Functions of texts. */

import type { HclValue } from "../types";
import { type Apply, characters, list, text, whole } from "./arguments";
import { formatted } from "./format";

/** As Go's path.Base. */
function base(path: string): string {
  const own = path.replace(/\/+$/, "");
  return own === "" ? (path === "" ? "." : "/") : own.slice(own.lastIndexOf("/") + 1);
}

/** As Go's path.Dir: without what stands behind the last slash, shortened. */
function directory(path: string): string {
  const parts: string[] = [];
  const head = path.slice(0, path.lastIndexOf("/") + 1);
  for (const part of head.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== ".." || !head.startsWith("/")) parts.push(part);
  }
  const joined = parts.join("/");
  return head.startsWith("/") ? `/${joined}` : joined === "" ? "." : joined;
}

/** A pattern of Go's regexp as one of this language: `(?P<name>`, and flags at its head. */
function pattern(source: string, more = ""): RegExp {
  let flags = more;
  const body = source
    .replace(/^\(\?([ims]+)\)/, (_, own: string) => {
      flags += own;
      return "";
    })
    .replace(/\(\?P</g, "(?<")
    .replace(/\\A/g, "^")
    .replace(/\\z/g, "$");
  try {
    return new RegExp(body, `u${flags}`);
  } catch (error) {
    throw new RangeError(error instanceof Error ? error.message : String(error));
  }
}

/** What a pattern found: a text without groups, a list of groups, or an object of named ones. */
function captures(found: RegExpExecArray | RegExpMatchArray): HclValue {
  if (found.groups) return Object.fromEntries(Object.entries(found.groups).map(([k, v]) => [k, v ?? null]));
  return found.length === 1
    ? found[0]
    : [...found].slice(1).map((one) => (one as string | undefined) ?? null);
}

function part(value: string, from: number, length: number): string {
  const all = characters(value);
  const start = from < 0 ? Math.max(0, all.length + from) : from;
  return all.slice(start, length < 0 ? undefined : start + length).join("");
}

function trimmed(value: string, set: string): string {
  const own = new Set(characters(set));
  const all = characters(value);
  let [from, to] = [0, all.length];
  while (from < to && own.has(all[from]!)) from++;
  while (to > from && own.has(all[to - 1]!)) to--;
  return all.slice(from, to).join("");
}

/** *template* once for each item of the lists; what is no list stands in every one. */
function formatList(template: string, values: readonly HclValue[]): HclValue[] {
  const lengths = new Set(values.flatMap((one) => (Array.isArray(one) ? [one.length] : [])));
  if (lengths.size > 1) throw new RangeError("the lists have different lengths");
  const [length = 1] = lengths;
  return Array.from({ length }, (_, i) =>
    formatted(
      template,
      values.map((one) => (Array.isArray(one) ? (one as readonly HclValue[])[i]! : one)),
    ),
  );
}

export const STRINGS: Readonly<Record<string, Apply>> = {
  basename: (path) => base(text(path)),
  chomp: (value) => text(value).replace(/(?:\r?\n)*$/, ""),
  dirname: (path) => directory(text(path)),
  format: (template, ...values) => formatted(text(template), values),
  formatlist: (template, ...values) => formatList(text(template), values),
  indent: (spaces, value) => text(value).replaceAll("\n", `\n${" ".repeat(Math.min(1000, whole(spaces)))}`),
  join: (separator, ...lists) => {
    if (lists.length === 0) throw new RangeError("at least one list is needed");
    return lists.flatMap(list).map(text).join(text(separator));
  },
  lower: (value) => text(value).toLowerCase(),
  regex: (source, value) => {
    const found = pattern(text(source)).exec(text(value));
    if (!found) throw new RangeError("the pattern did not match any part of the text");
    return captures(found);
  },
  regexall: (source, value) => [...text(value).matchAll(pattern(text(source), "g"))].map(captures),
  regex_replace: (value, source, to) =>
    text(value).replace(
      pattern(text(source), "g"),
      // Go writes ${1} and ${name} where this language writes $1 and $<name>.
      text(to).replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
        const name = braced ?? bare!;
        return /^\d+$/.test(name) ? `$${name}` : `$<${name}>`;
      }),
    ),
  replace: (value, from, to) => text(value).split(text(from)).join(text(to)),
  reverse: (value) => characters(text(value)).reverse().join(""),
  sanitize: (value) => [...text(value)].map((one) => (/[A-Za-z0-9_-]/.test(one) ? one : "_")).join(""),
  split: (separator, value) => text(value).split(text(separator)),
  strlen: (value) => characters(text(value)).length,
  substr: (value, from, length) => part(text(value), whole(from), whole(length)),
  title: (value) =>
    text(value).replace(
      /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
      (_, before: string, one: string) => before + one.toUpperCase(),
    ),
  trim: (value, set) => trimmed(text(value), text(set)),
  trimprefix: (value, prefix) => {
    const [all, head] = [text(value), text(prefix)];
    return all.startsWith(head) ? all.slice(head.length) : all;
  },
  trimspace: (value) => text(value).trim(),
  trimsuffix: (value, suffix) => {
    const [all, tail] = [text(value), text(suffix)];
    return tail !== "" && all.endsWith(tail) ? all.slice(0, -tail.length) : all;
  },
  upper: (value) => text(value).toUpperCase(),
};
