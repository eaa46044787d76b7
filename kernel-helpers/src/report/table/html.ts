/** The layer table as self-contained HTML: inline styles only, words and signs for every verdict, readable on light, dark and paper. */

import { markup, type Html } from "../html";
import { words, type VerdictKind } from "../locale";
import {
  historyWord,
  layerWord,
  type LayerTable,
  type TableRow,
  type TableWarning,
  type Verdict,
} from "./model";

/** Text and background as concrete pairs: their contrast (7:1 and more) holds whatever the theme is. */
const COLORS: Readonly<Record<VerdictKind, readonly [string, string]>> = {
  reused: ["#0a4527", "#dff3e6"],
  resolved: ["#0a4527", "#dff3e6"],
  first: ["#12396b", "#e1ecfa"],
  ran: ["#12396b", "#e1ecfa"],
  cause: ["#6e2100", "#fde6d8"],
  "knock-on": ["#523c00", "#fdf3d0"],
  "not-looked-up": ["#432666", "#efe6f8"],
  failed: ["#730015", "#fbe0e4"],
  canceled: ["#3d3d3d", "#ececec"],
  "not-run": ["#3d3d3d", "#ececec"],
  "not-a-step": ["", ""],
};

const BASE = "text-align:left;vertical-align:top;padding:3px 10px 3px 0;border-bottom:1px solid #8a8a8a";
export const CELL = `${BASE};white-space:normal`;
export const NARROW = `${BASE};white-space:nowrap`;
export const HEAD = `${NARROW};font-weight:600`;
export const CODE =
  "font-family:D2Coding,monospace;white-space:pre-wrap;overflow-wrap:anywhere;background-color:transparent;color:inherit;padding:0";

/** The table in a wrapper with `lang`. */
export function renderHtml(table: LayerTable): Html {
  const text = words(table.locale);
  const heads = [text.step, text.instruction, text.outcome, text.size, text.layer, text.history, text.reason];
  return markup`<div lang="${table.locale}" style="overflow-x:auto" tabindex="0" role="group" aria-label="${table.title}">
<p style="margin:0 0 6px 0"><strong>${table.summary}</strong></p>
<table style="border-collapse:collapse;text-align:left;font-size:0.95em;border:0">
<caption style="text-align:left;caption-side:top;padding:0 0 4px 0">${table.title}</caption>
<thead><tr>${heads.map((head) => markup`<th scope="col" style="${HEAD}">${head}</th>`)}</tr></thead>
<tbody>
${table.rows.map((row) => rowHtml(row, table))}</tbody>
</table>
${footer(table)}</div>
`;
}

function rowHtml(row: TableRow, table: LayerTable): Html {
  const text = words(table.locale);
  const cell = (content: Html | string, style = CELL): Html => markup`<td style="${style}">${content}</td>`;
  return markup`<tr>${[
    cell(row.label ?? text.notAStep, NARROW),
    markup`<th scope="row" style="${CELL};font-weight:400;min-width:11em"><code style="${CODE}">${row.text}</code></th>`,
    cell(chip(row.verdict, row.firstCause)),
    cell(row.size ?? "", NARROW),
    cell(layerWord(row, table), NARROW),
    cell(historyWord(row, table), NARROW),
    cell(reasonHtml(row, table)),
  ]}</tr>
${row.warnings.map(
  (
    warning,
  ) => markup`<tr><td style="${CELL}"></td><td colspan="6" style="${CELL}">${warningHtml(warning, table)}</td></tr>
`,
)}`;
}

export function chip(verdict: Verdict, outlined: boolean): Html {
  const [color, background] = COLORS[verdict.kind];
  // The sign is for the eye: the word says the same.
  const label = markup`<span aria-hidden="true">${verdict.sign}</span> ${verdict.word}`;
  if (color === "") return markup`${verdict.sign}`;
  const border = outlined ? "2px solid" : "1px solid";
  const style = `display:inline-block;white-space:nowrap;padding:0 6px;border:${border} ${color};border-radius:3px;color:${color};background-color:${background}`;
  return markup`<span style="${style}">${label}</span>`;
}

function reasonHtml(row: TableRow, table: LayerTable): Html {
  const text = words(table.locale);
  const first = row.firstCause && markup`<strong>${text.firstCause}:</strong> `;
  const assumed = row.assumed && markup` <em>${text.assumed}</em>`;
  return markup`${first}${row.reason && inlineCode(row.reason)}${row.causedBy && ` (${text.because(row.causedBy)})`}${assumed}`;
}

/** Text in which `…` marks code. */
function inlineCode(sentence: string): Html {
  const parts = sentence.split(/`([^`]+)`/);
  return markup`${parts.map((part, i) => (i % 2 === 1 ? markup`<code style="${CODE}">${part}</code>` : part))}`;
}

function warningHtml(warning: TableWarning, table: LayerTable): Html {
  const text = words(table.locale);
  const rule = /^https:\/\//.test(warning.url)
    ? markup`<a href="${warning.url}">${warning.rule}</a>`
    : markup`${warning.rule}`;
  const explanation = warning.explanation && markup`<br>${inlineCode(warning.explanation)}`;
  return markup`<strong>⚠ ${text.warning} ${rule}</strong> <span lang="en">${warning.detail}</span> (${text.line(warning.line)})${explanation}`;
}

function errorHtml(table: LayerTable): Html {
  const { error } = table;
  if (!error) return markup``;
  const explanation = error.explanation && markup`<br>${inlineCode(error.explanation)}`;
  const frames =
    error.frames.length > 0 &&
    markup`<pre lang="en" tabindex="0" style="margin:4px 0 0 0;white-space:pre;overflow-x:auto">${error.frames.join("\n")}</pre>
`;
  return markup`<p style="margin:8px 0 0 0"><strong>✕ ${words(table.locale).error}</strong> <code lang="en" style="${CODE}">${error.message}</code>${explanation}</p>
${frames}`;
}

function footer(table: LayerTable): Html {
  const text = words(table.locale);
  const paragraph = (
    content: Html | string,
    style: string,
  ): Html => markup`<p style="margin:${style}">${content}</p>
`;
  const small = "4px 0 0 0;font-size:0.88em";
  const legend = table.legend.map((one) => `${one.sign} ${one.word} (${text.meaning[one.kind]})`).join(" · ");
  return markup`${[
    table.otherWarnings.map((warning) => paragraph(warningHtml(warning, table), "6px 0 0 0")),
    errorHtml(table),
    table.image && paragraph(imageLine(table), "6px 0 0 0"),
    legend !== "" && paragraph(`${text.legend}: ${legend}`, small),
    table.assumed && paragraph(text.assumedNote, small),
  ]}`;
}

/** `이미지 1a2b3c4d · 1.1GB · 층 9개 (베이스 이미지의 층 8개)`. */
export function imageLine(table: LayerTable): string {
  const { image } = table;
  if (!image) return "";
  const text = words(table.locale);
  const base = image.baseLayers > 0 ? ` (${text.base(image.baseLayers)})` : "";
  return `${text.image} ${shortId(image.id)} · ${image.size} · ${text.layers(image.layers)}${base}`;
}

/** The first eight hex digits of a digest. */
export function shortId(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 8);
}
