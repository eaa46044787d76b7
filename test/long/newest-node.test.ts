/** The whole suite once more on the newest Node, which comes as the npm package `node`; nothing of it is installed in the project. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "../project/sources";

const NEWEST = "26.10.0";

describe("the newest Node", () => {
  let folder: string;

  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-newest-node-"))));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it(`${NEWEST} passes npm test`, () => {
    fs.writeFileSync(path.join(folder, "package.json"), '{"private": true}');
    const npm = spawnSync("npm", ["install", "--no-audit", "--no-fund", `node@${NEWEST}`], {
      cwd: folder,
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    assert.equal(npm.status, 0, npm.stderr);
    const bin = path.join(folder, "node_modules/node/bin");
    const node = path.join(bin, process.platform === "win32" ? "node.exe" : "node");
    // What a test starts by the name `node` is the newest one too.
    const PATH = [bin, process.env["PATH"]].join(path.delimiter);
    const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
    assert.equal(version, `v${NEWEST}`);
    const suite = spawnSync(node, [path.join(ROOT, "kernel-helpers/scripts/test.mjs")], {
      cwd: ROOT,
      encoding: "utf8",
      env: { ...process.env, PATH },
      maxBuffer: 2 ** 28,
    });
    assert.equal(suite.status, 0, suite.stdout.slice(-20_000));
  });
});
