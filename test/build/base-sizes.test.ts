/** What a record says of the layers of a base image out of an OCI layout: their tars' sizes, worked out once. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { Lab, type LabMachine } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import { OciLayout } from "../../kernel-helpers/src/image";
import type { Platform } from "../../kernel-helpers/src/platform";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { bases } from "./labs";

const DOCKERFILE = "FROM busybox\nLABEL a=b\n";

describe("layers of an OCI base in a record", () => {
  let unpacked = 0;
  const platform: Platform = {
    ...nodePlatform,
    gunzip: (bytes, limit) => {
      unpacked++;
      return nodePlatform.gunzip(bytes, limit);
    },
  };
  const machine: LabMachine = {
    ...nodeMachine(),
    openBases: (directory) => [new OciLayout((path) => readFileSync(join(directory, path)), platform)],
  };
  beforeEach(() => void (unpacked = 0));

  it("have the size of their tar, which is unpacked once", async () => {
    const lab = await Lab.openOn(machine, { bases });
    const { image } = await lab.build({ dockerfile: DOCKERFILE });
    const [base] = image!.layers;
    assert.equal(base!.fromBase, true);
    const tar = gunzipSync(readFileSync(join(bases, "blobs/sha256", base!.digest.slice(7))));
    assert.equal(base!.uncompressed, tar.length);
    assert.equal(JSON.parse(JSON.stringify(image)).layers[0].uncompressed, tar.length);
    assert.equal(unpacked, 1);
  });

  it("are measured once for a store", async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), "lb-sizes-"));
    try {
      const sizes: number[] = [];
      for (let i = 0; i < 3; i++) {
        const lab = await Lab.openOn(machine, { bases, cacheDir });
        const { image } = await lab.build({ dockerfile: DOCKERFILE });
        sizes.push(image!.layers[0]!.uncompressed);
      }
      assert.equal(new Set(sizes).size, 1);
      assert.ok(sizes[0]! > 1_000_000);
      assert.equal(unpacked, 1);
    } finally {
      rmSync(cacheDir, { recursive: true });
    }
  });
});
