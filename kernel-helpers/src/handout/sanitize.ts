/** Makes foreign HTML harmless: an allow-list of elements, attributes and style properties; everything else becomes text or nothing. */

import { parseFragment, type DefaultTreeAdapterMap } from "parse5";

import { escapeHtml } from "../report/html";
import { attributesOf, DROPPED, ELEMENTS, VOID, type Sanitized, type SanitizeOptions } from "./allow-list";
import { sanitizeWellFormed } from "./well-formed";

type Node = DefaultTreeAdapterMap["childNode"];

/** *html* reduced to what cannot run, load or cover anything. */
export function sanitizeHtml(html: string, options: SanitizeOptions = {}): Sanitized {
  return sanitizeWellFormed(html, options) ?? sanitizeParsed(html, options);
}

/** The same for any HTML, as a browser understands it. */
export function sanitizeParsed(html: string, options: SanitizeOptions = {}): Sanitized {
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
  const attributes = attributesOf(name, node.attrs, removed, options);
  if (attributes === undefined) return "";
  return VOID.has(name) ? `<${name}${attributes}>` : `<${name}${attributes}>${inner()}</${name}>`;
}
