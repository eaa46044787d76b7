/** Did a notebook run to its end as it is now? What `layerbook run --resume` need not run again. */

import type { CodeCell, Notebook } from "./format";
import { sourceMark } from "./run-notebook";

/**
 * True when every cell that is to run has the outputs of its present source, as `layerbook run` left them: run, counted, without an
 * error that is not expected. *sources*: the notebook whose cells these must be; default: itself.
 */
export function isComplete(notebook: Notebook, sources: Notebook = notebook): boolean {
  const have = cellsToRun(notebook);
  const want = cellsToRun(sources);
  return (
    have.length > 0 &&
    have.length === want.length &&
    have.every((cell, i) => cell.source === want[i]?.source && hasRun(cell))
  );
}

function cellsToRun(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter(
    (cell): cell is CodeCell =>
      cell.cell_type === "code" &&
      cell.source.trim() !== "" &&
      !cell.metadata.tags?.includes("skip-execution"),
  );
}

function hasRun(cell: CodeCell): boolean {
  const own = cell.metadata["layerbook"] as { executed?: unknown } | undefined;
  if (own?.executed !== sourceMark(cell.source) || cell.execution_count === null) return false;
  const failed = cell.outputs.some((output) => output.output_type === "error");
  return failed === (cell.metadata.tags?.includes("raises-exception") ?? false);
}
