/** Sanitises HTML that needs no parser, in one pass: well-formed, nested as HTML wants it. What programs write is; anything else is left to the parser. */

import { escapeHtml } from "../report/html";
import {
  attributesOf,
  ELEMENTS,
  VOID,
  type Attribute,
  type Sanitized,
  type SanitizeOptions,
} from "./allow-list";
import { decodeReferences } from "./references";

/** A tag as it is written out, and what it opens or closes. */
interface Tag {
  readonly name: string;
  readonly kind: "start" | "end" | "void";
  readonly html: string;
}

/** Tags without anything that was refused or looked up: outputs repeat a few of them thousands of times. */
const known = new Map<string, Tag>();

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

/** They end an open paragraph. */
const BLOCKS = words(
  "blockquote caption col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary table tbody td tfoot th thead tr ul",
);
const HEADINGS = words("h1 h2 h3 h4 h5 h6");
/** Elements that stand in these parents only; elsewhere a parser would move them, or add what is missing. */
const PARENTS: Readonly<Record<string, ReadonlySet<string>>> = {
  caption: words("table"),
  colgroup: words("table"),
  thead: words("table"),
  tbody: words("table"),
  tfoot: words("table"),
  col: words("colgroup"),
  tr: words("thead tbody tfoot"),
  td: words("tr"),
  th: words("tr"),
  li: words("ul ol"),
  dt: words("dl"),
  dd: words("dl"),
  rp: words("ruby"),
  rt: words("ruby"),
};
/** Parents that have no text and no other children than those above. */
const STRUCTURE = words("table colgroup thead tbody tfoot tr");

/** What `sanitizeParsed` answers, or undefined when *html* is not plain enough to know it without parsing. */
export function sanitizeWellFormed(html: string, options: SanitizeOptions): Sanitized | undefined {
  const removed = new Set<string>();
  const open: string[] = [];
  let out = "";
  for (let at = 0; at < html.length;) {
    const start = html.indexOf("<", at);
    const parent = open.at(-1);
    if (start !== at) {
      const text = plainText(html.slice(at, start === -1 ? undefined : start));
      if (text === undefined || (parent !== undefined && STRUCTURE.has(parent) && /\S/.test(text)))
        return undefined;
      out += text;
      if (start === -1) break;
    }
    const end = html.indexOf(">", start) + 1;
    if (end === 0) return undefined;
    const tag = tagOf(html.slice(start, end), removed, options);
    if (tag === undefined) return undefined;
    if (tag.kind === "end") {
      if (open.pop() !== tag.name) return undefined;
    } else {
      if (!mayStand(tag.name, open)) return undefined;
      if (tag.kind === "start") open.push(tag.name);
      // A parser drops the first line break of a listing.
      if (tag.name === "pre" && html[end] === "\n") return undefined;
    }
    out += tag.html;
    at = end;
  }
  return open.length === 0 ? { html: out, removed: [...removed].sort() } : undefined;
}

/** Would a parser leave an element *name* where it is written? */
function mayStand(name: string, open: readonly string[]): boolean {
  const parent = open.at(-1);
  const parents = PARENTS[name];
  if (parents ? parent === undefined || !parents.has(parent) : parent !== undefined && STRUCTURE.has(parent))
    return false;
  if (name === "a") return !open.includes("a");
  if (!BLOCKS.has(name)) return true;
  if (HEADINGS.has(name) && parent !== undefined && HEADINGS.has(parent)) return false;
  for (let i = open.length - 1; i >= 0; i--) {
    const ancestor = open[i];
    if (ancestor === "p") return false;
    if (ancestor === "td" || ancestor === "th" || ancestor === "caption") break;
  }
  return true;
}

/** Text as it is written out; undefined for character references and control characters that are left to the parser. */
function plainText(text: string): string | undefined {
  if (!/[&>"'\x00-\x08\x0b-\x1f\x7f]/.test(text)) return text;
  const decoded = decode(text);
  return decoded === undefined ? undefined : escapeHtml(decoded);
}

function decode(text: string): string | undefined {
  return /[\x00-\x08\x0b-\x1f\x7f]/.test(text) ? undefined : decodeReferences(text);
}

function tagOf(text: string, removed: Set<string>, options: SanitizeOptions): Tag | undefined {
  const before = known.get(text);
  if (before) return before;
  const ended = /^<\/([a-z][a-z0-9]*)>$/.exec(text)?.[1];
  if (ended !== undefined) {
    if (!ELEMENTS.has(ended) || VOID.has(ended)) return undefined;
    return keep(text, { name: ended, kind: "end", html: text });
  }
  const [, name = "", written = ""] =
    /^<([a-z][a-z0-9]*)((?: [a-z][a-z0-9-]*(?:="[^"]*")?)*)(?: ?\/)?>$/.exec(text) ?? [];
  if (!ELEMENTS.has(name) || (text.endsWith("/>") && !VOID.has(name))) return undefined;
  const attributes = attributesIn(written);
  const refused = new Set<string>();
  const html = attributes && attributesOf(name, attributes, refused, options);
  for (const what of refused) removed.add(what);
  // An element that goes with its refused attribute takes its contents along.
  if (html === undefined) return undefined;
  const tag: Tag = { name, kind: VOID.has(name) ? "void" : "start", html: `<${name}${html}>` };
  return refused.size > 0 || name === "img" ? tag : keep(text, tag);
}

function attributesIn(written: string): Attribute[] | undefined {
  const attributes: Attribute[] = [];
  for (const [, name = "", value = ""] of written.matchAll(/ ([a-z][a-z0-9-]*)(?:="([^"]*)")?/g)) {
    const decoded = decode(value);
    if (decoded === undefined || attributes.some((one) => one.name === name)) return undefined;
    attributes.push({ name, value: decoded });
  }
  return attributes;
}

function keep(text: string, tag: Tag): Tag {
  if (known.size > 5000) known.clear();
  known.set(text, tag);
  return tag;
}
