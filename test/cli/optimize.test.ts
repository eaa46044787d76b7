/** `layerbook optimize`: what it writes and keeps, weights of a file, one rule, errors. */

import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

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
    rmSync(join(folder, "Dockerfile"));
    assert.match(
      (await run(".")).err,
      /failed to read dockerfile: open Dockerfile: no such file or directory/,
      "as whatif and build say it",
    );
    writeFileSync(join(folder, "Dockerfile"), "");
    assert.match((await run(".")).err, /the Dockerfile cannot be empty/);
  });
});

describe("optimize: several Dockerfiles", function () {
  this.timeout(60_000);
  const APT = "RUN apt-get update\nRUN apt-get install -y curl\n";
  const COMPOSE = `services:
  web: {build: {context: ., dockerfile: web/Dockerfile}}
  api: {build: {context: ., dockerfile: api/Dockerfile}}
  tool:
    build:
      context: api
      dockerfile_inline: |
        FROM base
        RUN apt-get update
        RUN apt-get install -y git
      additional_contexts: {base: "service:api"}
`;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layerbook 여럿 "));
    put({
      "web/Dockerfile": `FROM node:22-slim\nWORKDIR /app\nCOPY . .\n${APT}`,
      "web/index.js": "1",
      "api/Dockerfile": `FROM debian:bookworm-slim\nCOPY api/main.js /app/\n`,
      "api/main.js": "1",
      "api/debug.log": "x".repeat(5000),
      ".dockerignore": "dist\n",
      "compose.yaml": COMPOSE,
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const put = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  };
  const run = (...args: string[]): ReturnType<typeof layerbook> =>
    layerbook(["optimize", ...args], { cwd: folder });
  const text = (name: string): string => readFileSync(join(folder, name), "utf8");

  it("proves each of a compose file, and sums up", async () => {
    const { code, out, err } = await run("-f", "compose.yaml");
    assert.equal(code, 0, err);
    for (const name of ["web", "api", "tool"]) assert.match(out, new RegExp(`^── ${name}`, "m"));
    assert.match(out, /이미지 3개/);
    assert.match(out, /web +\d+/);
    assert.match(out, /RUN apt-get update \\\n.*git/);
    assert.equal(existsSync(join(folder, "web/Dockerfile.orig")), false);
    const json = JSON.parse((await run("-f", "compose.yaml", "--json")).out) as (Optimization & {
      name: string;
    })[];
    assert.deepEqual(
      json.map(({ name, file }) => [name, file]),
      [
        ["web", "web/Dockerfile"],
        ["api", "api/Dockerfile"],
        ["tool", "compose.yaml"],
      ],
    );
    assert.equal(json[1]!.proposals.length, 0);
  });

  it("a context that several share keeps its .dockerignore: entries go beside the Dockerfile", async () => {
    const { code, err } = await run("--write", "-f", "compose.yaml");
    assert.equal(code, 0, err);
    assert.equal(text(".dockerignore"), "dist\n");
    assert.equal(text("web/Dockerfile.dockerignore"), "dist\n**/*.log\n");
    assert.match(text("web/Dockerfile"), /^FROM .*\nWORKDIR \/app\nRUN apt-get update \\\n/);
    assert.equal(existsSync(join(folder, "api/Dockerfile.orig")), false);
    assert.equal(text("compose.yaml"), COMPOSE);
    assert.match(err, /tool: .*compose\.yaml/, "an inline Dockerfile is not written");
    const again = await run("--write", "-f", "web/Dockerfile", "-f", "api/Dockerfile", ".");
    assert.equal(again.code, 0, again.err);
    assert.equal(again.out.match(/증명하지 못했습니다/g)?.length, 2, again.out);
  });

  it("writes no Dockerfile that several targets use, and says so", async () => {
    put({
      "docker-bake.hcl": `group "default" { targets = ["a", "b"] }
target "a" { dockerfile = "web/Dockerfile" }
target "b" {
  dockerfile = "web/Dockerfile"
  args = { X = "1" }
}
`,
    });
    const before = text("web/Dockerfile");
    const { code, err } = await run("--write", "-f", "docker-bake.hcl");
    assert.equal(code, 0, err);
    assert.equal(text("web/Dockerfile"), before);
    assert.match(err, /a, b.*web\/Dockerfile/);
    const one = await run("--write", "-f", "docker-bake.hcl", "a");
    assert.equal(one.code, 0, one.err);
    assert.notEqual(text("web/Dockerfile"), before);
  });

  it("--all, a Dockerfile that does not build, wrong flags", async () => {
    put({ "api/Dockerfile": "FROM debian:bookworm-slim\nCOPY nosuch /\nRUN npm ci\n" });
    const { code, out } = await run("--all", ".");
    assert.equal(code, 1);
    assert.match(out, /"\/nosuch": not found/);
    assert.match(out, /merge-apt/);
    assert.equal((await run("--all", "--rule", "nope", ".")).code, 2);
    assert.match((await run("--rule", "merge-atp", ".")).err, /merge-apt/);
    assert.equal((await run("-f", "compose.yaml", "nobody")).code, 2);
    assert.match((await run("--all", "web/none")).err, /LB_NO_D/);
  });
});
