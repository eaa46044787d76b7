#!/usr/bin/env node
// `npm run bench [NAME…]`: measures test/bench/*.ts, one JSON line a case, each beside its kept figure; `--save` keeps the new ones.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuild } from "./lib/compile.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { ROOT, SCRIPTS } from "./lib/paths.mjs";
import { run } from "./lib/run.mjs";
import { Problem, runMain } from "./lib/say.mjs";

const FOLDER = path.join(ROOT, "test/bench");
const FIGURES = path.join(FOLDER, "figures.jsonl");

const keyOf = ({ bench, name }) => `${bench}: ${name}`;

function keptFigures() {
  if (!fs.existsSync(FIGURES)) return new Map();
  const lines = fs.readFileSync(FIGURES, "utf8").split("\n").filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line)).map((figure) => [keyOf(figure), figure]));
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: { save: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  await withLock("set-up", async () => {
    await ensureNodePackages({ dev: true });
    await ensureBuild(); // some cases start the built kernel and command
  });
  const names = fs
    .readdirSync(FOLDER)
    .filter(
      (name) =>
        name.endsWith(".ts") &&
        /^export const cases\b/m.test(fs.readFileSync(path.join(FOLDER, name), "utf8")),
    )
    .map((name) => name.slice(0, -3));
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Problem("LB_USAGE", {
      ko: { what: `${unknown}: 그런 측정이 없습니다.`, why: `있는 것: ${names.join(", ")}` },
      en: { what: `There is no bench ${unknown}.`, why: `There are: ${names.join(", ")}` },
      fix: [`npm run bench ${names[0] ?? ""}`],
    });

  const kept = keptFigures();
  const fresh = new Map(kept);
  const about = {
    node: process.versions.node,
    cpus: os.cpus().length,
    cpu: os.cpus()[0]?.model.trim(),
    date: new Date().toISOString().slice(0, 10),
  };
  let failed = 0;
  for (const name of positionals.length ? positionals : names) {
    const { code, output } = await run(
      process.execPath,
      ["--require", "tsx/cjs", path.join(SCRIPTS, "lib/bench-worker.cjs"), path.join(FOLDER, `${name}.ts`)],
      {
        cwd: ROOT,
        onLine: (line) => {
          if (!line.startsWith("{")) return;
          const figure = JSON.parse(line);
          const before = kept.get(keyOf(figure))?.median_ms;
          process.stdout.write(`${JSON.stringify(before ? { ...figure, kept_ms: before } : figure)}\n`);
          fresh.set(keyOf(figure), { ...figure, ...about });
        },
      },
    );
    if (code !== 0) {
      failed++;
      process.stderr.write(`✗ ${name}\n${output.split("\n").slice(-15).join("\n")}\n`);
    }
  }
  if (values.save) {
    const lines = [...fresh].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, figure]) => JSON.stringify(figure));
    fs.writeFileSync(FIGURES, `${lines.join("\n")}\n`);
  }
  return failed ? 1 : 0;
});
