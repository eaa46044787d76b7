#!/usr/bin/env node
// `npm run site`: the browser edition as a folder of static files, dist/site; `--out DIR` makes it elsewhere.
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuild } from "./lib/compile.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { shown } from "./lib/paths.mjs";
import { runMain, say } from "./lib/say.mjs";

await runMain(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const base = process.env.INIT_CWD ?? process.cwd();
  await withLock("set-up", async () => {
    await ensureNodePackages({ dev: true });
    await ensureBuild();
    const { makeSite } = await import("./lib/site.mjs");
    const { target, bytes, files } = await makeSite(values.out && path.resolve(base, values.out));
    say(
      `✓ ${shown(target)} (파일 ${files}개, ${(bytes / 1e6).toFixed(1)} MB)`,
      `${files} files. Copy the folder to any web server, or: npx layerbook site --serve`,
    );
  });
});
