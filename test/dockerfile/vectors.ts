/** Reading recorded vectors and telling where answers differ from them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deepStrictEqual, fail } from "node:assert";

/** Where the vectors are; LAYERBOOK_VECTORS names a folder of freshly made ones instead. */
const folder = process.env.LAYERBOOK_VECTORS ?? join(__dirname, "..", "vectors");

/** The vector file of *area*: `{meta, …tables, cases}`. */
export function readVectors<T>(area: string): T {
  return JSON.parse(readFileSync(join(folder, `${area}.json`), "utf8")) as T;
}

/** Fields that are absent or not, whatever their value (pointers in BuildKit's records). */
const pointers = new Set(["Value", "Env", "KeepGitDir", "Unpack", "Mode", "UID", "GID"]);

/** Removes what equals absence in the vectors: empty, zero, false, null, an empty list or record. */
export function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (typeof value !== "object" || value === null) return value;
  const out: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const kept = pruned(item);
    if (kept === undefined || kept === null) continue;
    if (pointers.has(key) && typeof kept !== "object") {
      out[key] = kept;
      continue;
    }
    if (kept === "" || kept === 0 || kept === false) continue;
    if (Array.isArray(kept) && kept.length === 0) continue;
    if (typeof kept === "object" && Object.keys(kept).length === 0) continue;
    out[key] = kept;
  }
  return out;
}

/** Runs every case and fails with a list of all that differ. */
export function compareAll<C extends { readonly id: string }>(
  cases: readonly C[],
  expected: (recorded: C) => unknown,
  actual: (recorded: C) => unknown,
): void {
  const differences: string[] = [];
  for (const recorded of cases) {
    let answer: unknown;
    try {
      answer = pruned(actual(recorded));
      deepStrictEqual(answer, pruned(expected(recorded)));
    } catch (error) {
      const text = answer === undefined ? String((error as Error).stack) : (error as Error).message;
      differences.push(`${recorded.id}: ${text.slice(0, 1500)}`);
    }
  }
  if (differences.length > 0) {
    fail(`${differences.length} of ${cases.length} cases differ\n${differences.slice(0, 10).join("\n")}`);
  }
}

/** As `compareAll` for answers that take their time. */
export async function compareAllAsync<C extends { readonly id: string }>(
  cases: readonly C[],
  expected: (recorded: C) => unknown,
  actual: (recorded: C) => Promise<unknown>,
): Promise<void> {
  const answers = new Map<C, () => unknown>();
  for (const recorded of cases) {
    try {
      const answer = await actual(recorded);
      answers.set(recorded, () => answer);
    } catch (error) {
      answers.set(recorded, () => {
        throw error;
      });
    }
  }
  compareAll(cases, expected, (recorded) => answers.get(recorded)!());
}
