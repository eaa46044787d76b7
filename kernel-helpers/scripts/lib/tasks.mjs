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

/**
 * Folders of tests in groups, each one mocha; the longest first, so that the lanes end together. What has no group is in the last one.
 * Seconds of one processor are beside them.
 */
const GROUPS = {
  lab: ["lab"], // 55
  notebooks: ["notebook", "lesson"], // 55
  pages: ["handout", "site"], // 60
  builder: ["build", "cache", "fidelity", "graph"], // 45
  kernel: ["kernel"], // 35
  commands: ["cli", "docker"], // 35
  project: ["project", "report"], // 45
  rest: [], // 45
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

/**
 * Lint of everything, without warnings. What is remembered of a file may be wrong after another file changed, because rules look
 * at types: a refusal counts only when eslint gives it anew. (What it wrongly lets pass is found where nothing is remembered, in CI.)
 */
export const lint = () =>
  check("eslint", async () => {
    const memory = path.join(CACHE, "eslint.json");
    const known = fs.existsSync(memory);
    const remember = ["--cache", "--cache-strategy", "content", "--cache-location", memory];
    const look = () => tool("eslint", [".", "--max-warnings=0", ...remember]);
    const found = await look();
    if (found.code === 0 || !known) return found;
    fs.rmSync(memory, { force: true });
    return look();
  });

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

/** Does this test file hold a sweep that `npm test` thins? It imports test/sweep.ts. */
const isSwept = (file) => /from "(\.\.\/)+sweep"/.test(fs.readFileSync(file, "utf8"));

/** Test files by group, in the order in which groups should be begun; and `long`, which only --long runs: test/long and every sweep again, whole. */
export function testFiles() {
  const groups = Object.fromEntries(Object.keys(GROUPS).map((name) => [name, []]));
  const long = [];
  for (const name of filesBelow(path.join(ROOT, "test"), (file) => file.endsWith(".test.ts"))) {
    const folder = name.split("/")[0];
    const file = `test/${name}`;
    if (folder === "long" || isSwept(path.join(ROOT, file))) long.push(file);
    if (folder !== "long")
      groups[Object.keys(GROUPS).find((group) => GROUPS[group].includes(folder)) ?? "rest"].push(file);
  }
  return { groups, long };
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
