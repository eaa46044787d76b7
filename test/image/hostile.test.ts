/** Archives that are broken or meant to harm: refused by name, at the bound and not after it. */

import assert from "node:assert/strict";

import { layerTarBytes, type LayerEntry } from "../../kernel-helpers/src/filesystem";
import {
  IMPORT_LIMITS,
  type ImportedImage,
  importImages,
  ImageTransferError,
  openArchive,
} from "../../kernel-helpers/src/image";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { announcing, entry, generator, link, mutation, nested, sparse, withLayer, zeros } from "./hostile";

async function read(
  archive: readonly LayerEntry[] | Uint8Array,
  limits: Partial<typeof IMPORT_LIMITS> = {},
): Promise<ImportedImage[]> {
  const bytes = archive instanceof Uint8Array ? archive : layerTarBytes(archive);
  const options = { limits: { ...IMPORT_LIMITS, ...limits } };
  return importImages(nodePlatform, await openArchive(nodePlatform, bytes, options), options);
}

describe("hostile archives", function () {
  this.timeout(60_000);
  const good = layerTarBytes([entry("ok", "ok")]);

  it("are refused by name", async () => {
    await read(withLayer(good));
    const legacy = (Config: unknown, Layers: unknown): LayerEntry[] => [
      entry("manifest.json", JSON.stringify([{ Config, Layers }])),
    ];
    const none = "sha256:" + "0".repeat(64);
    const cases: [string, readonly LayerEntry[] | Uint8Array, Partial<typeof IMPORT_LIMITS>?][] = [
      ["LB_ARCHIVE_FORMAT", [entry("readme", "x")]],
      ["LB_ARCHIVE_PATH", [entry("../index.json", "{}")]],
      ["LB_ARCHIVE_PATH", [entry("a/../../index.json", "{}")]],
      ["LB_ARCHIVE_PATH", [entry("/index.json", "{}")]],
      ["LB_ARCHIVE_PATH", [entry("..\\index.json", "{}")]],
      ["LB_ARCHIVE_PATH", [link("a", "../../etc/passwd")]],
      ["LB_ARCHIVE_PATH", [link("a", "/etc/passwd")]],
      ["LB_ARCHIVE_PATH", [link("a", "../../etc/passwd", "hardlink")]],
      ["LB_ARCHIVE_PATH", [link("index.json", "index.json")]],
      ["LB_ARCHIVE_PATH", legacy("../config", [])],
      ["LB_ARCHIVE_PATH", legacy("/etc/passwd", [])],
      ["LB_ARCHIVE_MISSING", legacy("config", [])],
      ["LB_ARCHIVE_JSON", legacy(5, [])],
      ["LB_ARCHIVE_JSON", [entry("manifest.json", "{}")]],
      ["LB_ARCHIVE_JSON", [entry("index.json", "{")]],
      ["LB_ARCHIVE_JSON", [entry("index.json", "null")]],
      ["LB_ARCHIVE_JSON", [entry("index.json", "[".repeat(100_000))]],
      [
        "LB_ARCHIVE_JSON",
        [entry("index.json", '{"manifests":[{"digest":"sha256:../../etc","mediaType":"a","size":1}]}')],
      ],
      ["LB_ARCHIVE_FORMAT", [entry("index.json", '{"manifests":[]}')]],
      [
        "LB_ARCHIVE_MISSING",
        [entry("index.json", `{"manifests":[{"digest":"${none}","mediaType":"a","size":1}]}`)],
      ],
      ["LB_ARCHIVE_DIGEST", withLayer(good, { diffId: none })],
      ["LB_ARCHIVE_DIGEST", withLayer(good, { size: 1 })],
      ["LB_ARCHIVE_LAYER", withLayer(good.subarray(0, 513))],
      ["LB_ARCHIVE_LAYER", withLayer(Buffer.from("28b52ffd00000000", "hex"), { plain: true })],
      ["LB_ARCHIVE_LAYER", withLayer(layerTarBytes([entry("../../evil", "x")]))],
      ["LB_ARCHIVE_LAYER", withLayer(layerTarBytes([link("h", "../../etc/passwd", "hardlink")]))],
      ["LB_ARCHIVE_LAYER", withLayer(sparse())],
      ["LB_ARCHIVE_LAYER", withLayer(announcing("77777777777\0"))],
      ["LB_ARCHIVE_LAYER", withLayer(announcing("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff"))],
      ["LB_ARCHIVE_LAYER", withLayer(nested(3000))],
      ["LB_ARCHIVE_LIMIT", withLayer(new Uint8Array(3 << 20)), { unpacked: 1 << 20 }],
      [
        "LB_ARCHIVE_LIMIT",
        withLayer(layerTarBytes(["a", "b", "c", "d", "e"].map((name) => entry(name, name)))),
        { entries: 4 },
      ],
      ["LB_ARCHIVE_LIMIT", [entry("index.json", `{"a":"${"x".repeat(2000)}"}`)], { document: 1000 }],
      ["LB_ARCHIVE_LIMIT", [entry("index.json", JSON.stringify({ manifests: new Array(65).fill({}) }))]],
    ];
    for (const [i, [code, archive, limits]] of cases.entries()) {
      await assert.rejects(
        read(archive, limits),
        (error: ImageTransferError) => {
          assert.equal(error.code, code, `case ${i}: ${error.stack}`);
          assert.ok(error.sentence.ko && error.sentence.en);
          return true;
        },
        `case ${i}: ${code}`,
      );
    }
  });

  it("links of a layer stay inside its root, wherever they point", async () => {
    const tar = layerTarBytes([
      entry("other/", "", { type: "dir", mode: 0o755, content: undefined }),
      link("etc", "/../../../../other"),
      entry("etc/passwd", "inside"),
      link("up", "../../.."),
      entry("up/file", "inside too"),
    ]);
    const [image] = await read(withLayer(tar));
    assert.equal(image!.platforms.length, 1);
  });

  it("a bomb is stopped at the bound, not after it", async () => {
    const bomb = zeros(1 << 30);
    const before = process.memoryUsage().rss;
    await assert.rejects(read(bomb, { unpacked: 1 << 20 }), { code: "LB_ARCHIVE_LIMIT" });
    assert.ok(process.memoryUsage().rss - before < 64 << 20);
  });

  it("mutated and truncated ones are refused with a code, or read", async () => {
    const random = generator(12345);
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      try {
        await read(mutation(round, random));
      } catch (error) {
        refused++;
        assert.ok(error instanceof ImageTransferError, `round ${round}: ${(error as Error).stack}`);
      }
    }
    assert.ok(refused > 150, `${refused} refused`);
  });
});
