/** Which characters stand in the HTML of a handout: in the body font, in the code font. */

import { parseFragment, type DefaultTreeAdapterMap } from "parse5";

import { decodeReferences } from "./references";

/** Elements in the code font. */
const CODE = new Set(["pre", "code", "kbd", "samp", "figcaption"]);
const VOID = new Set(["br", "col", "hr", "img", "input", "link", "meta", "wbr"]);

/** The characters of each font, most of them once; what is made of several code points stands together. */
export interface Characters {
  readonly text: string;
  readonly code: string;
}

/**
 * The characters of the text in *html*, which must be well-formed: each tag written in full, `<` and `>` nowhere else. (All that
 * handouts consist of was written or sanitised here.)
 */
export function charactersOf(html: string): Characters {
  const [text, code] = [new Seen(), new Seen()];
  // Depth below the outermost element that is set in the code font.
  let depth = 0;
  for (let at = 0; at < html.length;) {
    const start = html.indexOf("<", at);
    if (start !== at) (depth > 0 ? code : text).add(html.slice(at, start === -1 ? undefined : start));
    if (start === -1) break;
    const isComment = html.startsWith("<!--", start);
    const end = isComment ? html.indexOf("-->", start) + 3 : html.indexOf(">", start) + 1;
    if (end < start + 2) break;
    at = end;
    if (isComment) continue;
    if (html[start + 1] === "/") {
      if (depth > 0) depth--;
      continue;
    }
    if (depth === 0 && !isCode(html.slice(start, end))) continue;
    const name = /^[a-zA-Z0-9-]+/.exec(html.slice(start + 1, start + 20))?.[0] ?? "";
    if (!VOID.has(name) && html[end - 2] !== "/") depth++;
  }
  return { text: text.toString(), code: code.toString() };
}

/** Tags, once looked at. */
const codeTags = new Map<string, boolean>();

function isCode(tag: string): boolean {
  let answer = codeTags.get(tag);
  if (answer === undefined) {
    const name = /^<([a-zA-Z0-9]+)/.exec(tag)?.[1] ?? "";
    answer = CODE.has(name) || /\sclass="[^"]*\b(?:sign|prompt)\b/.test(tag);
    if (codeTags.size > 5000) codeTags.clear();
    codeTags.set(tag, answer);
  }
  return answer;
}

/** Does a UTF-16 unit stand for itself wherever it is? By unit: 0 not yet asked, 1 yes, 2 no (halves of pairs, combining marks). */
const alone = new Uint8Array(0x10000);

class Seen {
  private readonly units = new Uint8Array(0x10000);
  private readonly found: string[] = [];

  add(run: string): void {
    const text = run.includes("&") ? decoded(run) : run;
    let together = false;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (this.units[unit] === 1) continue;
      if (alone[unit] === 0) alone[unit] = standsAlone(unit) ? 1 : 2;
      if (alone[unit] === 1) {
        this.units[unit] = 1;
        this.found.push(String.fromCharCode(unit));
      } else together = true;
    }
    if (together) this.found.push(text);
  }

  toString(): string {
    return this.found.join("");
  }
}

function standsAlone(unit: number): boolean {
  const character = String.fromCharCode(unit);
  return (
    !/[\p{M}\p{Cs}\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]/u.test(character) &&
    character.normalize("NFC") === character
  );
}

function decoded(text: string): string {
  const plain = decodeReferences(text);
  if (plain !== undefined) return plain;
  const [node] = parseFragment(text).childNodes;
  return (node as DefaultTreeAdapterMap["textNode"] | undefined)?.value ?? "";
}
