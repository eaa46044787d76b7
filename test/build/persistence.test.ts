/** A Lab with a cache directory: another process finds everything again. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bases, letters, openLab, SEED, SEED_FILES } from "./labs";
import { compiledFile } from "../kernel/package-under-test";

describe("a Lab with a cache directory", function () {
  this.timeout(60_000);
  let directory: string;
  let cacheDir: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "lb 캐시-"));
    cacheDir = join(directory, "cache");
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("hits in the next process, and gives the same image", async () => {
    const one = await openLab({ cacheDir });
    one.context.writeAll(SEED_FILES);
    const first = await one.build({ dockerfile: SEED });
    const two = await openLab({ cacheDir });
    two.context.writeAll(SEED_FILES);
    const second = await two.build({ dockerfile: SEED });
    assert.equal(letters(second), "Dcccc");
    assert.deepEqual(JSON.parse(JSON.stringify(second.image)), JSON.parse(JSON.stringify(first.image)));
  });

  it("goes on from stored results: an edit runs only what it must, and explains it", async () => {
    const one = await openLab({ cacheDir });
    one.context.writeAll(SEED_FILES);
    await one.build({ dockerfile: SEED });
    const two = await openLab({ cacheDir });
    two.context.writeAll({ ...SEED_FILES, "server.js": "// changed\n" });
    const second = await two.build({ dockerfile: SEED });
    assert.equal(letters(second), "cccc".replace("c", "D") + "D");
    assert.ok(
      second.steps[4]!.miss!.parts.some(
        ({ path, field }) => path === "file server.js" && field === "content digest",
      ),
    );
    const fresh = await openLab();
    fresh.context.writeAll({ ...SEED_FILES, "server.js": "// changed\n" });
    const other = await fresh.build({ dockerfile: SEED });
    assert.deepEqual(second.image!.history, other.image!.history);
    assert.deepEqual(
      second.image!.layers.map(({ diffId }) => diffId),
      other.image!.layers.map(({ diffId }) => diffId),
    );
  });

  it("keeps cache mounts, stages, links, named images", async () => {
    const text = [
      "FROM busybox AS build",
      "RUN --mount=type=cache,target=/c echo x >> /c/log && wc -l < /c/log > /n && ln -s n /link && ln /n /hard && mkfifo /pipe",
      "FROM busybox",
      "COPY --link --from=build /n /link /",
      "RUN cat /n",
    ].join("\n");
    const one = await openLab({ cacheDir });
    await one.build({ dockerfile: text, tags: ["kept"] });
    const two = await openLab({ cacheDir });
    const rerun = await two.build({ dockerfile: text.replace("echo x", "echo xx") });
    assert.deepEqual(rerun.steps.at(-1)!.output, ["2"]);
    assert.deepEqual(
      two.shelf.all().map(({ name }) => name),
      ["docker.io/library/kept:latest"],
    );
    const child = await two.build({ dockerfile: "FROM kept\nRUN cat /link\n" });
    assert.deepEqual(child.steps.at(-1)!.output, ["1"], child.error?.message);
  });

  it("sends only what changed, also to the next process", async () => {
    const contextDir = join(directory, "컨텍스트");
    mkdirSync(join(contextDir, "src dir"), { recursive: true });
    const write = (path: string, text: string, time: number): void => {
      writeFileSync(join(contextDir, path), text);
      utimesSync(join(contextDir, path), time, time);
    };
    write("Dockerfile", 'FROM busybox\nCOPY ["src dir", "/src"]\nRUN cat /src/*\n', 1704067200);
    write("src dir/a", "a\n", 1704067200);
    write("src dir/b", "b".repeat(5000) + "\n", 1704067200);
    const transfer = (record: { transfers: Readonly<Record<string, number>> }): number =>
      record.transfers["[internal] load build context"]!;
    const first = await (await openLab({ cacheDir, contextDir })).build();
    assert.equal(letters(first), "DDD");
    assert.ok(transfer(first) > 5000);
    const second = await (await openLab({ cacheDir, contextDir })).build();
    assert.equal(letters(second), "Dcc");
    assert.ok(transfer(second) < 200, `${transfer(second)}`);
    write("src dir/a", "changed\n", 1704067300);
    const third = await (await openLab({ cacheDir, contextDir })).build();
    assert.equal(letters(third), "cDD");
    assert.ok(transfer(third) < 300);
    assert.deepEqual(third.steps.at(-1)!.output[0], "changed");
    write("src dir/a", "CHANGED\n", 1704067300);
    const forged = await (await openLab({ cacheDir, contextDir })).build();
    assert.equal(letters(forged), "Dcc", "same size, same time: not sent, as in BuildKit");
  });

  it("is not misled by damage: what is lost is built again", async () => {
    const one = await openLab({ cacheDir });
    one.context.writeAll(SEED_FILES);
    const first = await one.build({ dockerfile: SEED });
    for (const file of files(join(cacheDir, "content-v2")))
      if (statSync(file).size > 400) writeFileSync(file, "damaged");
    const two = await openLab({ cacheDir });
    two.context.writeAll({ ...SEED_FILES, "server.js": "// changed\n" });
    const second = await two.build({ dockerfile: SEED });
    assert.equal(second.exitCode, 0, second.error?.message);
    assert.equal(second.image!.layers.length, first.image!.layers.length);
  });

  it("is emptied by prune", async () => {
    const one = await openLab({ cacheDir });
    await one.build({ dockerfile: "FROM busybox\nRUN echo 1\n" });
    await one.prune();
    assert.equal(
      letters(await (await openLab({ cacheDir })).build({ dockerfile: "FROM busybox\nRUN echo 1\n" })),
      "DD",
    );
  });

  it("joins its segments and forgets nothing", async () => {
    const lab = await openLab({ cacheDir });
    for (let n = 0; n < 40; n++) await lab.build({ dockerfile: `FROM busybox\nRUN echo ${n}\n` });
    const other = await openLab({ cacheDir });
    for (let n = 0; n < 40; n += 13) {
      assert.equal(letters(await other.build({ dockerfile: `FROM busybox\nRUN echo ${n}\n` })), "Dc");
    }
  });

  it("survives kills at any moment, and two processes at once", async () => {
    const script = `
      const { Lab } = require(${JSON.stringify(compiledFile("lab"))});
      const { nodeMachine } = require(${JSON.stringify(compiledFile("lab-node"))});
      (async () => {
        const lab = await Lab.openOn(nodeMachine(), { bases: ${JSON.stringify(bases)}, cacheDir: ${JSON.stringify(cacheDir)} });
        for (let n = 0; ; n++) {
          lab.context.write("f", String(n % 5));
          const r = await lab.build({ dockerfile: "FROM busybox\\nCOPY f /f\\nRUN cat /f && echo " + (n % 7) + "\\n" });
          if (r.exitCode !== 0) { console.error(r.error); process.exit(3); }
          process.stdout.write(".");
        }
      })();`;
    const run = (dots: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ["-e", script], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        let seen = 0;
        child.stdout.on("data", (data: Buffer) => {
          seen += data.length;
          if (seen >= dots) child.kill("SIGKILL");
        });
        child.on("exit", (code) => (code === null ? resolve() : reject(new Error(`ended with ${code}`))));
      });
    await Promise.all([run(7), run(11)]);
    await Promise.all([run(3), run(5)]);
    const lab = await openLab({ cacheDir });
    lab.context.write("f", "0");
    const result = await lab.build({ dockerfile: "FROM busybox\nCOPY f /f\nRUN cat /f && echo 0\n" });
    assert.deepEqual([result.exitCode, letters(result)], [0, "Dcc"]);
  });
});

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
