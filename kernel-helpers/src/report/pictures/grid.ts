/** A table of marks and words as plain data, and the same table in every medium: what the matrices and cards are drawn with. */

import { markup, type Html } from "../html";
import { SIGNS, words, type Locale, type VerdictKind } from "../locale";
import { codeSpan, escapeMarkdown } from "../markdown";
import { CELL, chip, CODE, HEAD } from "../table/html";
import { columns, oneLine, truncate, wrap } from "../text";

/** One cell: a verdict (mark and word), or a text, or nothing. */
export interface GridCell {
  readonly verdict?: VerdictKind;
  /** Beside the verdict: the cause in a few words. */
  readonly text?: string;
  /** The cell that the others follow from: outlined, and said in the note. */
  readonly outlined?: boolean;
  /** Is the text code, in the words of a Dockerfile? */
  readonly code?: boolean;
  /** Numbers stand right. */
  readonly right?: boolean;
  /** The whole of what the cell says, for those who hear the table: `3번째 빌드, 3단계 COPY, 다시 실행`. */
  readonly full?: string;
}

/** A picture that is a table. */
export interface Grid {
  readonly locale: Locale;
  readonly title: string;
  readonly heads: readonly string[];
  /** The first cell of a row names it. */
  readonly rows: readonly (readonly GridCell[])[];
  /** Rows (0 = first) that are outlined as a whole. */
  readonly outlinedRows?: readonly number[];
  /** Rows that stand back: thin. */
  readonly thinRows?: readonly number[];
  /** Sentences under the table. */
  readonly notes: readonly string[];
  /** Sentences under a rule below those. */
  readonly below?: readonly string[];
  /** Words for verdicts that this picture calls otherwise than the layer table. */
  readonly words?: Partial<Readonly<Record<VerdictKind, string>>>;
}

export type PictureMedium = "html" | "text" | "markdown" | "json";

/** *grid* in *medium*. */
export function renderGrid(grid: Grid, medium: PictureMedium): string {
  switch (medium) {
    case "html":
      return gridHtml(grid).toString();
    case "markdown":
      return gridMarkdown(grid);
    case "json":
      return JSON.stringify(grid, null, 2) + "\n";
    default:
      return gridText(grid);
  }
}

function wordOf(kind: VerdictKind, grid: Grid): string {
  return grid.words?.[kind] ?? words(grid.locale).verdict[kind];
}

/** Mark, word and text of a cell in one line. */
export function cellText(cell: GridCell, grid: Grid): string {
  const mark = cell.verdict && `${SIGNS[cell.verdict]} ${wordOf(cell.verdict, grid)}`;
  if (!mark) return oneLine(cell.text ?? "");
  return cell.text ? `${mark} (${oneLine(cell.text)})` : mark;
}

function legend(grid: Grid): string {
  const used = new Set(grid.rows.flatMap((row) => row.flatMap(({ verdict }) => verdict ?? [])));
  const { meaning } = words(grid.locale);
  const kinds = (Object.keys(SIGNS) as VerdictKind[]).filter((kind) => used.has(kind));
  if (kinds.length === 0) return "";
  const list = kinds.map(
    (kind) =>
      `${SIGNS[kind]} ${wordOf(kind, grid)} (${grid.words?.[kind] ? grid.words[kind] : meaning[kind]})`,
  );
  return `${words(grid.locale).legend}: ${list.join(" · ")}`;
}

const CELL_WIDTH = 44;
const NOTE_WIDTH = 96;

function gridText(grid: Grid): string {
  const cells = grid.rows.map((row) => row.map((cell) => truncate(cellText(cell, grid), CELL_WIDTH)));
  const right = (grid.rows[0] ?? []).flatMap(({ right: isRight }, i) => (isRight ? [i] : []));
  const notes = [...grid.notes, legend(grid)]
    .filter((note) => note !== "")
    .flatMap((note) => wrap(note, NOTE_WIDTH));
  const below = (grid.below ?? []).flatMap((note) => wrap(note, NOTE_WIDTH));
  return (
    [
      grid.title,
      "",
      ...columns([grid.heads, ...cells], right),
      ...(notes.length > 0 ? ["", ...notes] : []),
      ...(below.length > 0 ? ["─".repeat(24), ...below] : []),
    ].join("\n") + "\n"
  );
}

function gridMarkdown(grid: Grid): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const right = grid.rows[0] ?? [];
  const show = (cell: GridCell): string => {
    const text = cellText(cell, grid);
    const shown = cell.code && text !== "" ? codeSpan(text) : escapeMarkdown(text);
    return cell.outlined && shown !== "" ? `**${shown}**` : shown;
  };
  const notes = [...grid.notes, legend(grid)].filter((note) => note !== "");
  return [
    `**${escapeMarkdown(grid.title)}**`,
    "",
    line(grid.heads.map(escapeMarkdown)),
    line(grid.heads.map((_, i) => (right[i]?.right ? "---:" : ":---"))),
    ...grid.rows.map((row) => line(row.map(show))),
    "",
    ...notes.flatMap((note) => [escapeMarkdown(note), ""]),
    ...(grid.below?.length ? ["---", "", ...grid.below.flatMap((note) => [escapeMarkdown(note), ""])] : []),
  ]
    .join("\n")
    .replace(/\n+$/, "\n");
}

/** The table in a wrapper that scrolls by itself when the page is narrower. */
export function gridHtml(grid: Grid): Html {
  const notes = [...grid.notes, legend(grid)].filter((note) => note !== "");
  return markup`<div lang="${grid.locale}" style="overflow-x:auto" tabindex="0" role="group" aria-label="${grid.title}">
<table style="border-collapse:collapse;text-align:left;font-size:0.95em;border:0">
<caption style="text-align:left;caption-side:top;padding:0 0 4px 0">${grid.title}</caption>
<thead><tr>${grid.heads.map((head) => markup`<th scope="col" style="${HEAD}">${head}</th>`)}</tr></thead>
<tbody>
${grid.rows.map(
  (row, i) =>
    markup`<tr${grid.outlinedRows?.includes(i) && markup` style="outline:2px solid #b34700;outline-offset:-2px"`}${grid.thinRows?.includes(i) && markup` style="font-size:0.85em"`}>${row.map((cell, at) => cellHtml(cell, at === 0, grid))}</tr>
`,
)}</tbody>
</table>
${notes.map(
  (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
)}${
    grid.below?.length &&
    markup`<hr style="border:0;border-top:1px solid #8a8a8a;margin:8px 0 4px 0">
${grid.below.map(
  (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
)}`
  }</div>
`;
}

function cellHtml(cell: GridCell, isHead: boolean, grid: Grid): Html {
  const text =
    cell.code && cell.text ? markup`<code style="${CODE}">${cell.text}</code>` : markup`${cell.text}`;
  const content = cell.verdict
    ? markup`${chip({ kind: cell.verdict, sign: SIGNS[cell.verdict], word: wordOf(cell.verdict, grid) }, cell.outlined ?? false)}${cell.text && markup` <small>${text}</small>`}`
    : cell.outlined
      ? markup`<strong>${text}</strong>`
      : text;
  const whole =
    cell.full === undefined ? content : markup`<span role="img" aria-label="${cell.full}">${content}</span>`;
  const style = `${CELL}${cell.right ? ";text-align:right;white-space:nowrap" : ""}${cell.verdict === "knock-on" ? ";border-left:3px double #8a6d00;padding-left:6px" : ""}`;
  // A header that says nothing is none.
  return isHead && (cell.text ?? "") + (cell.verdict ?? "") !== ""
    ? markup`<th scope="row" style="${style};font-weight:400">${whole}</th>`
    : markup`<td style="${style}">${whole}</td>`;
}
