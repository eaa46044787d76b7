/** The package as npm hands it out: packed, installed into an empty folder, used there without this repository. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
const PACKAGE = path.join(ROOT, "kernel-helpers");
/** Packed, in bytes: the course, the catalog of base images and packages, the built library. Fonts and TypeScript are dependencies. */
const MOST_PACKED = 5_000_000;
/** Installed with all it depends on, in bytes; TypeScript, tslab and the fonts are two thirds of it. */
const MOST_INSTALLED = 260_000_000;

describe("the packed package", function () {
  this.timeout(600_000);
  let home: string;
  let app: string;
  const npm = (...args: string[]) =>
    execFileSync("npm", args, { cwd: home, encoding: "utf8", shell: process.platform === "win32" });
  const layerbook = (...args: string[]) =>
    spawnSync("npx", ["layerbook", ...args], {
      cwd: app,
      encoding: "utf8",
      shell: process.platform === "win32",
      env: { ...process.env, LAYERBOOK_CACHE_DIR: path.join(home, "cache"), LAYERBOOK_LANG: "en" },
    });

  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "레이어북 꾸러미 "));
    npm("pack", PACKAGE, "--pack-destination", home, "--loglevel=error");
    const packed = fs.readdirSync(home).find((name) => name.endsWith(".tgz")) ?? "";
    assert.ok(fs.statSync(path.join(home, packed)).size < MOST_PACKED, "larger than it should be");
    fs.writeFileSync(path.join(home, "package.json"), '{"private":true}');
    npm("install", `./${packed}`, "--no-audit", "--no-fund", "--loglevel=error");
    app = path.join(home, "내 앱");
    fs.mkdirSync(app);
    fs.writeFileSync(path.join(app, "Dockerfile"), "FROM node:22-alpine\nCOPY . /app\n");
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  it("has the built library, the course and the licence, and no test data or sources", () => {
    const files = fs.readdirSync(path.join(home, "node_modules/layerbook"));
    for (const name of [
      "dist",
      "content",
      "notebooks",
      "labextension",
      "scripts",
      "LICENSE",
      "NOTICE",
      "README.md",
    ])
      assert.ok(files.includes(name), name);
    for (const name of ["src", "test", "tsconfig.json"]) assert.ok(!files.includes(name), name);
    assert.ok(
      !fs.existsSync(path.join(PACKAGE, "content")),
      "nothing of the packing is left in the repository",
    );
  });

  it("takes no more room than it says", () => {
    let bytes = 0;
    for (const entry of fs.readdirSync(path.join(home, "node_modules"), {
      recursive: true,
      withFileTypes: true,
    }))
      if (entry.isFile()) bytes += fs.statSync(path.join(entry.parentPath, entry.name)).size;
    assert.ok(bytes < MOST_INSTALLED, `${bytes} bytes`);
  });

  it("builds as a command, explains, and knows its course", () => {
    assert.match(layerbook("build", ".").stderr, /\[2\/2\] COPY \. \/app/);
    const again = layerbook("build", ".");
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stderr, /\[2\/2\] COPY \. \/app\n#\d+ CACHED/);
    assert.equal(layerbook("whatif", ".").status, 0);
    assert.match(layerbook("reset", "99").stderr, /LB_NO_LESSON/);
  });

  it("is a library for require, import and TypeScript", () => {
    const body = `const lab = await Lab.open(); const r = await lab.build({ dockerfile: "FROM alpine\\nRUN echo 1 > /x\\n" }); console.log(r.exitCode, r.steps.length);`;
    fs.writeFileSync(
      path.join(app, "a.cjs"),
      `const { Lab } = require("layerbook"); (async () => { ${body} })();`,
    );
    fs.writeFileSync(path.join(app, "a.mjs"), `import { Lab } from "layerbook"; ${body}`);
    for (const file of ["a.cjs", "a.mjs"])
      assert.equal(execFileSync(process.execPath, [file], { cwd: app, encoding: "utf8" }), "0 2\n");
  });
});
