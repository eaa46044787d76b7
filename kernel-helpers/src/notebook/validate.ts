/** Is it a valid notebook? The rules of the nbformat 4.5 schema, on the records of format.ts. */

import { NotebookError, type Notebook, type Output } from "./format";

/** Throws NotebookError (LB_BAD_NOTEBOOK) with the place of the first fault. */
export function validateNotebook(notebook: Notebook, file: string): void {
  const fault = firstFault(notebook);
  if (fault === undefined) return;
  throw new NotebookError("LB_BAD_NOTEBOOK", file, {
    ko: `nbformat 4.5에 맞지 않습니다: ${fault}`,
    en: `not valid nbformat 4.5: ${fault}`,
  });
}

/** The first thing that the schema does not allow, or undefined. */
export function firstFault(notebook: Notebook): string | undefined {
  if (notebook.nbformat !== 4) return `nbformat ${notebook.nbformat}`;
  if (notebook.nbformat_minor < 5) return `nbformat_minor ${notebook.nbformat_minor}`;
  const { kernelspec } = notebook.metadata;
  if (kernelspec && (typeof kernelspec.name !== "string" || typeof kernelspec.display_name !== "string")) {
    return "metadata.kernelspec needs name and display_name";
  }
  const ids = new Set<string>();
  for (const [i, cell] of notebook.cells.entries()) {
    const place = `cells[${i}]`;
    if (!/^[a-zA-Z0-9-_]{1,64}$/.test(cell.id)) return `${place}.id ${JSON.stringify(cell.id)}`;
    if (ids.has(cell.id)) return `${place}.id ${JSON.stringify(cell.id)} twice`;
    ids.add(cell.id);
    const { tags } = cell.metadata;
    if (
      tags !== undefined &&
      !(Array.isArray(tags) && new Set(tags).size === tags.length && tags.every((tag) => /^[^,]+$/.test(tag)))
    ) {
      return `${place}.metadata.tags`;
    }
    if (cell.cell_type !== "code") {
      if ("outputs" in cell || "execution_count" in cell) return `${place}: outputs in a text cell`;
      continue;
    }
    if (!isCount(cell.execution_count)) return `${place}.execution_count`;
    for (const [n, output] of cell.outputs.entries()) {
      const fault = outputFault(output);
      if (fault !== undefined) return `${place}.outputs[${n}]${fault}`;
    }
  }
  return undefined;
}

function outputFault(output: Output): string | undefined {
  switch (output.output_type) {
    case "stream":
      return typeof output.text === "string" ? undefined : ".text";
    case "error":
      return output.traceback.every((line) => typeof line === "string") ? undefined : ".traceback";
    case "execute_result":
      return isCount(output.execution_count) ? dataFault(output.data) : ".execution_count";
    case "display_data":
      return dataFault(output.data);
  }
}

function dataFault(data: Record<string, unknown>): string | undefined {
  const wrong = Object.entries(data).find(
    ([type, value]) => typeof value !== "string" && !/^application\/(.*\+)?json$/.test(type),
  );
  return wrong ? `.data[${JSON.stringify(wrong[0])}]` : undefined;
}

function isCount(value: unknown): boolean {
  return value === null || (typeof value === "number" && Number.isInteger(value) && value >= 0);
}
