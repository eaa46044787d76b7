/** The digest of every recorded COPY and ADD, exactly as BuildKit's file op computes it. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { cacheMap } from "../../kernel-helpers/src/cache";
import { convert } from "../../kernel-helpers/src/graph";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

interface Case {
  readonly id: string;
  readonly instruction: string;
  readonly workdir?: string;
  readonly opDigest?: string;
}

const { cases } = JSON.parse(readFileSync(join(__dirname, "../vectors/copyglob.json"), "utf8")) as {
  cases: Case[];
};

describe("op digest", () => {
  it(`agrees in all ${cases.length} recorded operations`, async () => {
    let compared = 0;
    for (const { id, instruction, workdir, opDigest } of cases) {
      if (opDigest === undefined) continue;
      const text = `FROM scratch\n${workdir === undefined ? "" : `WORKDIR ${workdir}\n`}${instruction}\n`;
      const conversion = await convert({
        file: "Dockerfile",
        text,
        options: {},
        machine: nodePlatform,
        resolveImage: () => Promise.resolve({ error: "none" }),
      });
      assert.equal(conversion.error, undefined, `${id} ${instruction}`);
      const vertex = conversion.targets[0]!.root!.vertex;
      assert.equal(cacheMap(nodePlatform, vertex).digest, opDigest, `${id} ${instruction}`);
      compared++;
    }
    assert.ok(compared > 300, `${compared} compared`);
  });
});
