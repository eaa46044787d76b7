#!/usr/bin/env node
// `npm run handouts`: every lesson as a printable handout below handouts/; options of `layerbook handout` go before the defaults here.
import fs from "node:fs";
import path from "node:path";
import { ensureBuild } from "./lib/compile.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { DIST, ROOT, TEST_VENV, VENV } from "./lib/paths.mjs";
import { system } from "./lib/system.mjs";
import { run } from "./lib/run.mjs";
import { runMain } from "./lib/say.mjs";

/** JupyterLab runs the lessons: the project's own is found even when none is on PATH. */
function pathWithJupyter() {
  const own = [VENV, TEST_VENV].map(system.venvPython).filter((file) => fs.existsSync(file));
  return [process.env.PATH, ...own.map((file) => path.dirname(file))].join(path.delimiter);
}

await runMain(async () => {
  await withLock("set-up", async () => {
    await ensureNodePackages({ dev: false });
    await ensureBuild();
  });
  const given = process.argv.slice(2);
  const lessons = fs
    .readdirSync(path.join(ROOT, "notebooks"))
    .filter((name) => /^\d\d-/.test(name))
    .map((name) => path.join(ROOT, "notebooks", name, `${name}.ipynb`));
  const has = (option) => given.some((word) => word === option || word.startsWith(`${option}=`));
  const named = given.some(
    (word, at) => !word.startsWith("-") && !/^--(to|out|edition|title|timeout)$/.test(given[at - 1] ?? ""),
  );
  const { code } = await run(
    process.execPath,
    [
      path.join(DIST, "cli/main.js"),
      "handout",
      ...given,
      ...(has("--out") ? [] : ["--out", path.join(ROOT, "handouts")]),
      ...(has("--to") ? [] : ["--to", "html"]),
      ...(named ? [] : ["--execute", ...lessons]),
    ],
    { cwd: process.env.INIT_CWD ?? ROOT, inherit: true, env: { PATH: pathWithJupyter() } },
  );
  return code ?? 1;
});
