/** The efficiency score against what dive v0.13.1 answered. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { LayerFile } from "../../kernel-helpers/src/report/waste/file-tree";
import { efficiencyOf } from "../../kernel-helpers/src/report/waste/efficiency";

interface Case {
  readonly id: string;
  readonly note?: string;
  readonly layers: readonly (
    null | readonly { readonly p: string; readonly t: string; readonly size?: number }[]
  )[];
  readonly layerSizes?: readonly number[];
  readonly sizeBytes?: number;
  readonly inefficientBytes?: number;
  readonly efficiencyScore?: number;
  readonly fileReference?: readonly {
    readonly file: string;
    readonly count: number;
    readonly sizeBytes?: number;
  }[];
}

/** Their order is not stable in dive. */
function byFile<T extends { readonly file: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The recorder wrote the parents of every entry into the tar. */
function layerFiles(files: Case["layers"][number]): LayerFile[] {
  const out = new Map<string, LayerFile>();
  for (const { p, t, size } of files ?? []) {
    const parts = p.replace(/\/$/, "").split("/");
    for (let i = 1; i < parts.length; i++) {
      const parent = parts.slice(0, i).join("/");
      if (!out.has(parent)) out.set(parent, { path: parent, size: 0, isDirectory: true });
    }
    out.set(p, { path: p, size: size ?? 0, isDirectory: t === "d" });
  }
  return [...out.values()];
}

const { cases } = JSON.parse(readFileSync(join(__dirname, "../vectors/efficiency.json"), "utf8")) as {
  cases: readonly Case[];
};

describe("efficiency", () => {
  for (const { id, note, layers, ...expected } of cases) {
    it(`${id} ${note ?? ""}`, () => {
      const answer = efficiencyOf(layers.map(layerFiles));
      assert.deepEqual(
        {
          layerSizes: answer.layerBytes,
          inefficientBytes: answer.wastedBytes,
          efficiencyScore: answer.score,
          fileReference: byFile(
            answer.paths.map(({ path, count, bytes }) => ({ file: path, count, sizeBytes: bytes })),
          ),
        },
        {
          layerSizes: expected.layerSizes ?? [],
          inefficientBytes: expected.inefficientBytes ?? 0,
          efficiencyScore: expected.efficiencyScore ?? 0,
          fileReference: byFile(
            (expected.fileReference ?? []).map(({ file, count, sizeBytes }) => ({
              file,
              count,
              sizeBytes: sizeBytes ?? 0,
            })),
          ),
        },
      );
    });
  }
});
