/** `layerbook optimize`: what it writes and keeps, weights of a file, one rule, errors. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Optimization } from "../../kernel-helpers/src/report";
import { layerbook } from "./command";

const DOCKERFILE =
  "FROM debian:bookworm-slim\nCOPY . /app/\nRUN apt-get update\nRUN apt-get install -y curl\n";

describe("optimize", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layerbook 제안 "));
    writeFileSync(join(folder, "Dockerfile"), DOCKERFILE);
    writeFileSync(join(folder, "소스.js"), "1\n");
    writeFileSync(join(folder, "debug.log"), "1\n");
    mkdirSync(join(folder, "docs"));
    writeFileSync(join(folder, "docs/a.md"), "1\n");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]): ReturnType<typeof layerbook> =>
    layerbook(["optimize", ...args], { cwd: folder });
  const text = (name: string): string => readFileSync(join(folder, name), "utf8");

  it("writes everything that holds together, makes .dockerignore, keeps the original, and is done then", async () => {
    const { code, err } = await run("--write", ".");
    assert.equal(code, 0, err);
    assert.match(
      text("Dockerfile"),
      /^FROM debian:bookworm-slim\nRUN apt-get update \\\n.*\n.*rm -rf \/var\/lib\/apt\/lists\/\*\nCOPY \. \/app\/\n$/,
    );
    assert.equal(text("Dockerfile.orig"), DOCKERFILE);
    assert.equal(text(".dockerignore"), "**/*.log\n");
    assert.match(err, /Dockerfile\.orig/);
    const again = await run("--write", ".");
    assert.deepEqual([again.code, again.out.includes("증명하지 못했습니다")], [0, true], again.out);
    assert.equal(text("Dockerfile.orig"), DOCKERFILE);
  });

  it("touches nothing unless asked, and never overwrites what was kept before", async () => {
    assert.equal((await run(".")).code, 0);
    assert.equal(text("Dockerfile"), DOCKERFILE);
    assert.equal(existsSync(join(folder, ".dockerignore")), false);
    writeFileSync(join(folder, "Dockerfile.orig"), "mine\n");
    const { code, err } = await run("--write", ".");
    assert.deepEqual([code, /LB_FILE_EXISTS/.test(err)], [1, true]);
    assert.deepEqual([text("Dockerfile"), text("Dockerfile.orig")], [DOCKERFILE, "mine\n"]);
  });

  it("--rule looks at one, --weights at other edits, --json prints the record", async () => {
    const one = JSON.parse((await run("--json", "--rule", "merge-apt", ".")).out) as Optimization;
    assert.deepEqual(
      one.proposals.map(({ rule }) => rule),
      ["merge-apt"],
    );
    writeFileSync(
      join(folder, "weights.json"),
      '{"kinds": {"base": 0, "source": 0, "other": 0}, "paths": {"docs/": 7}}',
    );
    const { weights } = JSON.parse(
      (await run("--json", "--weights", "weights.json", ".")).out,
    ) as Optimization;
    assert.deepEqual(weights, { source: "file", edits: [{ edit: "docs/ (a.md)", weight: 7 }] });
    const written = await run("--write", "--rule=merge-apt", ".");
    assert.equal(written.code, 0);
    assert.match(text("Dockerfile"), /^FROM .*\nCOPY \. \/app\/\nRUN apt-get update \\\n/);
  });

  it("says what is wrong with its options and with a Dockerfile that does not build", async () => {
    for (const [args, code, message] of [
      [["--weights", "none.json"], 1, /LB_WEIGHTS/],
      [["--weights"], 2, /LB_FLAG_VALUE/],
      [["--commits", "many", "."], 2, /LB_FLAG_VALUE/],
    ] as const) {
      const found = await run(...args);
      assert.deepEqual([found.code, message.test(found.err)], [code, true], found.err);
    }
    writeFileSync(join(folder, "weights.json"), '{"kinds": {"source": "often"}}');
    assert.match((await run("--weights", "weights.json", ".")).err, /LB_WEIGHTS/);
    writeFileSync(join(folder, "Dockerfile"), "FROM debian:bookworm-slim\nCOPY nosuch /\nRUN npm ci\n");
    const broken = await run(".");
    assert.deepEqual([broken.code, /LB_BUILD_REFUSED/.test(broken.err)], [1, true], broken.out + broken.err);
    writeFileSync(join(folder, "Dockerfile"), "FORM debian\n");
    assert.match((await run(".")).err, /unknown instruction: FORM/);
  });
});
