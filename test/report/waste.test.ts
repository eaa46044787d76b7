/** The account of bytes on layers made by hand: every way in which a file can be hidden, counted once. */

import assert from "node:assert/strict";

import type { BuiltImage, LayerEntry } from "../../kernel-helpers/src/build";
import { leaksOf, wasteOf } from "../../kernel-helpers/src/report";

type Written = readonly [path: string, size: number, change?: Partial<LayerEntry>];

function layer(files: readonly Written[], fromBase = false): BuiltImage["layers"][number] {
  return {
    diffId: "",
    digest: "",
    size: 0,
    uncompressed: 0,
    fromBase,
    entries: files.map(([path, size, change]) => ({
      path,
      type: path.endsWith("/") ? "dir" : "file",
      mode: "644",
      uid: 0,
      gid: 0,
      size,
      mtime: 0,
      sha256: `${path} ${size}`,
      ...change,
    })),
  };
}

function image(...layers: BuiltImage["layers"]): BuiltImage {
  return { config: {}, configDigest: "", manifestDigest: "", history: [], layers, platform: "linux/amd64" };
}

/** What could be saved, by path. */
function saved(...layers: BuiltImage["layers"]): [string, number, string][] {
  const waste = wasteOf(image(...layers));
  assert.equal(
    waste.reclaimableBytes,
    waste.reclaimable.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  return waste.reclaimable.map(({ path, bytes, kind }) => [path, bytes, kind]);
}

describe("waste: bytes that no container sees", () => {
  it("of a file written three times the first two copies", () => {
    assert.deepEqual(saved(layer([["a", 10]]), layer([["a", 20]]), layer([["a", 30]])), [
      ["/a", 20, "replaced"],
      ["/a", 10, "replaced"],
    ]);
  });

  it("added and then removed: all of it; with its folder, all that was in it", () => {
    assert.deepEqual(
      saved(
        layer([
          ["d/a", 10],
          ["d/b", 5],
        ]),
        layer([["d/.wh.a", 0]]),
      ),
      [["/d/a", 10, "removed"]],
    );
    assert.deepEqual(
      saved(
        layer([
          ["d/a", 10],
          ["d/b", 5],
        ]),
        layer([[".wh.d", 0]]),
      ),
      [
        ["/d/a", 10, "removed"],
        ["/d/b", 5, "removed"],
      ],
    );
    assert.deepEqual(
      saved(
        layer([["d/a", 10]]),
        layer([
          ["d/.wh..wh..opq", 0],
          ["d/c", 1],
        ]),
      ),
      [["/d/a", 10, "removed"]],
    );
  });

  it("a file in the place of a folder, and a folder in the place of a file", () => {
    assert.deepEqual(
      saved(
        layer([
          ["d/", 0],
          ["d/a", 10],
        ]),
        layer([["d", 3]]),
      ),
      [["/d/a", 10, "removed"]],
    );
    assert.deepEqual(
      saved(
        layer([["d", 10]]),
        layer([
          ["d/", 0],
          ["d/a", 3],
        ]),
      ),
      [["/d", 10, "removed"]],
    );
  });

  it("the same file again, or with another mode or owner", () => {
    assert.deepEqual(saved(layer([["a", 10]]), layer([["a", 10]])), [["/a", 10, "again"]]);
    assert.deepEqual(saved(layer([["a", 10]]), layer([["a", 10, { mode: "755" }]])), [
      ["/a", 10, "attributes"],
    ]);
    assert.deepEqual(saved(layer([["a", 10]]), layer([["a", 10, { uid: 1000 }]])), [
      ["/a", 10, "attributes"],
    ]);
  });

  it("nothing of what stays, of empty files, of links, of the base", () => {
    assert.deepEqual(saved(layer([["a", 10]]), layer([["b", 10]])), []);
    assert.deepEqual(saved(layer([["a", 0]]), layer([["a", 0]])), []);
    assert.deepEqual(
      saved(layer([["a", 10, { type: "hardlink", linkname: "b" }]]), layer([[".wh.a", 0]])),
      [],
    );
    assert.deepEqual(
      saved(
        layer([["a", 10]], true),
        layer([
          [".wh.a", 0],
          ["b", 1],
        ]),
      ),
      [],
    );
    assert.deepEqual(saved(layer([["a", 10]], true), layer([["a", 5]]), layer([["a", 7]])), [
      ["/a", 5, "replaced"],
    ]);
    assert.deepEqual(saved(), []);
  });
});

describe("waste: what looks like a secret", () => {
  const read =
    (text: string): (() => Uint8Array) =>
    () =>
      new TextEncoder().encode(text);
  const places = (files: Readonly<Record<string, string>>): string[] =>
    leaksOf(image(layer(Object.keys(files).map((path) => [path, 1]))), [
      { layer: 1, entries: Object.entries(files).map(([path, text]) => ({ path, read: read(text) })) },
    ]).map(({ place, kind }) => `${kind} ${place}`);

  it("files by name, when they hold something", () => {
    assert.deepEqual(
      places({
        "root/.npmrc": "//r/:_authToken=x",
        "home/.npmrc": "save-exact=true",
        "app/.env": "DB_PASSWORD=x",
        "b/.env": "PORT=80",
        "root/.ssh/id_ed25519": "x",
        "root/.ssh/id_ed25519.pub": "x",
        "root/.docker/config.json": '{"auths":{"r":{"auth": "eA=="}}}',
      }),
      ["file /root/.npmrc", "file /app/.env", "file /root/.ssh/id_ed25519", "file /root/.docker/config.json"],
    );
  });

  it("tokens by shape, not in packages, not in binaries", () => {
    assert.deepEqual(
      places({
        "a.js": `x = "AKIA${"A".repeat(16)}"`,
        "b.pem": "-----BEGIN RSA PRIVATE KEY-----",
        "c.pem": "-----BEGIN CERTIFICATE-----",
        "node_modules/x/test/key.pem": "-----BEGIN PRIVATE KEY-----",
        "bin/app": `\0AKIA${"A".repeat(16)}`,
        "한글.txt": "비밀 아님",
      }),
      ["token /a.js", "token /b.pem"],
    );
  });
});
