// `npm start -- --uninstall`: removes everything the scripts made in the project, and never what a learner made.
import fs from "node:fs";
import path from "node:path";
import { DIST, ENV_DIR, INSTALLED, PACKAGE, ROOT, shown } from "./paths.mjs";
import { say } from "./say.mjs";

/** What the scripts make, all git-ignored. `learn/` is not in it. */
const MADE = INSTALLED
  ? [ENV_DIR]
  : [
      ENV_DIR,
      DIST,
      path.join(ROOT, "node_modules"),
      path.join(PACKAGE, "node_modules"),
      path.join(ROOT, ".cache"),
      path.join(ROOT, "test-results"),
      path.join(ROOT, "coverage"),
    ];

export function uninstall(learn) {
  for (const folder of MADE) {
    if (!fs.existsSync(folder)) continue;
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    say(`지웠습니다: ${shown(folder)}`, "removed");
  }
  if (fs.existsSync(learn)) say(`그대로 두었습니다: ${learn}`, "kept: your work");
}
