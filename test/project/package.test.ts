/** The built package as its users load it: require, import, TypeScript in both of its resolutions, and the command. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "./sources";

const PACKAGE = path.join(ROOT, "kernel-helpers");
const SEED = "FROM node\nWORKDIR /app\nCOPY . /app\n";

/** Builds twice and prints the statuses of the second build. */
const USE = `
  const lab = await Lab.open();
  lab.context.write("server.js", "1");
  await lab.build({ dockerfile: ${JSON.stringify(SEED)} });
  const second = await lab.build();
  console.log(second.exitCode, second.steps.map((step) => step.status).join());
`;

describe("the package for its users", function () {
  this.timeout(120_000);
  let home: string;

  before(function () {
    if (!fs.existsSync(path.join(PACKAGE, "dist/index.js"))) {
      if (process.env["CI"]) throw new Error("dist is not built");
      process.stdout.write("  - not built (npm run build)\n");
      this.skip();
    }
    home = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-user-")));
    fs.mkdirSync(path.join(home, "node_modules"));
    fs.symlinkSync(PACKAGE, path.join(home, "node_modules/layerbook"), "junction");
    fs.writeFileSync(path.join(home, "package.json"), "{}");
  });
  after(() => home && fs.rmSync(home, { recursive: true, force: true }));

  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: home, encoding: "utf8" });
  const put = (name: string, text: string) => fs.writeFileSync(path.join(home, name), text);

  it("require", () => {
    put("use.cjs", `const { Lab } = require("layerbook"); (async () => {${USE}})();`);
    assert.equal(node("use.cjs"), "0 DONE,CACHED,CACHED\n");
  });

  it("import", () => {
    put("use.mjs", `import { Lab } from "layerbook";${USE}`);
    assert.equal(node("use.mjs"), "0 DONE,CACHED,CACHED\n");
  });

  it("TypeScript sees its types, and refuses what is not there", () => {
    const text = `import { Lab, type BuildResult } from "layerbook";
async function main(): Promise<void> {
  const lab: Lab = await Lab.open();
  lab.context.write("a.js", "1", { mode: 0o644 });
  const result: BuildResult = await lab.build({ dockerfile: "FROM scratch", noCache: true });
  const status: "DONE" | "CACHED" | "ERROR" | "CANCELED" | null | undefined = result.steps[0]?.status;
  const text: string = result.progress("plain") + result.table("text") + status;
  void text;
  // @ts-expect-error a flag that docker build does not have
  await lab.build({ noCaches: true });
}
void main();
`;
    put("use.ts", text);
    const tsc = path.join(ROOT, "node_modules/typescript/lib/tsc.js");
    const types = ["--typeRoots", path.join(ROOT, "node_modules/@types"), "--types", "node"];
    for (const way of [
      ["--module", "nodenext"],
      ["--module", "esnext", "--moduleResolution", "bundler"],
    ]) {
      const args = [
        tsc,
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--pretty",
        "false",
        ...types,
        ...way,
        "use.ts",
      ];
      try {
        node(...args);
      } catch (error) {
        assert.fail(`${way.join(" ")}\n${(error as { stdout: string }).stdout}`);
      }
    }
  });

  it("the command builds a real directory, and finds everything the second time", () => {
    const app = path.join(home, "내 앱");
    fs.mkdirSync(app);
    fs.writeFileSync(path.join(app, "Dockerfile"), SEED);
    fs.writeFileSync(path.join(app, "server.js"), "1");
    const cache = ["--cache-dir", path.join(home, "cache")];
    const build = () =>
      spawnSync(
        process.execPath,
        [path.join(PACKAGE, "dist/cli/main.js"), "build", ...cache, "--progress", "plain", app],
        {
          cwd: home,
          encoding: "utf8",
        },
      );
    assert.equal(build().status, 0);
    const second = build();
    assert.equal(second.status, 0, second.stderr);
    assert.match(second.stderr, /\[2\/3\] WORKDIR \/app\n#\d+ CACHED/);
    assert.match(second.stderr, /\[3\/3\] COPY \. \/app\n#\d+ CACHED/);
  });
});
