/** What people double-click: `start.command` on macOS and Linux, `시작.cmd` on Windows. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");

describe("the launchers", () => {
  const start = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    spawnSync("/bin/sh", [path.join(ROOT, "start.command"), ...args], {
      cwd: os.tmpdir(),
      encoding: "utf8",
      env,
    });

  it("start.command works from any folder and hands its options on", function () {
    if (process.platform === "win32") this.skip();
    const { status, stdout } = start(process.env, "--help");
    assert.equal(status, 0);
    assert.match(stdout, /--no-browser/);
  });

  it("start.command says how to get Node", function () {
    if (process.platform === "win32") this.skip();
    // start.command looks there by itself, as the Finder's PATH is short.
    const installed = ["/opt/homebrew/bin/node", "/usr/local/bin/node"].filter((file) => fs.existsSync(file));
    if (installed.length > 0) {
      console.log(`      SKIPPED: ${installed.join(", ")} would be found`);
      this.skip();
    }
    const empty = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-no-node-"));
    for (const name of ["dirname", "sh"]) {
      const file = ["/usr/bin", "/bin"]
        .map((folder) => path.join(folder, name))
        .find((one) => fs.existsSync(one));
      if (file) fs.symlinkSync(file, path.join(empty, name));
    }
    const { status, stdout } = start({ PATH: empty, HOME: empty }, "--help");
    fs.rmSync(empty, { recursive: true });
    assert.equal(status, 1);
    assert.match(stdout, /Node\.js 20\.19 이상이 필요합니다/);
  });

  it("시작.cmd has the line ends of cmd.exe and switches to UTF-8 before its first Korean word", () => {
    const text = fs.readFileSync(path.join(ROOT, "시작.cmd"), "utf8");
    assert.equal(text.replaceAll("\r\n", "").includes("\n"), false, "every line ends with CR LF");
    const korean = text.search(/[가-힣]/);
    assert.ok(text.indexOf("chcp 65001") >= 0 && text.indexOf("chcp 65001") < korean);
    assert.match(text, /node kernel-helpers\\scripts\\start\.mjs %\*/);
  });
});
