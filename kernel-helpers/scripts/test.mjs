#!/usr/bin/env node
// `npm test`: sets up what the tests need, then types, lint, format and mocha, three at a time; closes with one line of counts. `--long`: what takes longer.
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuild } from "./lib/compile.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { SCRIPTS, TEST_VENV } from "./lib/paths.mjs";
import { ensureVenv } from "./lib/python.mjs";
import { stopAll } from "./lib/run.mjs";
import { problemText, runMain, say } from "./lib/say.mjs";
import { asProblem } from "./lib/problems.mjs";

const strict = Boolean(process.env.CI) && process.env.CI !== "false";
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => {
    stopAll();
    process.exit(130);
  });

/**
 * What the tests run with: packages, build, Python with JupyterLab, Chromium. Without Python or Chromium the tests that need them are
 * skipped and say so; under CI that is a failure.
 */
async function setUp() {
  let python;
  let built = false;
  let broken;
  const tell = (error) => void process.stdout.write(problemText(asProblem(error)));
  const makePython = async () => {
    const requirements = path.join(SCRIPTS, "requirements-test.txt");
    const [ko, en] = ["테스트용 JupyterLab을 설치합니다", "installing JupyterLab for the tests"];
    python = await ensureVenv({ folder: TEST_VENV, requirements, ko, en });
  };
  const build = async () => {
    await ensureNodePackages({ dev: true }).catch((error) => (broken = error));
    if (broken === undefined) built = await ensureBuild().then(() => true, tell);
    if (built) await (await import("./lib/compiler.mjs")).ensureSnapshots();
  };
  await Promise.all([makePython().catch(tell), build()]);
  if (broken !== undefined) throw broken;
  const { findChromium } = await import("./lib/chromium.mjs");
  return { python, chromium: await findChromium(), built };
}

/** Three lanes for two cores, each taking the next of *works* when it is free: much of the time is spent waiting for servers and browsers. */
async function inLanes(works, lanes = 3) {
  const left = [...works];
  const lane = async () => {
    for (let work = left.shift(); work; work = left.shift()) await work();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

function report(checks, suites) {
  say("");
  for (const { name, ok, output, ms } of checks) {
    if (!ok) process.stdout.write(`${output.trim()}\n`);
    say(`${ok ? "✓" : "✗"} ${name} (${seconds(ms)})`);
  }
  for (const { name, passes, failures, skipped, slow, ms } of suites) {
    say(
      `${failures ? "✗" : "✓"} mocha ${name}: ${passes} passed, ${failures} failed, ${skipped.length} skipped (${seconds(ms)})`,
    );
    for (const { title, ms: took } of slow) say(`    ${seconds(took)}  ${title}`);
  }
  const skipped = suites.flatMap((suite) => suite.skipped);
  for (const { title, file } of skipped) say(`  - 건너뜀 · skipped: ${title} (${file})`);
}

async function main() {
  const { values } = parseArgs({ options: { long: { type: "boolean", default: false } } });
  const since = Date.now();
  const { python, chromium, built } = await withLock("set-up", setUp);
  if (!python)
    say(
      "! Python 없음: 실제 Jupyter 서버와 커널 테스트를 건너뜁니다",
      "no Python: tests with a real Jupyter Server are skipped",
    );
  if (!chromium)
    say(
      "! Chromium 없음: 실제 브라우저 테스트를 건너뜁니다",
      "no Chromium: tests in a real browser are skipped",
    );

  const { format, lint, mocha, siteTypeCheck, testFiles, typeCheck } = await import("./lib/tasks.mjs");
  const { groups, long } = testFiles();
  const env = {
    LAYERBOOK_TEST_PYTHON: python ?? "",
    LAYERBOOK_TEST_CHROMIUM: chromium ?? "",
    LAYERBOOK_TEST_DIST: built ? "1" : "",
    LAYERBOOK_TEST_LONG: values.long ? "1" : "",
  };
  const checks = [];
  const suites = [];
  const suite = (name, files, options) => async () =>
    suites.push(await mocha(name, files, { env, timeout: 60_000, ...options }));
  const check = (part) => async () => checks.push(await part());
  if (values.long) await suite("long", long, { timeout: 3_600_000 })();
  else
    await inLanes([
      ...[typeCheck, siteTypeCheck, lint, format].map(check),
      ...Object.entries(groups).map(([name, files]) => suite(name, files)),
    ]);
  if (!built) checks.push({ name: "build", ok: false, output: "", ms: 0 });
  report(checks, suites);

  const sum = (pick) => suites.reduce((total, suite) => total + pick(suite), 0);
  const skipped = sum((suite) => suite.skipped.length);
  const left = strict && (!python || !chromium) ? ["real server or real browser"] : [];
  if (left.length)
    say(
      "✗ CI=true: 실제 서버나 브라우저 테스트를 건너뛰면 안 됩니다",
      "tests with a real server and browser must not be skipped",
    );
  const failed = sum((suite) => suite.failures) + checks.filter(({ ok }) => !ok).length + left.length;
  say(`총 ${seconds(Date.now() - since)}`, "in all");
  say(`${sum((suite) => suite.passes)} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return failed ? 1 : 0;
}

await runMain(main);
