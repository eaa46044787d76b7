/** `layerbook docker …`: the simulated engine in a real shell, over the user's store. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layerbook } from "./command";

const BASES = join(__dirname, "../fidelity/bases");

describe("layerbook docker", function () {
  this.timeout(60_000);
  let cwd: string;
  before(() => {
    cwd = mkdtempSync(join(tmpdir(), "layerbook-docker-"));
    mkdirSync(join(cwd, "앱"));
    writeFileSync(
      join(cwd, "앱/Dockerfile"),
      'FROM node:22-slim\nCOPY note.txt /\nCMD ["cat", "/note.txt"]\n',
    );
    writeFileSync(join(cwd, "앱/note.txt"), "안녕\n");
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));
  const run = (...args: string[]): ReturnType<typeof layerbook> =>
    layerbook(["docker", ...args], {
      cwd,
      env: { PATH: "/nowhere", LAYERBOOK_CACHE_DIR: join(cwd, "cache") },
      stdin: () => Promise.resolve("들어온 것\n"),
    });

  it("builds as layerbook build does, and keeps images and containers from command to command", async () => {
    assert.equal((await run("build", "-q", "-t", "memo", "앱")).code, 0);
    assert.equal((await run("run", "--name", "c", "memo")).out, "안녕\n");
    assert.equal((await run("run", "--name", "d", "memo", "sh", "-c", "echo x > /x; exit 7")).code, 7);
    assert.equal((await run("diff", "d")).out, "A /x\n");
    assert.equal((await run("run", "--rm", "-i", "memo", "cat")).out, "들어온 것\n");
    assert.equal((await run("commit", "d", "memo:x")).code, 0);
    assert.equal((await run("run", "--rm", "memo:x", "cat", "/x")).out, "x\n");
    assert.equal((await run("ps", "-a", "--format", "{{.Names}}")).out, "d\nc\n");
    assert.equal((await run("cp", "c:/note.txt", "copy.txt")).code, 0);
    assert.equal(readFileSync(join(cwd, "copy.txt"), "utf8"), "안녕\n");
    assert.equal((await run("rm", "c", "d")).out, "c\nd\n");
    assert.equal((await run("ps", "-aq")).out, "");
  });

  it("answers --help and -h of docker's own, and words of refusal", async () => {
    assert.match((await run("--help")).out, /Usage: {2}docker \[OPTIONS\] COMMAND/);
    assert.match((await run("run", "--help")).out, /^Usage: {2}docker run/);
    assert.match((await run("run", "-h")).err, /flag needs an argument: 'h' in -h/);
    const refused = await run("save", "-o", "memo.tar", "memo");
    assert.equal(refused.code, 1);
    assert.match(refused.err, /LB_CATALOG_IMAGE/);
    assert.match((await run("nosuch")).err, /unknown command: docker nosuch/);
    const missing = await layerbook(["build", "--bases", `${BASES}-none`, "앱"], { cwd, env: {} });
    assert.match(missing.err, /LB_NO_DIRECTORY/);
  });
});
