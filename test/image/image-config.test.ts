/** History and config of an image, rule by rule; the recordings check the bytes. */

import assert from "node:assert/strict";

import { imageConfig, imageManifest, normalizeHistory, rfc3339 } from "../../kernel-helpers/src/image";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const layer = (n: number): { createdAt: string; description: string } => ({
  createdAt: rfc3339(n),
  description: `step ${n}`,
});

describe("image config", () => {
  it("writes times as Go does", () => {
    assert.equal(rfc3339(0), "1970-01-01T00:00:00Z");
    assert.equal(rfc3339(1735689600.5), "2025-01-01T00:00:00.5Z");
    assert.equal(rfc3339(1.25), "1970-01-01T00:00:01.25Z");
  });

  it("gives entries without a time that of the next layer", () => {
    const history = normalizeHistory(
      [
        { created_by: "ENV a=1", empty_layer: true },
        { created_by: "RUN a" },
        { created_by: "CMD", empty_layer: true },
        { created_by: "RUN b" },
      ],
      [layer(1), layer(2)],
    );
    assert.deepEqual(
      history.map(({ created }) => created),
      [rfc3339(1), rfc3339(1), rfc3339(1), rfc3339(2)],
    );
  });

  it("adds entries for layers that nobody told of, and empties entries without a layer", () => {
    const more = normalizeHistory([{ created_by: "RUN a" }], [layer(1), layer(2)]);
    assert.deepEqual(more[1], {
      created: rfc3339(2),
      created_by: "step 2",
      comment: "buildkit.exporter.image.v0",
    });
    const fewer = normalizeHistory([{ created_by: "RUN a" }, { created_by: "RUN b" }], [layer(1)]);
    assert.deepEqual(
      fewer.map(({ empty_layer }) => empty_layer ?? false),
      [false, true],
    );
  });

  it("clamps times to the epoch, but not the base image's own", () => {
    const base = [{ created: rfc3339(500), created_by: "base" }];
    const { history, config } = imageConfig(nodePlatform, {
      image: { os: "linux", architecture: "amd64" },
      history: [...base, { created: rfc3339(400), created_by: "RUN a" }],
      diffIds: ["sha256:a", "sha256:b"],
      baseHistory: base,
      epoch: 100,
    });
    assert.deepEqual(
      history.map(({ created }) => created),
      [rfc3339(500), rfc3339(100)],
    );
    assert.equal(config["created"], rfc3339(100));
    assert.deepEqual(Object.keys(config), ["architecture", "created", "os"]);
  });

  it("escapes as Go does, and counts bytes, not characters", () => {
    const config = imageConfig(nodePlatform, {
      image: { os: "linux", architecture: "amd64", config: { Cmd: ["a && b > c", "한글"] } },
      history: [],
      diffIds: [],
    });
    assert.match(config.text, /"a \\u0026\\u0026 b \\u003e c","한글"/);
    assert.match(config.text, /"history":null,.*"rootfs":\{"type":"layers","diff_ids":null\}/);
    const manifest = JSON.parse(imageManifest(config, [])) as { config: { size: number }; layers: null };
    assert.equal(manifest.config.size, Buffer.byteLength(config.text));
    assert.equal(manifest.layers, null);
  });
});
