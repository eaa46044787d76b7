import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layerbook } from "./command";

const LOG = join(__dirname, "../report/ci-logs/cache-mount.log");

describe("cli: ci, compare, other tools' output", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layerbook cli "));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const project = (name: string, files: Readonly<Record<string, string>>): string => {
    const directory = join(folder, name);
    mkdirSync(directory, { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(directory, path), text);
    return directory;
  };

  it("ci: reads a file and standard input, with limits", async () => {
    const { code, out } = await layerbook(["ci", LOG]);
    assert.equal(code, 0);
    assert.match(out, /먼저 할 일/);
    const piped = await layerbook(["ci", "-", "--table=json"], {
      stdin: () => Promise.resolve("#1 [1/2] RUN x\n#1 DONE 3.0s\n"),
      locale: "en",
    });
    assert.equal((JSON.parse(piped.out) as { builds: unknown[] }).builds.length, 1);
    assert.equal((await layerbook(["ci", LOG, "--max-time", "10"])).code, 1);
    assert.equal((await layerbook(["ci", LOG, "--max-time", "600"])).code, 0);
    for (const [args, code2, pattern] of [
      [["ci"], 2, /LB_ARGUMENTS/],
      [["ci", LOG, "--before", "."], 2, /LB_ARGUMENTS/],
      [["ci", LOG, "--max-time", "x"], 2, /LB_FLAG_VALUE/],
      [["ci", "/없는/로그"], 1, /LB_NO_FILE/],
    ] as const) {
      const { code: got, err } = await layerbook(args);
      assert.equal(got, code2);
      assert.match(err, pattern);
    }
    writeFileSync(join(folder, "empty.log"), "nothing here\n");
    assert.equal((await layerbook(["ci", join(folder, "empty.log")])).code, 1);
  });

  it("ci: names the file when both trees are given", async () => {
    const Dockerfile = "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN echo hi\n";
    const before = project("before", { Dockerfile, "server.js": "1", "gone.txt": "" });
    const after = project("after", { Dockerfile, "server.js": "2", "gone.txt": "" });
    const log = join(folder, "build.log");
    writeFileSync(
      log,
      "#1 [2/4] WORKDIR /app\n#1 DONE 0.1s\n\n#2 [3/4] COPY . .\n#2 DONE 0.1s\n\n#3 [4/4] RUN echo hi\n#3 DONE 9.0s\n",
    );
    const { out, code } = await layerbook(["ci", log, "--before", before, "--after", after]);
    assert.equal(code, 0);
    assert.match(out, /\[계산\] \[3\/4\] COPY \. \.: .*server\.js/);
    assert.match(out, /재사용되어/);
    assert.ok(!out.includes("gone.txt"));
  });

  it("compare: the last two builds of a directory, and two images", async () => {
    const cache = ["--cache-dir", join(folder, "cache")];
    const directory = project("app", { Dockerfile: "FROM node:22-slim\nCOPY . /app\n", a: "1" });
    assert.match((await layerbook(["compare", directory, ...cache])).err, /LB_NO_BUILD/);
    await layerbook(["build", "-q", "-t", "m:1", ...cache, directory]);
    writeFileSync(join(directory, "a"), "22");
    await layerbook(["build", "-q", "-t", "m:2", ...cache, directory]);
    const last = await layerbook(["compare", directory, ...cache]);
    assert.equal(last.code, 0, last.err);
    assert.match(last.out, /▲ 원인 \(a 내용\)/);
    const images = await layerbook(["compare", "m:1", "m:2", "--exit-code", ...cache]);
    assert.equal(images.code, 1);
    assert.match(images.out, /app\/a +~ 내용/);
    assert.equal((await layerbook(["compare", "m:1", "m:1", "--exit-code", ...cache])).code, 0);
    assert.equal((await layerbook(["compare", "a", "b", "c"])).code, 2);
    assert.match((await layerbook(["compare", "m:1", "m:9", ...cache])).err, /LB_NO_IMAGE/);
  });

  it("history, layers and waste read what docker and dive print, and say what is missing", async () => {
    const history = join(folder, "history.json");
    writeFileSync(history, '{"CreatedBy":"RUN make","Size":"12MB","ID":"x","CreatedAt":"","Comment":""}\n');
    const layers = await layerbook(["layers", history]);
    assert.match(layers.out, /RUN make .* 12MB/);
    assert.match(layers.err, /docker history에는/);
    assert.match((await layerbook(["history", history])).out, /RUN make/);
    const waste = await layerbook(["waste", history]);
    assert.equal(waste.code, 1);
    assert.match(waste.err, /LB_FILES_UNKNOWN/);
    const inspect = '[{"Id":"sha256:1","Config":{},"RootFS":{"Layers":["sha256:0123456789"]}}]';
    const piped = await layerbook(["layers", "-"], { stdin: () => Promise.resolve(inspect) });
    assert.match(piped.out, /01234567/);
    assert.match(
      (await layerbook(["history", "-"], { stdin: () => Promise.resolve(inspect) })).err,
      /LB_NO_HISTORY/,
    );
    assert.match((await layerbook(["layers", "-"])).err, /LB_NOT_AN_IMAGE/);
  });
});
