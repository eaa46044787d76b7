/** What foreign HTML may have: elements, attributes, style properties, and how their values are made harmless. */

import { escapeHtml } from "../report/html";

export interface SanitizeOptions {
  /** Turns `attachment:name` and relative addresses into something that works, or undefined to drop the picture. */
  readonly resolveImage?: (source: string) => string | undefined;
}

/** Harmless HTML, and what was taken out, for a report: `script`, `onclick`, `javascript:` … */
export interface Sanitized {
  readonly html: string;
  readonly removed: readonly string[];
}

/** An attribute with its decoded value. */
export interface Attribute {
  readonly name: string;
  readonly value: string;
}

export const ELEMENTS = new Set(
  "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr".split(
    " ",
  ),
);
/** Their content goes with them. */
export const DROPPED = new Set(
  "script style iframe object embed applet frame frameset noscript template link meta base form textarea select button input svg math video audio canvas map dialog title head".split(
    " ",
  ),
);
/** They have no end tag. */
export const VOID = new Set(["br", "col", "hr", "img", "wbr"]);
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

/** The allowed attributes, or undefined when the element is nothing without the one that was refused. */
export function attributesOf(
  name: string,
  attributes: readonly Attribute[],
  removed: Set<string>,
  options: SanitizeOptions,
): string | undefined {
  let out = "";
  let alt = false;
  for (const { name: key, value } of attributes) {
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

/** Styles of a run, once made harmless: outputs repeat a few of them thousands of times. */
const styles = new Map<string, string>();

/** Known properties whose values load nothing. */
function safeStyle(value: string): string {
  const known = styles.get(value);
  if (known !== undefined) return known;
  const safe = withoutUnsafe(value);
  if (styles.size > 5000) styles.clear();
  styles.set(value, safe);
  return safe;
}

function withoutUnsafe(value: string): string {
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
