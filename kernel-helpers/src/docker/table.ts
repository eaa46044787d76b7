/** Docker's tables: columns three blanks apart (Go's tabwriter with minwidth 10, padding 3), and `--format`. */

import { goJson, parseTemplate, TemplateError } from "./go-template";

/** One column: its heading and the field of a row that it shows. */
export interface Column {
  readonly heading: string;
  readonly field: string;
}

const MIN_WIDTH = 10;
const PADDING = 3;

/**
 * Prints *rows* as docker does: without a *format* as a table of *columns*; `json`; a template for each row; or `table TEMPLATE`
 * with headings (*headings* by field name). Throws TemplateError for a template that does not fit.
 */
export function formatRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly Column[],
  format: string | undefined,
  headings: Readonly<Record<string, string>>,
): string {
  if (format === undefined || format === "" || format === "table") {
    const template = "table " + columns.map((column) => `{{.${column.field}}}`).join("\t");
    return formatRows(rows, columns, template, {
      ...headings,
      ...Object.fromEntries(columns.map((column) => [column.field, column.heading])),
    });
  }
  if (format === "json") return rows.map((row) => goJson(row) + "\n").join("");
  const withHeadings = format.startsWith("table ");
  const source = (withHeadings ? format.slice(6) : format).replace(/\\t/g, "\t").replace(/\\n/g, "\n");
  const template = parseTemplate(source);
  const lines = rows.map((row) => template(row));
  if (!withHeadings) return lines.map((line) => line + "\n").join("");
  const head = template(
    new Proxy(headings, {
      getOwnPropertyDescriptor: (_target, key) => ({
        value: headings[String(key)] ?? String(key).toUpperCase(),
        configurable: true,
        enumerable: true,
      }),
      get: (_target, key) => headings[String(key)] ?? String(key).toUpperCase(),
    }),
  );
  return alignTabs([head, ...lines]);
}

/** Go's tabwriter.NewWriter(out, 10, 1, 3, ' ', 0): every cell but the last of a line is padded. */
export function alignTabs(lines: readonly string[]): string {
  const cells = lines.map((line) => line.split("\t"));
  const widths: number[] = [];
  for (const row of cells)
    for (const [i, cell] of row.slice(0, -1).entries())
      widths[i] = Math.max(widths[i] ?? MIN_WIDTH, [...cell].length + PADDING);
  return cells
    .map(
      (row) =>
        row
          .map((cell, i) =>
            i < row.length - 1 ? cell + " ".repeat(Math.max(0, (widths[i] ?? 0) - [...cell].length)) : cell,
          )
          .join("") + "\n",
    )
    .join("");
}

/** Docker's own sentence for a bad `--format`. */
export function templateRefusal(error: unknown): string | undefined {
  return error instanceof TemplateError
    ? `template parsing error: template: :${/^\d+:\d+: /.test(error.message) ? "" : "1: "}${error.message}`
    : undefined;
}
