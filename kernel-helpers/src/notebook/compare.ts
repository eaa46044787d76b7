/** `--check`: are the outputs those that the notebook has? What may vary is masked on both sides. */

import { hasTag, isJsonMime, type CodeCell, type Notebook, type Output } from "./format";

export interface OutputDifference {
  /** 0-based among all cells. */
  readonly index: number;
  readonly id: string;
  /** The outputs as text, masked. */
  readonly stored: string;
  readonly fresh: string;
}

/** What differs from run to run in any notebook: addresses, ids, times, places of temporary files. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b0x[0-9a-f]{6,16}\b/gi, "0x…"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<uuid>"],
  [/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?/g, "<time>"],
  [/(?:\/private)?\/(?:tmp|var\/folders)\/[^\s"'):]+/g, "<temporary>"],
  [/\b\d+(?:\.\d+)?\s?(?:ms|µs|us|ns)\b/g, "<duration>"],
];

/** Cells whose outputs differ. Cells tagged `nondeterministic`, and those not executed, are passed over. */
export function compareOutputs(stored: Notebook, fresh: Notebook): OutputDifference[] {
  const own = stored.metadata["layerbook"] as { masks?: unknown } | undefined;
  const masks = [
    ...MASKS,
    ...(Array.isArray(own?.masks)
      ? own.masks.map((mask) => [new RegExp(String(mask), "g"), "<masked>"] as const)
      : []),
  ];
  const differences: OutputDifference[] = [];
  fresh.cells.forEach((cell, index) => {
    const old = stored.cells[index];
    if (cell.cell_type !== "code" || old?.cell_type !== "code") return;
    if (hasTag(cell, "nondeterministic") || hasTag(cell, "skip-execution")) return;
    const before = outputsText(old, masks);
    const after = outputsText(cell, masks);
    if (before !== after) differences.push({ index, id: cell.id, stored: before, fresh: after });
  });
  return differences;
}

function outputsText(cell: CodeCell, masks: readonly (readonly [RegExp, string])[]): string {
  const text = cell.outputs.map(outputText).join("\n");
  return masks.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}

function outputText(output: Output): string {
  switch (output.output_type) {
    case "stream":
      return `[${output.name}]\n${output.text.replace(/\n$/, "")}`;
    case "error":
      return `[error] ${output.ename}: ${output.evalue}`;
    case "display_data":
    case "execute_result":
      return Object.entries(output.data)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(
          ([type, value]) =>
            `[${type}]\n${isJsonMime(type) ? JSON.stringify(value, null, 1) : String(value)}`,
        )
        .join("\n");
  }
}
