/** Which of an image's layers belongs to which instruction. */

import type { BuildRecord, InstructionRow } from "../../build/types";

/**
 * Indexes of the rows that the image is made of, its first FROM first: the target's stage, and before it the stages it is built
 * FROM. Stages that files are only copied from are not among them.
 */
export function targetChain(rows: readonly InstructionRow[]): number[] {
  const stages: { readonly from: number; readonly rows: number[]; readonly name: string }[] = [];
  rows.forEach((row, index) => {
    if (row.instruction === "FROM" || stages.length === 0) {
      stages.push({
        from: index,
        rows: [],
        name: /\s+AS\s+(\S+)\s*$/i.exec(row.text)?.[1]?.toLowerCase() ?? "",
      });
    }
    stages.at(-1)?.rows.push(index);
  });
  const chain: number[] = [];
  for (let at = stages.length - 1; at >= 0;) {
    const stage = stages[at];
    chain.unshift(...(stage?.rows ?? []));
    const base =
      /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(rows[stage?.from ?? 0]?.text ?? "")?.[1]?.toLowerCase() ?? "";
    const next = stages.slice(0, at).findLastIndex((one) => one.name !== "" && one.name === base);
    if (next === -1) break;
    at = next;
  }
  return chain;
}

/** Bytes by row: of a layer the bytes of its files, of the image's first FROM those of the base. Rows without a known size are absent. */
export function rowSizes(record: BuildRecord): Map<number, number> {
  const sizes = new Map<number, number>();
  record.rows.forEach((row, index) => {
    const step = row.step === undefined ? undefined : record.steps[row.step];
    if (!step || !row.layer || (step.status !== "DONE" && step.status !== "CACHED")) return;
    // A result that the build did not need was not loaded: how large it is, nobody asked.
    const isUnknown = step.status === "CACHED" && step.bytes === 0 && step.diffId === undefined;
    if (!isUnknown) sizes.set(index, step.bytes);
  });
  const { image } = record;
  if (!image) return sizes;
  const chain = targetChain(record.rows);
  const [first] = chain;
  const base = image.layers
    .filter((layer) => layer.fromBase)
    .reduce((sum, layer) => sum + layer.uncompressed, 0);
  if (first !== undefined && base > 0) sizes.set(first, base);
  // A step that was reused without loading its result knows no size of its own: its layer in the image does.
  const makers = chain.filter((index) => record.rows[index]?.layer);
  const made = image.layers.filter((layer) => !layer.fromBase);
  if (makers.length !== made.length) return sizes;
  makers.forEach((index, i) => {
    const entries = made[i]?.entries;
    if (entries && !sizes.get(index))
      sizes.set(
        index,
        entries.reduce((sum, entry) => sum + entry.size, 0),
      );
  });
  return sizes;
}
