/** A cell's outputs as HTML: the richest kind that paper can show, everything foreign sanitised. */

import { marksOf } from "./loss";
import type { BuildRecord } from "../build/types";
import {
  BUILD_MIME,
  type Html,
  type LayerTable,
  markup,
  oneLine,
  tableOf,
  type TableRow,
  truncate,
  words,
} from "../report";
import { escapeHtml } from "../report/html";
import type { Output } from "../notebook/format";
import { ansiToHtml } from "./ansi";
import { renderMath } from "./math";
import type { MarkdownRenderer } from "./markdown";
import { sanitizeHtml } from "./sanitize";

export interface RenderedOutput {
  readonly html: string;
  /** What could not be shown, in words. */
  readonly losses: readonly string[];
}

export interface OutputOptions {
  /** On paper a build shows its steps and reasons only. */
  readonly compact?: boolean;
}

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** *output* as HTML. */
export function renderOutput(
  output: Output,
  markdown: MarkdownRenderer,
  options: OutputOptions = {},
): RenderedOutput {
  switch (output.output_type) {
    case "stream": {
      const text = output.text.replace(/\n$/, "");
      return {
        html: `<pre class="stream ${output.name}">${ansiToHtml(options.compact ? narrowHistory(narrowLog(text)) : text)}</pre>`,
        losses: [],
      };
    }
    case "error": {
      const text =
        output.traceback.length > 0 ? output.traceback.join("\n") : `${output.ename}: ${output.evalue}`;
      return { html: `<pre class="stream error">${ansiToHtml(text)}</pre>`, losses: [] };
    }
    case "display_data":
    case "execute_result":
      return options.compact
        ? compactBuild(output.data, renderMedia(output.data, markdown))
        : renderMedia(output.data, markdown);
  }
}

/** A build log without the blanks that push the times to the edge of a terminal: in a column of paper they would stand on lines of their own. */
function narrowLog(text: string): string {
  return text.replace(/^( ?=> .*?| ?\[\+\] Building .*?) {2,}(\S+)$/gm, "$1  $2");
}

/** `docker history` without CREATED and COMMENT, for which a column of paper has no room: a row stays a row. */
function narrowHistory(text: string): string {
  let columns: readonly (readonly [from: number, to: number])[] | undefined;
  let isCut = false;
  const lines = text.split("\n").map((line) => {
    if (/^IMAGE +CREATED +CREATED BY +SIZE +COMMENT *$/.test(line)) {
      const [created, by, comment] = ["CREATED ", "CREATED BY", "COMMENT"].map((word) => line.indexOf(word));
      columns = [
        [0, created ?? 0],
        [by ?? 0, comment ?? line.length],
      ];
      isCut = true;
    } else if (!/^(?:<missing>|[0-9a-f]{12}) /.test(line)) columns = undefined;
    return columns === undefined
      ? line
      : columns
          .map(([from, to]) => line.slice(from, to))
          .join("")
          .trimEnd();
  });
  return isCut ? [...lines, "(CREATED와 COMMENT 열은 종이에서 뺐습니다.)"].join("\n") : text;
}

/** A build with the whole table for the screen and a short one for paper. */
function compactBuild(data: Record<string, unknown>, full: RenderedOutput): RenderedOutput {
  const record = data[BUILD_MIME] as BuildRecord | undefined;
  if (!record || !Array.isArray(record.rows) || !Array.isArray(record.steps)) return full;
  const table = tableOf(record);
  const rows = shortRows(table);
  const short = markup`<div class="for-print"><p><strong>${table.summary}</strong></p>${rows.length > 0 && markup`<table class="steps"><caption class="hidden">${table.title}</caption><tbody>${rows}</tbody></table>`}</div>`;
  return {
    html: full.html.replace('<div class="rich">', '<div class="rich for-screen">') + short.toString(),
    losses: full.losses,
  };
}

/**
 * A row per step that ran for a reason; neighbours that were reused, or new, share one. Of a build with nothing but such steps the
 * summary says it all.
 */
function shortRows(table: LayerTable): Html[] {
  const steps = table.rows.filter((row) => row.label !== undefined);
  const plain = ({ verdict: { kind } }: TableRow): string | undefined =>
    kind === "reused" || kind === "resolved" ? "reused" : kind === "first" ? "first" : undefined;
  const groups: TableRow[][] = [];
  for (const row of steps) {
    const last = groups.at(-1);
    if (last?.[0] && plain(row) !== undefined && plain(last[0]) === plain(row)) last.push(row);
    else groups.push([row]);
  }
  if (groups.length === 1 && steps[0] && plain(steps[0]) !== undefined) return [];
  return groups.map((group) => {
    const row = group.at(-1) as TableRow;
    const verdict = `${row.verdict.sign} ${row.verdict.word}`;
    if (group.length > 1)
      return markup`<tr><th scope="row">${group[0]?.label} ~ ${row.label}</th><td>${verdict}</td></tr>
`;
    const reason = [
      row.firstCause ? words(table.locale).firstCause + ":" : "",
      row.verdict.kind === "first" ? "" : withLabels(row.reason ?? "", table.rows),
      row.causedBy ? `(${words(table.locale).because(row.causedBy)})` : "",
    ];
    const text = reason.filter((part) => part !== "").join(" ");
    return markup`<tr><th scope="row">${row.label} <code>${truncate(oneLine(row.text), 44)}</code></th><td>${verdict}${text !== "" && markup` · ${inlineCode(text)}`}</td></tr>
`;
  });
}

/** The steps that *reason* names by their labels alone: `[3/4]` stands in the same table. */
function withLabels(reason: string, rows: LayerTable["rows"]): string {
  return rows.reduce(
    (text, { label, text: instruction }) =>
      label === undefined ? text : text.replaceAll(`${label} ${oneLine(instruction)}`, label),
    reason,
  );
}

/** Text in which `…` marks code. */
function inlineCode(text: string): Html {
  return markup`${text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : part))}`;
}

function renderMedia(data: Record<string, unknown>, markdown: MarkdownRenderer): RenderedOutput {
  const text = (type: string): string | undefined =>
    typeof data[type] === "string" ? data[type] : undefined;
  const plain = text("text/plain");
  const losses = marksOf(data);
  const html = text("text/html");
  if (html !== undefined && losses.length === 0) {
    const { html: clean, removed } = sanitizeHtml(html);
    const hasContent = clean.replace(/<[^>]*>/g, "").trim() !== "" || clean.includes("<img");
    // A page that is nothing but a script: its picture or its text says more.
    if (hasContent || (plain === undefined && !PICTURES.some((type) => text(type)))) {
      return {
        html: `<div class="rich">${scrollable(withoutEmptyHeads(clean))}</div>`,
        losses: removed.map((what) => `HTML: ${what}`),
      };
    }
    losses.push(...removed.map((what) => `HTML: ${what}`));
  }
  const svg = text("image/svg+xml");
  if (svg !== undefined)
    return { html: picture("image/svg+xml", Buffer.from(svg, "utf8").toString("base64"), plain), losses };
  for (const type of PICTURES) {
    const bytes = text(type);
    if (bytes !== undefined) return { html: picture(type, bytes.replace(/\s/g, ""), plain), losses };
  }
  const md = text("text/markdown");
  if (md !== undefined) {
    const rendered = markdown.render(md, { shift: 3 });
    return {
      html: `<div class="rich">${rendered.html}</div>`,
      losses: [...losses, ...rendered.removed.map((what) => `HTML: ${what}`)],
    };
  }
  const latex = text("text/latex");
  if (latex !== undefined) {
    const tex = latex
      .trim()
      .replace(/^\$+|\$+$/g, "")
      .replace(/^\\displaystyle/, "");
    return { html: `<div class="rich"><p>${renderMath(tex, true)}</p></div>`, losses };
  }
  const json = Object.entries(data).find(([type]) => /^application\/(.*\+)?json$/.test(type));
  if (plain !== undefined) return { html: `<pre class="stream result">${ansiToHtml(plain)}</pre>`, losses };
  if (json)
    return {
      html: `<pre class="stream result">${escapeHtml(JSON.stringify(json[1], null, 2))}</pre>`,
      losses,
    };
  const types = Object.keys(data);
  return { html: "", losses: types.length > 0 ? [...losses, `출력 형식 ${types.join(", ")}`] : losses };
}

function picture(type: string, base64: string, alt: string | undefined): string {
  // `<Figure size 640x480 with 1 Axes>` is no description, but all there is.
  return `<figure class="rich"><img src="data:${type};base64,${base64}" alt="${escapeHtml(alt ?? "그림")}"></figure>`;
}

/** A header cell without text (pandas' corner) names nothing. */
export function withoutEmptyHeads(html: string): string {
  return html.replace(/<th\b[^>]*>\s*<\/th>/g, "<td></td>");
}

/** Wide tables scroll by themselves on a screen, reachable by keyboard. */
function scrollable(html: string): string {
  return html
    .replace(/<table\b/g, '<div class="wide" tabindex="0" role="group" aria-label="표"><table')
    .replace(/<\/table>/g, "</table></div>");
}
