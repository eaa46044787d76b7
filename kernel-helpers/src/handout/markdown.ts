/** Markdown cells → HTML: markdown-it with Korean emphasis, headings with anchors, notes, task lists, formulas. */

import GithubSlugger from "github-slugger";
import MarkdownIt from "markdown-it";
import cjkFriendly from "markdown-it-cjk-friendly";
import footnote from "markdown-it-footnote";

import { escapeHtml } from "../report/html";
import { highlight } from "./highlight";
import { mathPlugin } from "./math";
import { sanitizeHtml } from "./sanitize";
import { bindParticles, breakAtOperators } from "./typography";

export interface Heading {
  readonly level: number;
  readonly text: string;
  readonly slug: string;
}

export interface RenderedMarkdown {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** Text of inline code and code blocks: it is set in the code font. */
  readonly code: string;
  /** Unsafe or unknown HTML that was taken out. */
  readonly removed: readonly string[];
}

export interface MarkdownOptions {
  /** Pictures by name (`attachment:x.png`) or path, as data addresses; undefined: there is none. */
  readonly resolveImage?: (source: string) => string | undefined;
  /** Added to heading levels: a notebook's `#` inside a chapter is 2. Default: 0. */
  readonly shift?: number;
}

/** A renderer whose anchors are unique over all that it renders: one per document. */
export class MarkdownRenderer {
  private readonly slugger = new GithubSlugger();
  private readonly parser: MarkdownIt.MarkdownIt;
  private headings: Heading[] = [];
  private code = "";
  private cell = 0;
  private lastLevel = 0;

  constructor(private readonly prefix = "") {
    // Raw HTML is let through here and sanitised as a whole afterwards: a cell's tags may span several Markdown tokens.
    this.parser = new MarkdownIt({
      html: true,
      linkify: true,
      typographer: false,
      highlight: (code, language) => this.highlighted(code, language),
    })
      .use(cjkFriendly)
      .use(footnote)
      .use(mathPlugin);
    this.parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
    const inline = this.parser.renderer.rules.code_inline;
    this.parser.renderer.rules.code_inline = (tokens, index, options, env, self) => {
      this.code += (tokens[index]?.content ?? "") + "\n";
      return inline ? breakAtOperators(inline(tokens, index, options, env, self)) : "";
    };
  }

  /** Tells that a heading of *level* stands here that was not written in Markdown. */
  headingAbove(level: number): void {
    this.lastLevel = level;
  }

  render(source: string, options: MarkdownOptions = {}): RenderedMarkdown {
    this.headings = [];
    this.code = "";
    this.cell++;
    const shift = options.shift ?? 0;
    const tokens = this.parser.parse(source, { docId: `${this.prefix}${this.cell}` });
    tokens.forEach((token, i) => {
      if (token.type !== "heading_open" && token.type !== "heading_close") return;
      if (token.type === "heading_close") {
        token.tag = `h${this.lastLevel}`;
        return;
      }
      // A level is never skipped: readers of the outline would miss one.
      const level = Math.min(6, Number(token.tag.slice(1)) + shift, this.lastLevel + 1);
      this.lastLevel = level;
      token.tag = `h${level}`;
      const inside = tokens[i + 1]?.children ?? [];
      const text = inside
        .map((child) => (child.type === "text" || child.type === "code_inline" ? child.content : ""))
        .join("");
      const slug = this.prefix + this.slugger.slug(text);
      token.attrSet("id", slug);
      this.headings.push({ level, text, slug });
    });
    const raw = this.parser.renderer.render(tokens, this.parser.options, {
      docId: `${this.prefix}${this.cell}`,
    });
    const { html, removed } = sanitizeRendered(raw, options.resolveImage);
    return {
      // A header cell without text names nothing.
      html: withTasks(bindParticles(html)).replace(/<th([^>]*)><\/th>/g, "<td$1></td>"),
      headings: this.headings,
      code: this.code,
      removed,
    };
  }

  private highlighted(code: string, language: string): string {
    this.code += code;
    return breakAtOperators(highlight(code, language));
  }
}

/** Kept whole: what the renderer itself made and the allow-list does not know (ids of headings and notes, classes, formulas). */
const OURS =
  /<math[\s\S]*?<\/math>|<h([1-6]) id="[^"<>]*">|<code class="language-[\w+.#-]*">|<span class="c-[a-z]+">|<(?:section|ol|li|hr|sup|a)(?: (?:class="footnote[\w -]*"|id="fn(?:ref)?[^"<>]*"|href="#fn(?:ref)?[^"<>]*"))+>/g;

function sanitizeRendered(
  html: string,
  resolveImage: MarkdownOptions["resolveImage"],
): { html: string; removed: readonly string[] } {
  const kept: string[] = [];
  // A character of the private use area stands for each: it cannot come from the source, where it is replaced first.
  const marked = html.replace(/[\ue000\ue001]/g, "\ufffd").replace(OURS, (match) => {
    kept.push(match);
    const tag = /^<(\w+)/.exec(match)?.[1] ?? "span";
    return tag === "math"
      ? `\ue000${kept.length - 1}\ue001`
      : `<${tag} title="\ue000${kept.length - 1}\ue001">`;
  });
  const { html: clean, removed } = sanitizeHtml(marked, { resolveImage });
  const restored = clean
    .replace(/<\w+ title="\ue000(\d+)\ue001">/g, (_, index: string) => kept[Number(index)] ?? "")
    .replace(/\ue000(\d+)\ue001/g, (_, index: string) => kept[Number(index)] ?? "");
  return { html: restored, removed };
}

/** `- [ ] to do` and `- [x] done`. */
function withTasks(html: string): string {
  return html.replace(
    /(<li>(?:\s*<p>)?)\[([ xX])\](?=\s)/g,
    (_, head: string, mark: string) => head + (mark === " " ? "☐" : "☑"),
  );
}

/** Text as a paragraph of HTML, for what is no Markdown. */
export function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}
