/** Makes foreign HTML harmless: an allow-list of elements, attributes and style properties; everything else becomes text or nothing. */

import { parseFragment, type DefaultTreeAdapterMap } from "parse5";

import { escapeHtml } from "../report/html";

type Node = DefaultTreeAdapterMap["childNode"];
type Element = DefaultTreeAdapterMap["element"];

const ELEMENTS = new Set(
  "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr".split(
    " ",
  ),
);
/** Their content goes with them. */
const DROPPED = new Set(
  "script style iframe object embed applet frame frameset noscript template link meta base form textarea select button input svg math video audio canvas map dialog title head".split(
    " ",
  ),
);
const VOID = new Set(["br", "col", "hr", "img", "wbr"]);
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  "*": ["lang", "dir", "title", "style", "align", "valign"],
  a: ["href"],
  img: ["src", "alt", "width", "height"],
  td: ["colspan", "rowspan", "headers"],
  th: ["colspan", "rowspan", "scope", "abbr", "headers"],
  col: ["span"],
  colgroup: ["span"],
  ol: ["start", "reversed", "type"],
  li: ["value"],
  details: ["open"],
  time: ["datetime"],
  table: ["border"],
};
const STYLES = new Set(
  "background-color border border-bottom border-collapse border-color border-left border-radius border-right border-spacing border-style border-top border-width caption-side color display font-family font-size font-style font-variant font-weight height letter-spacing line-height margin margin-bottom margin-left margin-right margin-top max-height max-width min-width opacity overflow-wrap overflow-x padding padding-bottom padding-left padding-right padding-top text-align text-decoration text-indent vertical-align white-space width word-break".split(
    " ",
  ),
);

/** What was taken out, for a report: `script`, `onclick`, `javascript:` … */
export interface Sanitized {
  readonly html: string;
  readonly removed: readonly string[];
}

export interface SanitizeOptions {
  /** Turns `attachment:name` and relative addresses into something that works, or undefined to drop the picture. */
  readonly resolveImage?: (source: string) => string | undefined;
}

/** *html* reduced to what cannot run, load or cover anything. */
export function sanitizeHtml(html: string, options: SanitizeOptions = {}): Sanitized {
  const removed = new Set<string>();
  const out = parseFragment(html)
    .childNodes.map((node) => print(node, removed, options))
    .join("");
  return { html: out, removed: [...removed].sort() };
}

function print(node: Node, removed: Set<string>, options: SanitizeOptions): string {
  if (node.nodeName === "#text") return escapeHtml((node as DefaultTreeAdapterMap["textNode"]).value);
  if (!("tagName" in node)) return "";
  const name = node.tagName.toLowerCase();
  if (DROPPED.has(name)) {
    removed.add(name);
    return "";
  }
  const inner = (): string => node.childNodes.map((child) => print(child, removed, options)).join("");
  if (!ELEMENTS.has(name)) {
    if (name !== "html" && name !== "body" && name !== "center" && name !== "font" && name !== "tt")
      removed.add(name);
    return inner();
  }
  const attributes = attributesOf(node, name, removed, options);
  if (attributes === undefined) return "";
  return VOID.has(name) ? `<${name}${attributes}>` : `<${name}${attributes}>${inner()}</${name}>`;
}

/** The allowed attributes, or undefined when the element is nothing without the one that was refused. */
function attributesOf(
  node: Element,
  name: string,
  removed: Set<string>,
  options: SanitizeOptions,
): string | undefined {
  let out = "";
  let alt = false;
  for (const { name: key, value } of node.attrs) {
    if (!ATTRIBUTES["*"]?.includes(key) && !ATTRIBUTES[name]?.includes(key)) {
      if (key.startsWith("on")) removed.add(key);
      continue;
    }
    let kept: string | undefined = value;
    if (key === "href") kept = safeLink(value);
    else if (key === "src") kept = safeImage(value) ? value : options.resolveImage?.(value);
    else if (key === "style") kept = safeStyle(value);
    if (kept === undefined) {
      removed.add(key === "style" ? "style" : `${name} ${key}`);
      if (key === "src") return undefined;
      continue;
    }
    alt ||= key === "alt";
    if (kept !== "" || key !== "style") out += ` ${key}="${escapeHtml(kept)}"`;
  }
  return name === "img" && !alt ? out + ' alt=""' : out;
}

/** Web, mail and in-page addresses only. */
function safeLink(value: string): string | undefined {
  const plain = value.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\ufeff]/g, "");
  return /^(https?:|mailto:|#)/i.test(plain) || !/^[a-z][a-z0-9+.-]*:/i.test(plain)
    ? value.trim()
    : undefined;
}

function safeImage(value: string): boolean {
  return /^data:image\/(png|jpeg|gif|webp|avif|svg\+xml)[;,]/i.test(value.trim());
}

/** Known properties whose values load nothing. */
function safeStyle(value: string): string {
  return value
    .split(";")
    .flatMap((declaration) => {
      const at = declaration.indexOf(":");
      if (at === -1) return [];
      const property = declaration.slice(0, at).trim().toLowerCase();
      const text = declaration.slice(at + 1).trim();
      const safe =
        STYLES.has(property) &&
        /^[\w\s#%.,()'"+/-]*$/.test(text) &&
        !/url|expression|import|attr|image|var\s*\(/i.test(text);
      return safe ? [`${property}:${text}`] : [];
    })
    .join(";");
}
