#!/usr/bin/env node
// `npm run build`: kernel-helpers/src → kernel-helpers/dist; `--force` builds even when nothing changed.
import { parseArgs } from "node:util";
import { ensureBuild } from "./lib/compile.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { runMain, say } from "./lib/say.mjs";

await runMain(async () => {
  const { values } = parseArgs({ options: { force: { type: "boolean", default: false } } });
  await withLock("set-up", async () => {
    await ensureNodePackages({ dev: false });
    if (!(await ensureBuild({ force: values.force }))) say("✓ 바뀐 것이 없습니다", "nothing to build");
  });
});
