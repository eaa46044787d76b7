/** Do the outputs of a notebook belong to its sources? */

import type { CodeCell, Notebook } from "../notebook/format";
import { sourceMark } from "../notebook/run-notebook";

export interface StaleCell {
  /** 0-based among all cells. */
  readonly index: number;
  readonly id: string;
  readonly reason: { readonly ko: string; readonly en: string };
}

/**
 * The cells whose outputs are not those of their source: edited after they ran (known by the mark that `layerbook run` leaves and
 * by the Dockerfile in a build's record), or not run although others were. Empty for a notebook that never ran.
 */
export function staleCells(notebook: Notebook): StaleCell[] {
  const code = notebook.cells.flatMap((cell, index) => (cell.cell_type === "code" ? [{ cell, index }] : []));
  const ran = code.some(({ cell }) => cell.execution_count !== null || cell.outputs.length > 0);
  if (!ran) return [];
  return code.flatMap(({ cell, index }) => {
    const reason = staleReason(cell);
    return reason ? [{ index, id: cell.id, reason }] : [];
  });
}

function staleReason(cell: CodeCell): StaleCell["reason"] | undefined {
  if (cell.source.trim() === "" || cell.metadata.tags?.includes("skip-execution")) return undefined;
  const own = cell.metadata["layerbook"] as { executed?: unknown } | undefined;
  if (typeof own?.executed === "string" && own.executed !== sourceMark(cell.source)) return EDITED;
  const built = cell.outputs
    .map((output) => ("data" in output ? output.data["application/vnd.layerbook.build+json"] : undefined))
    .find((record) => record !== undefined);
  const dockerfile = (built as { dockerfile?: unknown } | undefined)?.dockerfile;
  const body = /^%%dockerfile[^\n]*\n([\s\S]*)$/.exec(cell.source)?.[1];
  if (typeof dockerfile === "string" && body !== undefined && dockerfile.trimEnd() !== body.trimEnd())
    return EDITED;
  if (cell.execution_count === null && cell.outputs.length === 0) {
    return { ko: "실행하지 않은 셀입니다.", en: "the cell was not run" };
  }
  return undefined;
}

const EDITED: StaleCell["reason"] = {
  ko: "실행한 뒤에 고친 셀입니다. 출력이 지금의 코드에서 나온 것이 아닙니다.",
  en: "the cell was edited after it ran; its outputs are not those of the code shown",
};
