// The parts of `npm test`: each runs one program and answers what it found.
import fs from "node:fs";
import path from "node:path";
import { filesBelow } from "./fingerprint.mjs";
import { ENV_DIR, PACKAGE, ROOT, SCRIPTS } from "./paths.mjs";
import { run } from "./run.mjs";

const MODULES = path.join(ROOT, "node_modules");
const bin = {
  tsc: "typescript/lib/tsc.js",
  eslint: "eslint/bin/eslint.js",
  prettier: "prettier/bin/prettier.cjs",
  mocha: "mocha/bin/mocha.js",
};
const CACHE = path.join(ENV_DIR, "cache");

/** Folders of tests that start processes, in groups that can run beside one another. */
const SYSTEM = {
  kernel: ["kernel"],
  pages: ["lab", "handout", "site"],
  commands: ["notebook", "cli", "project"],
};

/** Runs one of the installed tools with this Node. */
function tool(name, args, options) {
  return run(process.execPath, [path.join(MODULES, bin[name]), ...args], { cwd: ROOT, ...options });
}

/** A check that is not mocha's: `{ name, ok, output, ms }`. */
async function check(name, work) {
  const since = Date.now();
  const { code, output } = await work();
  return { name, ok: code === 0, output, ms: Date.now() - since };
}

/** Types of one TypeScript project. */
const types = (project, name) =>
  check(name, () =>
    tool("tsc", [
      "-p",
      project,
      "--noEmit",
      "--pretty",
      "false",
      "--incremental",
      "--tsBuildInfoFile",
      path.join(CACHE, `${name.replaceAll(" ", "-")}.tsbuildinfo`),
    ]),
  );

/** Types of sources and tests together. */
export const typeCheck = () => types(ROOT, "types");

/** Types of the browser edition, which knows a browser's names. */
export const siteTypeCheck = () => types(path.join(PACKAGE, "src/site"), "site types");

/** Lint of everything, without warnings. */
export const lint = () =>
  check("eslint", () =>
    tool("eslint", [
      ".",
      "--max-warnings=0",
      "--cache",
      "--cache-strategy",
      "content",
      "--cache-location",
      path.join(CACHE, "eslint.json"),
    ]),
  );

/** Format of everything that is not excluded in .prettierignore. */
export const format = () =>
  check("prettier", () =>
    tool("prettier", [
      "--check",
      "--log-level",
      "warn",
      "--cache",
      "--cache-strategy",
      "content",
      "--cache-location",
      path.join(CACHE, "prettier.json"),
      ".",
    ]),
  );

/** Test files by group: `unit` (in this process alone), `kernel`, `pages` and `commands` (processes, servers, browsers), `long` (only with --long). */
export function testFiles() {
  const groups = { unit: [], kernel: [], pages: [], commands: [], long: [] };
  for (const name of filesBelow(path.join(ROOT, "test"), (file) => file.endsWith(".test.ts"))) {
    const folder = name.split("/")[0];
    const system = Object.keys(SYSTEM).find((name) => SYSTEM[name].includes(folder));
    const group = folder === "long" ? "long" : (system ?? "unit");
    groups[group].push(`test/${name}`);
  }
  return groups;
}

/**
 * Runs mocha over `files` and answers `{ name, passes, failures, skipped: [{title, file}], slow, ms }`. A mocha that ended without its
 * counts (a crash, a kill) counts as one failure.
 */
export async function mocha(name, files, { env, timeout = 20_000 } = {}) {
  const since = Date.now();
  const nothing = { name, passes: 0, failures: 0, skipped: [], slow: [], ms: 0 };
  if (files.length === 0) return nothing;
  const output = path.join(ENV_DIR, `logs/mocha-${name}.json`);
  fs.rmSync(output, { force: true });
  fs.mkdirSync(path.dirname(output), { recursive: true });
  const { code, signal } = await tool(
    "mocha",
    [
      "--no-config",
      "--require",
      "tsx/cjs",
      "--timeout",
      String(timeout),
      "--exit",
      "--reporter",
      path.join(SCRIPTS, "lib/mocha-reporter.cjs"),
      "--reporter-option",
      `output=${output}`,
      ...files,
    ],
    { env, onLine: (line) => process.stdout.write(`${line}\n`) },
  );
  let counts;
  try {
    counts = JSON.parse(fs.readFileSync(output, "utf8"));
  } catch {
    process.stdout.write(
      `✗ mocha (${name}) ended with ${signal ?? `exit code ${code}`} before it was through\n`,
    );
    return { ...nothing, failures: 1, ms: Date.now() - since };
  }
  const { passes, failures, skipped, slow } = counts;
  return { name, passes, failures: failures || (code === 0 ? 0 : 1), skipped, slow, ms: Date.now() - since };
}
