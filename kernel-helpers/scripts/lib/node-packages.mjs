// npm packages: compares node_modules with the lockfile, and runs `npm ci` only when they differ.
import fs from "node:fs";
import path from "node:path";
import { ENV_DIR, ROOT } from "./paths.mjs";
import { installProblem } from "./problems.mjs";
import { run } from "./run.mjs";
import { Problem, Progress } from "./say.mjs";
import { system } from "./system.mjs";

const readJson = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined; // absent or half-written: both mean "install again"
  }
};

/**
 * The packages of the lockfile that node_modules lacks or has in another version, sorted. *dev* includes the development
 * dependencies. npm writes `node_modules/.package-lock.json` last, so an interrupted install counts as nothing installed.
 */
export function missingPackages({ dev, root = ROOT }) {
  const wanted = readJson(path.join(root, "package-lock.json"))?.packages ?? {};
  const have = readJson(path.join(root, "node_modules/.package-lock.json"))?.packages ?? {};
  const missing = [];
  for (const [key, entry] of Object.entries(wanted)) {
    if (!key.includes("node_modules/")) continue; // the project itself and its workspace
    if (entry.dev && !dev) continue;
    const there = fs.existsSync(path.join(root, key, "package.json"));
    if (entry.link ? there : there && have[key]?.version === entry.version) continue;
    if (entry.optional && !have[key]) continue; // for another system; npm left it out
    missing.push(key);
  }
  return missing.sort();
}

function countInstalled(root) {
  let count = 0;
  try {
    for (const name of fs.readdirSync(path.join(root, "node_modules")))
      count += name.startsWith("@") ? fs.readdirSync(path.join(root, "node_modules", name)).length : 1;
  } catch {
    // npm removes the folder first: nothing there yet
  }
  return count;
}

/** Installs what is missing. Answers whether anything had to be installed. */
export async function ensureNodePackages({ dev }) {
  if (missingPackages({ dev }).length === 0) return false;
  const wanted = Object.entries(readJson(path.join(ROOT, "package-lock.json"))?.packages ?? {});
  // Do not take away the tools of somebody who has run the tests here before.
  const all = dev || fs.existsSync(path.join(ROOT, "node_modules/mocha"));
  const total = wanted.filter(([key, entry]) => /^node_modules\//.test(key) && (all || !entry.dev)).length;
  const progress = new Progress("npm 꾸러미를 설치합니다", "installing npm packages");
  const timer = setInterval(() => progress.update(`${Math.min(countInstalled(ROOT), total)}/${total}`), 1000);
  const npm = system.npm();
  const log = path.join(ENV_DIR, "logs/npm-ci.log");
  const result = await run(
    npm.command,
    [...npm.args, "ci", "--no-audit", "--no-fund", "--loglevel=error", ...(all ? [] : ["--omit=dev"])],
    { cwd: ROOT, shell: npm.shell, log },
  );
  clearInterval(timer);
  if (result.code === 0) {
    progress.done();
    return true;
  }
  progress.fail();
  if (result.error?.code === "ENOENT")
    throw new Problem("LB_NO_NPM", {
      ko: { what: "npm을 찾을 수 없습니다.", why: "Node와 함께 설치되는 npm으로 꾸러미를 받습니다." },
      en: { what: "npm was not found.", why: "Packages are fetched with npm, which comes with Node." },
      fix: [
        "node --version   (20.19 이상 · or newer: https://nodejs.org)",
        "sudo apt install npm   (Debian, Ubuntu)",
      ],
    });
  throw installProblem("npm 꾸러미(npm packages)", result.output, log);
}
