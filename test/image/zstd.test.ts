/** Layers packed with zstd: read in bounded memory, kept byte for byte. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

import { Lab } from "../../kernel-helpers/src";
import { layerTarBytes } from "../../kernel-helpers/src/filesystem";
import {
  archiveTar,
  exportDockerArchive,
  exportOci,
  ImageTransferError,
  importImages,
  openArchive,
  unzstd,
} from "../../kernel-helpers/src/image";
import { gather } from "../../kernel-helpers/src/platform";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { digestOf, entry, withLayer } from "./hostile";
import { zstdBomb, zstdFrame, zstdSkipped, zstdWindow } from "./zstd";

const FIXTURES = JSON.parse(readFileSync(join(__dirname, "zstd-fixtures.json"), "utf8")) as readonly {
  readonly data: "lines" | "zeros" | "empty";
  readonly args: string;
  readonly base64: string;
}[];
const DATA = {
  lines: Buffer.from(
    Array.from({ length: 8000 }, (_, i) => `${i} 층 layer ${(i * 7919) % 1000} ${"x".repeat(i % 50)}\n`).join(
      "",
    ),
  ),
  zeros: Buffer.alloc(300_000),
  empty: Buffer.alloc(0),
};
const ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";

describe("zstd", () => {
  it("unpacks what zstd packs, whole and in pieces of any size", () => {
    for (const { data, args, base64 } of FIXTURES) {
      const packed = Buffer.from(base64, "base64");
      assert.ok(DATA[data].equals(unzstd(packed)), `${data} ${args}`);
      const twice = Buffer.concat([zstdSkipped(5), packed, zstdSkipped(0), packed, zstdSkipped(3)]);
      assert.ok(Buffer.concat([DATA[data], DATA[data]]).equals(unzstd(twice)), `${data} ${args} twice`);
    }
  });

  it("refuses what is truncated, broken, too much, or asks for a window of gigabytes", () => {
    const packed = Buffer.from(FIXTURES.find(({ data }) => data === "lines")!.base64, "base64");
    for (const length of [1, 3, 4, 5, 8, 100, packed.length - 1])
      assert.throws(() => unzstd(packed.subarray(0, length)), Error, String(length));
    assert.throws(() => unzstd(Buffer.concat([packed, Buffer.from("x")])), /truncated/);
    assert.throws(() => unzstd(Buffer.from("not zstd at all")), /no frame/);
    assert.throws(() => unzstd(zstdWindow(18)), /a window of 268435456 bytes/);
    assert.equal(Buffer.from(unzstd(zstdWindow(10))).toString(), "a");
    const before = process.memoryUsage().arrayBuffers;
    assert.throws(() => unzstd(zstdBomb(100_000), 2 ** 20), RangeError);
    assert.ok(process.memoryUsage().arrayBuffers - before < 32 * 2 ** 20);
    for (let i = 0; i < packed.length; i += 811) {
      const broken = Buffer.from(packed);
      broken[i]! ^= 0x55;
      try {
        unzstd(broken, DATA.lines.length * 2);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
  });

  it("an image of such layers keeps its digests, serves as a base, and can be packed otherwise", async () => {
    const tar = Buffer.from(layerTarBytes([entry("한글/a.txt", "내용"), entry("b", "b".repeat(20_000))]));
    const layout = withLayer(tar, { blob: zstdFrame(tar), mediaType: ZSTD });
    const archive = Buffer.from(layerTarBytes(layout));
    for (const packed of [archive, gzipSync(archive), zstdFrame(archive)]) {
      const [image] = await importImages(nodePlatform, await openArchive(nodePlatform, packed));
      const lab = await Lab.open();
      await lab.shelf.putImported("docker.io/library/z:latest", image!, 1);
      const built = await lab.build({ dockerfile: "FROM z\nCOPY --from=z /한글/a.txt /c\n", tags: ["memo"] });
      assert.equal(built.error, undefined);
      assert.equal(built.image!.layers.at(-1)!.entries!.find(({ path }) => path === "c")?.size, 6);
      const again = (await lab.shelf.pack("docker.io/library/z:latest"))!;
      assert.equal(again.root.digest, image!.root.digest);
      assert.equal(again.manifests[0]!.layers[0]!.mediaType, ZSTD);
      const named = { names: ["docker.io/library/z:latest"], image: again };
      const written = await gather(archiveTar(await exportOci(nodePlatform, [named])));
      const [second] = await importImages(nodePlatform, await openArchive(nodePlatform, written));
      assert.equal(second!.root.digest, image!.root.digest);
      for (const [layers, ending] of [
        ["tar", ".tar"],
        ["gzip", "gzip"],
      ] as const) {
        const other = await gather(archiveTar(await exportOci(nodePlatform, [named], { layers })));
        const [third] = await importImages(nodePlatform, await openArchive(nodePlatform, other));
        const manifest = JSON.parse(
          Buffer.from(await gather([third!.blobs.get(third!.root.digest)!.read(0, 100_000)])).toString(),
        ) as { layers: { mediaType: string }[] };
        assert.ok(manifest.layers[0]!.mediaType.endsWith(ending));
        assert.deepEqual([...third!.sizes.keys()], [digestOf(tar)]);
      }
      const docker = await gather(archiveTar(await exportDockerArchive(nodePlatform, [named])));
      const [fourth] = await importImages(nodePlatform, await openArchive(nodePlatform, docker));
      assert.deepEqual([...fourth!.sizes.keys()], [digestOf(tar)]);
    }
    assert.ok(gunzipSync(gzipSync(archive)).equals(archive));
  });

  it("a layer that is none of what it says is refused by name", async () => {
    const tar = Buffer.from(layerTarBytes([entry("a", "a")]));
    const blob = zstdFrame(tar);
    for (const [bytes, code] of [
      [blob.subarray(0, blob.length - 3), "LB_ARCHIVE_LAYER"],
      [zstdWindow(20), "LB_ARCHIVE_LAYER"],
      [zstdFrame(Buffer.concat([tar, Buffer.alloc(512)])), "LB_ARCHIVE_DIGEST"],
    ] as const) {
      const archive = layerTarBytes(withLayer(tar, { blob: bytes, mediaType: ZSTD }));
      await assert.rejects(
        async () => importImages(nodePlatform, await openArchive(nodePlatform, archive)),
        (error) => error instanceof ImageTransferError && error.code === code,
        code,
      );
    }
    const bomb = layerTarBytes(withLayer(tar, { blob: zstdBomb(40_000), mediaType: ZSTD }));
    await assert.rejects(
      async () =>
        importImages(nodePlatform, await openArchive(nodePlatform, bomb), {
          limits: { document: 2 ** 20, manifests: 4, layers: 4, unpacked: 2 ** 22, entries: 100 },
        }),
      /LB_ARCHIVE_LIMIT|more than/,
    );
  });
});
