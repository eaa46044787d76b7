/** The commands of dist/layerbook-quick.js: the same answers as module by module, whatever lies beside it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { COMMANDS } from "../../kernel-helpers/src/cli/commands";
import { QUICK } from "../../kernel-helpers/src/cli/quick";

const DIST = path.resolve(__dirname, "../../kernel-helpers/dist");

describe("the quick commands", function () {
  let home: string;
  let app: string;
  before(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-quick-"));
    app = path.join(home, "내 앱");
    fs.mkdirSync(app);
    fs.writeFileSync(path.join(app, "Dockerfile"), 'FROM alpine\nCOPY . /app\nCMD ["sh"]\n');
  });
  after(() => fs.rmSync(home, { recursive: true, force: true }));

  const run = (...args: string[]) =>
    spawnSync(process.execPath, [path.join(DIST, "cli/main.js"), ...args], {
      cwd: app,
      encoding: "utf8",
      env: { ...process.env, LAYERBOOK_CACHE_DIR: path.join(home, "cache"), LAYERBOOK_LANG: "en" },
    });
  const compiled = () => {
    const folder = path.join(DIST, ".code-cache");
    return fs
      .readdirSync(folder)
      .filter((name) => name.startsWith(process.version))
      .map((name) => path.join(folder, name));
  };

  it("are commands", () => {
    for (const name of QUICK)
      assert.ok(
        COMMANDS.some((command) => command.name === name),
        name,
      );
  });

  it("keep their compiled code, and do without when it is damaged", () => {
    const first = run("build", ".");
    assert.equal(first.status, 0, first.stderr);
    assert.equal(compiled().length, 1);
    const second = run("build", ".");
    assert.match(second.stderr, /\[2\/2\] COPY \. \/app\n#\d+ CACHED/);
    for (const file of compiled()) fs.writeFileSync(file, "damaged");
    const third = run("build", ".");
    assert.equal(third.status, 0, third.stderr);
    assert.equal(third.stderr, second.stderr);
    assert.ok(fs.statSync(compiled()[0] ?? "").size > 10_000, "made again");
  });

  it("answer what the modules answer", () => {
    const script = `require(${JSON.stringify(path.join(DIST, "cli/dispatch.js"))})`;
    for (const args of [["--help"], ["why", "--table=text"], ["whatif", "."], ["check", "nowhere"]]) {
      const io = `{locale:"en",cwd:process.cwd(),env:process.env,out:(t)=>process.stdout.write(t),err:(t)=>process.stderr.write(t),signal:new AbortController().signal,stdin:async()=>""}`;
      const modules = spawnSync(
        process.execPath,
        ["-e", `${script}.main(${JSON.stringify(args)}, ${io}).then((code) => (process.exitCode = code))`],
        {
          cwd: app,
          encoding: "utf8",
          env: { ...process.env, LAYERBOOK_CACHE_DIR: path.join(home, "cache") },
        },
      );
      const quick = run(...args);
      assert.deepEqual(
        [quick.status, quick.stdout, quick.stderr],
        [modules.status, modules.stdout, modules.stderr],
        args.join(" "),
      );
    }
  });
});
