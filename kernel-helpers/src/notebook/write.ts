/** Writes notebooks as nbformat does: lists of lines, sorted keys, one space of indentation. */

import { isJsonMime, type Cell, type MimeData, type Notebook, type Output } from "./format";
import { validateNotebook } from "./validate";

/** The text of the file. Throws NotebookError (LB_BAD_NOTEBOOK) when *notebook* is not valid nbformat 4.5. */
export function notebookText(notebook: Notebook, file = "notebook"): string {
  validateNotebook(notebook, file);
  const raw = { ...notebook, cells: notebook.cells.map(rawCell) };
  return JSON.stringify(sortKeys(raw), null, 1) + "\n";
}

function rawCell(cell: Cell): Record<string, unknown> {
  const source = lines(cell.source);
  if (cell.cell_type === "code") return { ...cell, source, outputs: cell.outputs.map(rawOutput) };
  const { attachments } = cell;
  return {
    ...cell,
    source,
    ...(attachments
      ? {
          attachments: Object.fromEntries(
            Object.entries(attachments).map(([name, data]) => [name, rawMime(data)]),
          ),
        }
      : {}),
  };
}

function rawOutput(output: Output): Record<string, unknown> {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  return "data" in output ? { ...output, data: rawMime(output.data) } : { ...output };
}

function rawMime(data: MimeData): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([type, value]) => [
      type,
      typeof value === "string" && !isJsonMime(type) && !isBinary(type) ? lines(value) : value,
    ]),
  );
}

/** Base64 stays one string. */
function isBinary(type: string): boolean {
  return /^(image|audio|video)\//.test(type) && type !== "image/svg+xml";
}

function lines(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== "");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
