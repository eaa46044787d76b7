/** A layer is compressed when somebody asks for what comes of it, not before. */

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Lab, type LabMachine } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const DOCKERFILE =
  "FROM scratch AS files\nCOPY big /unused\n\nFROM scratch\nCOPY big /big\nCOPY --from=files /unused /copy\n";

describe("compression of layers", () => {
  let count = 0;
  const machine: LabMachine = {
    ...nodeMachine(),
    platform: {
      ...nodePlatform,
      gzip: (bytes) => {
        count++;
        return nodePlatform.gzip(bytes);
      },
      gzipLater: async (bytes) => {
        count++;
        return (await nodePlatform.gzipLater?.(bytes))!;
      },
    },
  };
  beforeEach(() => void (count = 0));

  it("waits until a digest of the image is read, and is done once", async () => {
    const lab = await Lab.openOn(machine);
    lab.context.write("big", "x".repeat(100_000));
    const built = await lab.build({ dockerfile: DOCKERFILE, tags: ["app"] });
    assert.equal(built.exitCode, 0);
    assert.ok(built.image?.configDigest);
    assert.match(built.table("text"), /COPY big/);
    assert.equal(count, 0);
    const digests = built.image.layers.map(({ digest }) => digest);
    assert.equal(count, 2);
    assert.ok(built.progress("plain").includes(`exporting manifest ${built.image.manifestDigest}`));
    assert.deepEqual(
      JSON.parse(JSON.stringify(built)).image.layers.map((one: { digest: string }) => one.digest),
      digests,
    );
    assert.equal(count, 2);
  });

  it("is kept with the layers of an image in a store, and not done for those that are in none", async () => {
    const cacheDir = mkdtempSync(join(tmpdir(), "lb-lazy-"));
    try {
      const open = async (): Promise<Lab> => {
        const lab = await Lab.openOn(machine, { cacheDir });
        lab.context.write("big", "x".repeat(5_000_000));
        return lab;
      };
      const first = await (await open()).build({ dockerfile: DOCKERFILE });
      assert.equal(count, 10);
      const { manifestDigest } = first.image!;
      const second = await (await open()).build({ dockerfile: DOCKERFILE });
      assert.equal(second.image!.manifestDigest, manifestDigest);
      assert.equal(count, 10);
    } finally {
      rmSync(cacheDir, { recursive: true });
    }
  });
});
