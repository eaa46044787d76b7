/** Images out to archives and in again: byte for byte, readable by skopeo and umoci, and hostile archives refused by name. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

import { Lab } from "../../kernel-helpers/src";
import { layerTarBytes, type LayerEntry } from "../../kernel-helpers/src/filesystem";
import {
  type ArchiveFile,
  archiveTar,
  exportDockerArchive,
  exportOci,
  IMPORT_LIMITS,
  ImageTransferError,
  importImages,
  type LayerForm,
  type NamedExport,
  openArchive,
  OciLayout,
} from "../../kernel-helpers/src/image";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const BASES = join(__dirname, "../fidelity/bases");
const NAME = "docker.io/library/memo:latest";
const amd64 = { os: "linux", architecture: "amd64" };
const bytesOf = (pieces: Iterable<Uint8Array>): Buffer => Buffer.concat([...pieces]);
const tarOf = (files: readonly ArchiveFile[]): Buffer => bytesOf(archiveTar(files));

async function built(options: { bases?: string; cacheDir?: string } = { bases: BASES }): Promise<Lab> {
  const lab = await Lab.open(options);
  lab.context.write("메모 장.txt", "안녕하세요\n");
  lab.context.write("a/b/run.sh", "#!/bin/sh\necho hi\n", { mode: 0o755 });
  const result = await lab.build({
    dockerfile: 'FROM busybox\nWORKDIR /app\nCOPY . .\nRUN rm "메모 장.txt" && echo x > made\nCMD ["sh"]\n',
    tags: ["memo"],
  });
  assert.equal(result.exitCode, 0, result.progress("plain"));
  return lab;
}

async function exported(lab: Lab, name = NAME): Promise<NamedExport> {
  const image = await lab.shelf.pack(name);
  assert.ok(image, name);
  return { names: [name], image };
}

describe("images out and in", function () {
  this.timeout(60_000);
  let lab: Lab;
  let one: NamedExport;
  before(async () => {
    lab = await built();
    one = await exported(lab);
  });

  for (const [kind, write] of [
    ["OCI layout", exportOci],
    ["docker archive", exportDockerArchive],
  ] as const) {
    for (const layers of ["keep", "tar", "gzip"] as LayerForm[]) {
      it(`${kind}, layers ${layers}: export, import, export gives the same bytes`, async () => {
        const tar = tarOf(write(nodePlatform, [one], { layers }));
        assert.deepEqual(tarOf(write(nodePlatform, [one], { layers })), tar, "the same twice");
        const [image, ...more] = importImages(nodePlatform, openArchive(nodePlatform, tar));
        assert.ok(image && more.length === 0);
        assert.deepEqual(image.names, [NAME]);
        const other = await Lab.open({ bases: BASES });
        const named = await other.shelf.putImported(NAME, image, 5);
        if (layers === "keep")
          assert.equal(named.image.manifestDigest, lab.shelf.get(NAME)!.image.manifestDigest);
        assert.equal(named.image.configDigest, lab.shelf.get(NAME)!.image.configDigest);
        assert.deepEqual(tarOf(write(nodePlatform, [await exported(other)])), tar);
        const root = await named.root();
        assert.equal(Buffer.from(root.readFile("/app/made").read()).toString(), "x\n");
        assert.equal(root.lstat("/app/메모 장.txt"), undefined);
        const next = await other.build({
          dockerfile: "FROM memo\nRUN cat /app/a/b/run.sh > /copy\n",
          tags: ["next"],
        });
        assert.equal(next.exitCode, 0, next.progress("plain"));
        assert.equal(next.image!.layers.length, named.image.layers.length + 1);
        assert.equal(next.image!.unknownContents, undefined);
        await exported(other, "docker.io/library/next:latest");
      });
    }
  }

  it("reads a docker archive of old: config and layer tars by folder, a layer twice by link", () => {
    const manifest = one.image.manifests[0]!;
    const files: LayerEntry[] = [];
    const common = { uid: 0, gid: 0, mtime: 0, mode: 0o644 };
    const file = (name: string, data: Uint8Array): void => {
      files.push({
        ...common,
        name,
        type: "file",
        size: data.length,
        content: { size: data.length, read: () => data },
      });
    };
    const Layers = manifest.layers.map((layer, i) => {
      file(`${i}/real.tar`, nodePlatform.gunzip(layer.read()));
      files.push({
        ...common,
        name: `${i}/layer.tar`,
        type: "symlink",
        size: 0,
        linkname: `../${i}/real.tar`,
      });
      return `${i}/layer.tar`;
    });
    file("config.json", manifest.config.read());
    file(
      "manifest.json",
      Buffer.from(JSON.stringify([{ Config: "config.json", RepoTags: ["memo:old"], Layers }])),
    );
    const tar = layerTarBytes(files);
    const [image] = importImages(nodePlatform, openArchive(nodePlatform, gzipSync(tar)));
    assert.deepEqual(image!.names, ["docker.io/library/memo:old"]);
    assert.ok(image!.blobs.has(manifest.config.digest));
  });

  it("keeps a multi-platform index as it is", async () => {
    const layout = new OciLayout(
      (path) => (existsSync(join(BASES, path)) ? readFileSync(join(BASES, path)) : undefined),
      nodePlatform,
    );
    const name = "docker.io/library/multi:latest";
    const base = layout.find(name, amd64);
    assert.ok(!("error" in base));
    const tar = tarOf(exportOci(nodePlatform, [{ names: [name], image: base.pack!() }]));
    const [image] = importImages(nodePlatform, openArchive(nodePlatform, tar));
    const other = await Lab.open();
    await other.shelf.putImported(name, image!, 5);
    for (const architecture of ["amd64", "arm64"]) {
      const found = other.images.find(name, { os: "linux", architecture });
      assert.ok(!("error" in found), architecture);
      assert.equal(found.digest, base.digest);
    }
    const plain = exportOci(nodePlatform, [{ names: [name], image: base.pack!() }], { layers: "tar" });
    assert.equal(importImages(nodePlatform, openArchive(nodePlatform, tarOf(plain)))[0]!.platforms.length, 2);
  });

  it("imports stay in the cache folder, serve later processes and go with their last name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-import-"));
    try {
      const [image] = importImages(
        nodePlatform,
        openArchive(nodePlatform, tarOf(exportOci(nodePlatform, [one]))),
      );
      const cacheDir = join(folder, "캐시 폴더");
      const first = await Lab.open({ cacheDir });
      await first.shelf.putImported(NAME, image!, 5);
      assert.equal(
        (await first.build({ dockerfile: "FROM memo\nRUN echo y > /y\n", tags: ["next"] })).exitCode,
        0,
      );
      const second = await Lab.open({ cacheDir });
      const next = "docker.io/library/next:latest";
      assert.ok((await second.shelf.get(next)!.root()).lstat("/app/made"));
      assert.deepEqual(
        tarOf(exportOci(nodePlatform, [await exported(second, next)])),
        tarOf(exportOci(nodePlatform, [await exported(first, next)])),
      );
      assert.equal(await second.shelf.alias(NAME, "docker.io/library/memo:v2"), true);
      await second.shelf.remove(NAME);
      const third = await Lab.open({ cacheDir });
      const again = await exported(third, "docker.io/library/memo:v2");
      assert.equal(again.image.root.digest, image!.root.digest);
      assert.equal((await third.build({ dockerfile: "FROM memo:v2\nRUN cat /app/made\n" })).exitCode, 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("of a catalog base are refused, saying how to get the real one", async () => {
    const simulated = await Lab.open();
    await simulated.build({ dockerfile: "FROM node:22\nRUN echo x > /x\n", tags: ["memo"] });
    await assert.rejects(simulated.shelf.pack(NAME), (error: ImageTransferError) => {
      assert.equal(error.code, "LB_CATALOG_IMAGE");
      assert.match(error.sentence.ko, /node:22.*docker save.*layerbook import/);
      assert.match(error.sentence.en, /memo.*node:22.*layerbook import/);
      return true;
    });
  });

  describe("hostile archives", () => {
    const entry = (name: string, data: string | Uint8Array, more: Partial<LayerEntry> = {}): LayerEntry => {
      const content = Buffer.from(data);
      return {
        name,
        type: "file",
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: 0,
        size: content.length,
        content: { size: content.length, read: () => content },
        ...more,
      };
    };
    const read = (entries: readonly LayerEntry[], limits = IMPORT_LIMITS): unknown =>
      importImages(nodePlatform, openArchive(nodePlatform, layerTarBytes(entries), limits), limits);
    /** An OCI layout of one layer whose tar is *tar*. */
    const withLayer = (tar: Uint8Array, changes: { diffId?: string; size?: number } = {}): LayerEntry[] => {
      const blob = gzipSync(tar);
      const digest = (data: Uint8Array | string): string => "sha256:" + nodePlatform.sha256Hex(data);
      const config = JSON.stringify({
        os: "linux",
        architecture: "amd64",
        rootfs: { type: "layers", diff_ids: [changes.diffId ?? digest(tar)] },
      });
      const describe = (mediaType: string, data: Uint8Array | string): object => ({
        mediaType,
        digest: digest(data),
        size: Buffer.byteLength(data),
      });
      const manifest = JSON.stringify({
        config: describe("application/vnd.oci.image.config.v1+json", config),
        layers: [
          {
            ...describe("application/vnd.oci.image.layer.v1.tar+gzip", blob),
            ...(changes.size !== undefined && { size: changes.size }),
          },
        ],
      });
      return [
        ...[blob, config, manifest].map((data) => entry("blobs/" + digest(data).replace(":", "/"), data)),
        entry(
          "index.json",
          JSON.stringify({ manifests: [describe("application/vnd.oci.image.manifest.v1+json", manifest)] }),
        ),
      ];
    };

    it("are refused by name", () => {
      const good = layerTarBytes([entry("ok", "ok")]);
      read(withLayer(good));
      const legacy = (Config: unknown, Layers: unknown): LayerEntry[] => [
        entry("manifest.json", JSON.stringify([{ Config, Layers }])),
      ];
      const cases: [string, readonly LayerEntry[], Partial<typeof IMPORT_LIMITS>?][] = [
        ["LB_ARCHIVE_FORMAT", [entry("readme", "x")]],
        ["LB_ARCHIVE_PATH", [entry("../index.json", "{}")]],
        ["LB_ARCHIVE_PATH", [entry("/index.json", "{}")]],
        [
          "LB_ARCHIVE_PATH",
          [entry("a", "", { type: "symlink", linkname: "../../etc/passwd", content: undefined })],
        ],
        [
          "LB_ARCHIVE_PATH",
          [entry("a", "", { type: "symlink", linkname: "/etc/passwd", content: undefined })],
        ],
        [
          "LB_ARCHIVE_PATH",
          [entry("index.json", "", { type: "symlink", linkname: "index.json", content: undefined })],
        ],
        ["LB_ARCHIVE_PATH", legacy("../config", [])],
        ["LB_ARCHIVE_PATH", legacy("/etc/passwd", [])],
        ["LB_ARCHIVE_MISSING", legacy("config", [])],
        ["LB_ARCHIVE_JSON", legacy(5, [])],
        ["LB_ARCHIVE_JSON", [entry("manifest.json", "{}")]],
        ["LB_ARCHIVE_JSON", [entry("index.json", "{")]],
        ["LB_ARCHIVE_JSON", [entry("index.json", "null")]],
        [
          "LB_ARCHIVE_JSON",
          [entry("index.json", '{"manifests":[{"digest":"sha256:../../etc","mediaType":"a","size":1}]}')],
        ],
        ["LB_ARCHIVE_FORMAT", [entry("index.json", '{"manifests":[]}')]],
        [
          "LB_ARCHIVE_MISSING",
          [
            entry(
              "index.json",
              `{"manifests":[{"digest":"sha256:${"0".repeat(64)}","mediaType":"a","size":1}]}`,
            ),
          ],
        ],
        ["LB_ARCHIVE_DIGEST", withLayer(good, { diffId: "sha256:" + "0".repeat(64) })],
        ["LB_ARCHIVE_DIGEST", withLayer(good, { size: 1 })],
        ["LB_ARCHIVE_LAYER", withLayer(good.subarray(0, 513))],
        ["LB_ARCHIVE_LAYER", withLayer(layerTarBytes([entry("../../evil", "x")]))],
        [
          "LB_ARCHIVE_LAYER",
          withLayer(
            layerTarBytes([
              entry("h", "", { type: "hardlink", linkname: "../../etc/passwd", content: undefined }),
            ]),
          ),
        ],
        ["LB_ARCHIVE_LIMIT", withLayer(new Uint8Array(3 << 20)), { unpacked: 1 << 20 }],
        [
          "LB_ARCHIVE_LIMIT",
          withLayer(
            layerTarBytes([
              entry("a", "1"),
              entry("b", "2"),
              entry("c", "3"),
              entry("d", "4"),
              entry("e", "5"),
            ]),
          ),
          { entries: 4 },
        ],
        ["LB_ARCHIVE_LIMIT", [entry("index.json", `{"a":"${"x".repeat(2000)}"}`)], { document: 1000 }],
        ["LB_ARCHIVE_LIMIT", [entry("index.json", JSON.stringify({ manifests: new Array(65).fill({}) }))]],
      ];
      for (const [i, [code, entries, limits]] of cases.entries()) {
        assert.throws(
          () => read(entries, { ...IMPORT_LIMITS, ...limits }),
          (error: ImageTransferError) => {
            assert.equal(error.code, code, `case ${i}: ${error.stack}`);
            assert.ok(error.sentence.ko && error.sentence.en);
            return true;
          },
          `case ${i}: ${code}`,
        );
      }
    });

    it("a bomb is stopped at the bound, not after it", () => {
      const bomb = gzipSync(Buffer.alloc(256 << 20));
      const before = process.memoryUsage().rss;
      assert.throws(() => openArchive(nodePlatform, bomb, { ...IMPORT_LIMITS, unpacked: 1 << 20 }), {
        code: "LB_ARCHIVE_LIMIT",
      });
      assert.ok(process.memoryUsage().rss - before < 64 << 20);
    });

    it("mutated and truncated ones are refused with a code, or read", () => {
      const small = tarOf(
        withLayer(
          layerTarBytes([
            entry("a/b", "text"),
            entry("link", "", { type: "symlink", linkname: "../x", content: undefined }),
          ]),
        ).map(({ name, size, content }) => ({ path: name, size, read: () => content!.read() })),
      );
      let state = 12345;
      const random = (below: number): number => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return (state >>> 8) % below;
      };
      let refused = 0;
      for (let round = 0; round < 800; round++) {
        let copy = Buffer.from(small);
        const kind = round % 4;
        if (kind === 0) copy = copy.subarray(0, random(copy.length));
        else if (kind === 1) for (let i = 0; i <= random(4); i++) copy[random(copy.length)] = random(256);
        else if (kind === 2) {
          const at = random(copy.length - 600);
          copy.copyWithin(random(copy.length - 600), at, at + random(600));
        } else {
          // Change a header and mend its checksum, so that the change is read.
          const header = 512 * random(Math.floor(copy.length / 512));
          copy[header + random(345)] = 32 + random(95);
          copy.fill(32, header + 148, header + 156);
          const sum = copy.subarray(header, header + 512).reduce((all, byte) => all + byte, 0);
          copy.write(sum.toString(8).padStart(6, "0") + "\0 ", header + 148, "latin1");
        }
        try {
          importImages(
            nodePlatform,
            openArchive(nodePlatform, round % 8 < 4 ? copy : gzipSync(copy, { level: 1 })),
          );
        } catch (error) {
          refused++;
          assert.ok(error instanceof ImageTransferError, `round ${round}: ${(error as Error).stack}`);
        }
      }
      assert.ok(refused > 200, `${refused} refused`);
    });
  });

  describe("judged by other tools", () => {
    const has = (tool: string): boolean => spawnSync(tool, ["--version"]).status === 0;
    let folder: string;
    before(function () {
      const missing = ["skopeo", "umoci"].filter((tool) => !has(tool));
      if (missing.length > 0) {
        console.log(`      skipped: ${missing.join(" and ")} not installed (apt-get install skopeo umoci)`);
        this.skip();
      }
      folder = mkdtempSync(join(tmpdir(), "layerbook-oci-"));
    });
    after(() => folder && rmSync(folder, { recursive: true, force: true }));
    const skopeo = (...args: string[]): string =>
      execFileSync("skopeo", ["--insecure-policy", ...args], { encoding: "utf8" });

    for (const layers of ["keep", "tar"] as LayerForm[]) {
      it(`skopeo and umoci accept what is written, layers ${layers}`, async () => {
        const oci = join(folder, `oci-${layers}`);
        const files = exportOci(nodePlatform, [one], { layers });
        for (const file of files) {
          const { path } = file;
          mkdirSync(dirname(join(oci, path)), { recursive: true });
          writeFileSync(join(oci, path), file.read());
        }
        const said = JSON.parse(skopeo("inspect", `oci:${oci}:latest`)) as {
          Digest: string;
          Layers: string[];
        };
        const stored = lab.shelf.get(NAME)!.image;
        if (layers === "keep") assert.equal(said.Digest, stored.manifestDigest);
        assert.equal(said.Layers.length, stored.layers.length);
        const docker = join(folder, `docker-${layers}.tar`);
        writeFileSync(docker, tarOf(exportDockerArchive(nodePlatform, [one], { layers })));
        const copy = join(folder, `copy-${layers}`);
        skopeo("copy", `docker-archive:${docker}:memo:latest`, `oci:${copy}:again`);
        const tar = join(folder, `oci-${layers}.tar`);
        writeFileSync(tar, tarOf(files));
        skopeo(
          "copy",
          `oci-archive:${tar}:latest`,
          `docker-archive:${join(folder, `back-${layers}.tar`)}:memo:back`,
        );
        const [back] = importImages(
          nodePlatform,
          openArchive(nodePlatform, readFileSync(join(folder, `back-${layers}.tar`))),
        );
        assert.deepEqual(back!.names, ["docker.io/library/memo:back"]);
        assert.ok(back!.blobs.has(stored.configDigest));
        importImages(nodePlatform, (path) =>
          existsSync(join(copy, path)) ? readFileSync(join(copy, path)) : undefined,
        );
        const bundle = join(folder, `bundle-${layers}`);
        execFileSync("umoci", ["unpack", "--rootless", "--image", `${oci}:latest`, bundle]);
        const root = await lab.shelf.get(NAME)!.root();
        const compare = (path: string): void => {
          for (const name of root.readdir(path === "" ? "/" : path)) {
            const stat = root.lstat(`${path}/${name}`)!;
            const real = join(bundle, "rootfs", path, name);
            if (stat.type === "dir") compare(`${path}/${name}`);
            else if (stat.type === "file")
              assert.deepEqual(
                readFileSync(real),
                Buffer.from(root.readFile(`${path}/${name}`).read()),
                real,
              );
          }
        };
        compare("");
        assert.equal(existsSync(join(bundle, "rootfs/app/메모 장.txt")), false);
      });
    }
  });
});
