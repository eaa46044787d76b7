#!/usr/bin/env node
// What `npm pack` does before and after (`--clean`): an installed package has the course, the lessons and the texts of the project inside.
import fs from "node:fs";
import path from "node:path";
import { ensureBuild } from "./lib/compile.mjs";
import { PACKAGE, ROOT } from "./lib/paths.mjs";
import { runMain } from "./lib/say.mjs";

/** Copied from beside the package into it. */
const COPIED = ["content", "notebooks", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md"];

/** Pictures of the README are no part of the course. */
const isWanted = (file) => path.relative(ROOT, file) !== path.join("content", "pictures");

function clean() {
  for (const name of COPIED) fs.rmSync(path.join(PACKAGE, name), { recursive: true, force: true });
}

await runMain(async () => {
  clean();
  if (process.argv.includes("--clean")) return;
  await ensureBuild();
  for (const name of COPIED)
    fs.cpSync(path.join(ROOT, name), path.join(PACKAGE, name), { recursive: true, filter: isWanted });
});
