/** Images at length: 10,000 broken archives, 500 MB in bounded memory, nothing written outside, many random round trips. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layerTarBytes } from "../../kernel-helpers/src/filesystem";
import { ImageTransferError, importImages, openArchive } from "../../kernel-helpers/src/image";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { type BigImage, bigImage } from "../bench/big-image";
import { layerbook } from "../cli/command";
import { entry, generator, link, mutation, withLayer, zeros } from "../image/hostile";
import { registryProgram, startRegistry } from "../image/real-registry";
import { roundTrips } from "../image/round-trip";

/** More than a command that opens the store takes. Bytes. */
const BOUND = 150e6;

describe("images at length", function () {
  this.timeout(3_600_000);

  it("10,000 mutated and truncated archives are refused with a code, or read", async () => {
    const random = generator(20_261_124);
    let refused = 0;
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 10_000; round++) {
      const archive = mutation(round, random);
      try {
        await importImages(nodePlatform, await openArchive(nodePlatform, archive));
      } catch (error) {
        refused++;
        assert.ok(error instanceof ImageTransferError, `round ${round}: ${(error as Error).stack}`);
      }
    }
    assert.ok(refused > 5000, `${refused} refused`);
    assert.ok(process.memoryUsage().rss - before < BOUND);
  });

  it("1,000 random images go out and in byte for byte", () => roundTrips(1000));

  it("nothing is written outside the cache, whatever an archive says", async () => {
    const folder = mkdtempSync(join(tmpdir(), "layerbook-outside-"));
    try {
      const cwd = join(folder, "a/b/c");
      mkdirSync(cwd, { recursive: true });
      const env = {
        PATH: process.env["PATH"] ?? "",
        LAYERBOOK_CACHE_DIR: join(folder, "cache"),
        TMPDIR: tmpdir(),
      };
      const listed = (): string[] =>
        readdirSync(folder, { recursive: true })
          .map(String)
          .filter((path) => !path.startsWith("cache"))
          .sort();
      const evil = [
        layerTarBytes([entry("../../../evil", "x")]),
        layerTarBytes([entry(`${folder}/evil`, "x")]),
        layerTarBytes([link("out", folder), entry("out/evil", "x")]),
        layerTarBytes([link("out", "../../.."), entry("out/evil", "x")]),
        layerTarBytes([link("h", `${cwd}/x.tar`, "hardlink"), entry("h", "overwritten")]),
      ];
      const archives = evil.flatMap((tar) => [tar, layerTarBytes(withLayer(tar))]);
      const random = generator(7);
      for (let round = 0; round < 200; round++) archives.push(mutation(round, random));
      writeFileSync(join(cwd, "x.tar"), "");
      const before = listed();
      for (const archive of archives) {
        writeFileSync(join(cwd, "x.tar"), archive);
        const said = await layerbook(["import", "x.tar", "--name", "evil"], { cwd, env });
        assert.ok(said.code === 0 || /\[LB_\w+\]/.test(said.err), said.err);
        assert.deepEqual(listed(), before);
        assert.ok(readFileSync(join(cwd, "x.tar")).equals(Buffer.from(archive)));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  describe("500 MB", () => {
    let image: BigImage;
    let idle: number;
    before(async () => {
      image = await bigImage(500);
      idle = (await image.layerbook(["history", "big"])).peak;
    });
    after(() => image?.close());
    const bounded = async (args: readonly string[], cache?: string): Promise<void> => {
      const { peak } = await image.layerbook(args, cache);
      console.log(
        `      ${args[0]}: ${Math.round((peak - idle) / 1e6)} MB over idle (${Math.round(idle / 1e6)} MB)`,
      );
      assert.ok(peak - idle < BOUND, `${args.join(" ")}: ${peak - idle} bytes over idle`);
    };
    for (const layers of ["keep", "tar"]) {
      it(`are exported and imported in bounded memory, byte for byte: layers ${layers}`, async () => {
        await bounded(["export", "big", "-o", `${layers}.tar`, "--layers", layers]);
        await bounded(["import", `${layers}.tar`], `cache-${layers}`);
        await bounded(["export", "big", "-o", `again-${layers}.tar`], `cache-${layers}`);
        await image.shell(`cmp ${layers}.tar again-${layers}.tar && rm again-${layers}.tar`);
        mkdirSync(join(image.folder, `next-${layers}`));
        writeFileSync(
          join(image.folder, `next-${layers}/Dockerfile`),
          "FROM big\nCOPY --from=big /data/file-7 /f\n",
        );
        await bounded(["build", "-q", `next-${layers}`], `cache-${layers}`);
      });
    }

    it("are pushed and pulled in bounded memory", async function () {
      const program = registryProgram();
      if (program === undefined) this.skip();
      const registry = await startRegistry(program);
      try {
        await bounded(["push", "big", `${registry.host}/big`]);
        await bounded(["pull", `${registry.host}/big`], "cache-pull");
      } finally {
        registry.stop();
      }
    });

    it("a bomb of 32 GiB is refused before it fills memory or disk", async () => {
      writeFileSync(join(image.folder, "bomb.tar.gz"), zeros(32 * 2 ** 30));
      await assert.rejects(image.layerbook(["import", "bomb.tar.gz"], "cache-bomb"), (error: Error) => {
        assert.match(error.message, /LB_ARCHIVE_LIMIT/);
        const peak = Number(/PEAK (\d+)/.exec(error.message)![1]) * 1024;
        assert.ok(peak - idle < BOUND);
        return true;
      });
    });
  });
});
