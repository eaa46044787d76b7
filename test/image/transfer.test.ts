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
  ImageTransferError,
  type ImportedImage,
  importImages,
  type LayerForm,
  type LayoutFiles,
  type NamedExport,
  openArchive,
  OciLayout,
} from "../../kernel-helpers/src/image";
import { gather } from "../../kernel-helpers/src/platform";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const BASES = join(__dirname, "../fidelity/bases");
const NAME = "docker.io/library/memo:latest";
const amd64 = { os: "linux", architecture: "amd64" };
const tarOf = async (files: Promise<readonly ArchiveFile[]> | readonly ArchiveFile[]): Promise<Buffer> =>
  Buffer.from(await gather(archiveTar(await files)));

const imported = async (files: Promise<LayoutFiles>): Promise<ImportedImage[]> =>
  importImages(nodePlatform, await files);

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
        const tar = await tarOf(write(nodePlatform, [one], { layers }));
        assert.deepEqual(await tarOf(write(nodePlatform, [one], { layers })), tar, "the same twice");
        const [image, ...more] = await imported(openArchive(nodePlatform, tar));
        assert.ok(image && more.length === 0);
        assert.deepEqual(image.names, [NAME]);
        const other = await Lab.open({ bases: BASES });
        const named = await other.shelf.putImported(NAME, image, 5);
        if (layers === "keep")
          assert.equal(named.image.manifestDigest, lab.shelf.get(NAME)!.image.manifestDigest);
        assert.equal(named.image.configDigest, lab.shelf.get(NAME)!.image.configDigest);
        assert.deepEqual(await tarOf(write(nodePlatform, [await exported(other)])), tar);
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

  it("reads a docker archive of old: config and layer tars by folder, a layer twice by link", async () => {
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
    const Layers: string[] = [];
    for (const [i, layer] of manifest.layers.entries()) {
      file(`${i}/real.tar`, nodePlatform.gunzip(await gather(layer.pieces())));
      files.push({
        ...common,
        name: `${i}/layer.tar`,
        type: "symlink",
        size: 0,
        linkname: `../${i}/real.tar`,
      });
      Layers.push(`${i}/layer.tar`);
    }
    file("config.json", manifest.config.read());
    file(
      "manifest.json",
      Buffer.from(JSON.stringify([{ Config: "config.json", RepoTags: ["memo:old"], Layers }])),
    );
    const tar = layerTarBytes(files);
    const [image] = await imported(openArchive(nodePlatform, gzipSync(tar)));
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
    const tar = await tarOf(exportOci(nodePlatform, [{ names: [name], image: base.pack!() }]));
    const [image] = await imported(openArchive(nodePlatform, tar));
    const other = await Lab.open();
    await other.shelf.putImported(name, image!, 5);
    for (const architecture of ["amd64", "arm64"]) {
      const found = other.images.find(name, { os: "linux", architecture });
      assert.ok(!("error" in found), architecture);
      assert.equal(found.digest, base.digest);
    }
    const plain = exportOci(nodePlatform, [{ names: [name], image: base.pack!() }], { layers: "tar" });
    const [both] = await imported(openArchive(nodePlatform, await tarOf(plain)));
    assert.equal(both!.platforms.length, 2);
  });

  it("imports stay in the cache folder, serve later processes and go with their last name", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-import-"));
    try {
      const [image] = await imported(openArchive(nodePlatform, await tarOf(exportOci(nodePlatform, [one]))));
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
        await tarOf(exportOci(nodePlatform, [await exported(second, next)])),
        await tarOf(exportOci(nodePlatform, [await exported(first, next)])),
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

  it("a base that loses its name stays for the images that stand on it, and goes with them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-base-"));
    try {
      const cacheDir = folder;
      const [image] = await imported(openArchive(nodePlatform, await tarOf(exportOci(nodePlatform, [one]))));
      const next = "docker.io/library/next:latest";
      const first = await Lab.open({ cacheDir });
      await first.shelf.putImported(NAME, image!, 5);
      await first.build({ dockerfile: "FROM memo\nRUN echo y > /y\n", tags: ["next"] });
      const before = await tarOf(exportOci(nodePlatform, [await exported(first, next)]));
      await first.shelf.remove(NAME);
      assert.deepEqual(await tarOf(exportOci(nodePlatform, [await exported(first, next)])), before);
      const second = await Lab.open({ cacheDir });
      assert.deepEqual(
        second.shelf.all().map(({ name }) => name),
        [next],
      );
      assert.deepEqual(await tarOf(exportOci(nodePlatform, [await exported(second, next)])), before);
      assert.ok((await second.shelf.get(next)!.root()).lstat("/app/made"));
      assert.notEqual((await second.build({ dockerfile: "FROM memo\nRUN cat /app/made\n" })).exitCode, 0);
      await second.shelf.remove(next);
      const third = await Lab.open({ cacheDir });
      const kept = (await third.shelf.values!.keys()).filter((key) => /^v1\/(image|image-blob)\//.test(key));
      assert.deepEqual(kept, []);
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
        const files = await exportOci(nodePlatform, [one], { layers });
        for (const file of files) {
          const { path } = file;
          mkdirSync(dirname(join(oci, path)), { recursive: true });
          writeFileSync(join(oci, path), await gather(file.pieces()));
        }
        const said = JSON.parse(skopeo("inspect", `oci:${oci}:latest`)) as {
          Digest: string;
          Layers: string[];
        };
        const stored = lab.shelf.get(NAME)!.image;
        if (layers === "keep") assert.equal(said.Digest, stored.manifestDigest);
        assert.equal(said.Layers.length, stored.layers.length);
        const docker = join(folder, `docker-${layers}.tar`);
        writeFileSync(docker, await tarOf(exportDockerArchive(nodePlatform, [one], { layers })));
        const copy = join(folder, `copy-${layers}`);
        skopeo("copy", `docker-archive:${docker}:memo:latest`, `oci:${copy}:again`);
        const tar = join(folder, `oci-${layers}.tar`);
        writeFileSync(tar, await tarOf(files));
        skopeo(
          "copy",
          `oci-archive:${tar}:latest`,
          `docker-archive:${join(folder, `back-${layers}.tar`)}:memo:back`,
        );
        const [back] = await imported(
          openArchive(nodePlatform, readFileSync(join(folder, `back-${layers}.tar`))),
        );
        assert.deepEqual(back!.names, ["docker.io/library/memo:back"]);
        assert.ok(back!.blobs.has(stored.configDigest));
        await importImages(nodePlatform, (path) =>
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
