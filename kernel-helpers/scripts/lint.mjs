#!/usr/bin/env node
// `npm run lint`: types, eslint and format, as `npm test` checks them; `--fix` mends what can be mended.
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { ROOT } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { runMain, say } from "./lib/say.mjs";

await runMain(async () => {
  const { values } = parseArgs({ options: { fix: { type: "boolean", default: false } } });
  await ensureNodePackages({ dev: true });
  const modules = path.join(ROOT, "node_modules");
  if (values.fix) {
    const inherit = { cwd: ROOT, inherit: true };
    await run(process.execPath, [path.join(modules, "eslint/bin/eslint.js"), ".", "--fix"], inherit);
    await run(
      process.execPath,
      [path.join(modules, "prettier/bin/prettier.cjs"), "--write", "--log-level", "warn", "."],
      inherit,
    );
  }
  const { format, lint, typeCheck } = await import("./lib/tasks.mjs");
  let failed = 0;
  for (const part of [typeCheck, lint, format]) {
    const { name, ok, output, ms } = await part();
    if (!ok) process.stdout.write(`${output.trim()}\n`);
    say(`${ok ? "✓" : "✗"} ${name} (${(ms / 1000).toFixed(1)} s)`);
    failed += ok ? 0 : 1;
  }
  return failed ? 1 : 0;
});
