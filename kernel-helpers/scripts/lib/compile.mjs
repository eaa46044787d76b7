// The TypeScript build: kernel-helpers/src → kernel-helpers/dist, only when a source has changed since the last complete one.
import fs from "node:fs";
import path from "node:path";
import { filesBelow, fingerprint, readStamp } from "./fingerprint.mjs";
import { DIST, ENV_DIR, PACKAGE, ROOT, SCRIPTS, shown } from "./paths.mjs";
import { asProblem } from "./problems.mjs";
import { run } from "./run.mjs";
import { Problem, Progress } from "./say.mjs";
import { system } from "./system.mjs";

const STAMP = path.join(DIST, ".build-stamp");
const BUILD_INFO = path.join(DIST, ".tsbuildinfo");
const TSC = path.join(ROOT, "node_modules/typescript/lib/tsc.js");

/** What the build depends on. */
export function buildFingerprint() {
  const sources = filesBelow(path.join(PACKAGE, "src"));
  const files = [
    ...sources.map((name) => path.join(PACKAGE, "src", name)),
    path.join(SCRIPTS, "lib/bundle.mjs"),
    path.join(SCRIPTS, "lib/compiler.mjs"),
    path.join(PACKAGE, "tsconfig.json"),
    path.join(ROOT, "tsconfig.json"),
    path.join(ROOT, "node_modules/typescript/package.json"),
  ];
  return fingerprint(files, sources.join("\n"));
}

/** Removes what an earlier build left of sources that are gone, so that nothing can be imported that a fresh clone lacks. */
function prune() {
  for (const name of filesBelow(DIST, (file) => /\.(js|d\.ts)$/.test(file))) {
    const stem = name.replace(/\.(js|d\.ts)$/, "");
    if (!fs.existsSync(path.join(PACKAGE, "src", `${stem}.ts`))) fs.rmSync(path.join(DIST, name));
  }
}

/**
 * Builds when needed and answers whether it did. A build that was killed leaves no stamp: the next one starts from nothing.
 * *force* builds in any case.
 */
export async function ensureBuild({ force = false } = {}) {
  const print = buildFingerprint();
  if (!force && readStamp(STAMP) === print) return false;
  const progress = new Progress("TypeScript를 빌드합니다", "building");
  try {
    if (readStamp(STAMP) === undefined) fs.rmSync(BUILD_INFO, { force: true });
    fs.rmSync(STAMP, { force: true });
    const log = path.join(ENV_DIR, "logs/build.log");
    const result = await run(
      process.execPath,
      [TSC, "-p", path.join(PACKAGE, "tsconfig.json"), "--pretty", "false"],
      { cwd: ROOT, log },
    );
    if (result.code !== 0) throw buildProblem(result.output, log);
    prune();
    // Loaded now: they need packages that a fresh clone has not had when this file was loaded.
    const [{ bundleQuickCommands }, { shrinkCompiler }] = await Promise.all([
      import("./bundle.mjs"),
      import("./compiler.mjs"),
    ]);
    await Promise.all([bundleQuickCommands(), shrinkCompiler()]);
    makeExecutable(path.join(DIST, "cli/main.js"));
    fs.writeFileSync(STAMP, print);
  } catch (error) {
    progress.fail();
    throw asProblem(error);
  }
  progress.done();
  return true;
}

function makeExecutable(file) {
  if (!system.windows && fs.existsSync(file)) fs.chmodSync(file, 0o755);
}

function buildProblem(output, log) {
  const errors = output.split("\n").filter((line) => /error TS\d+/.test(line));
  if (errors.length === 0)
    return asProblem(Object.assign(new Error(output.trim().split("\n").at(-1)), errorCode(output)));
  return new Problem("LB_BUILD_FAILED", {
    ko: {
      what: `TypeScript 오류 ${errors.length}개로 빌드하지 못했습니다.`,
      why: errors.slice(0, 5).join("\n        "),
    },
    en: { what: `The build failed with ${errors.length} TypeScript error(s).`, why: errors[0] },
    fix: [system.show(shown(log)), "git status   (고친 파일이 있는지 · is a source edited?)"],
  });
}

const errorCode = (output) => ({ code: /\b(ENOSPC|EACCES|EROFS|EPERM)\b/.exec(output)?.[1] });
