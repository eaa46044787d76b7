/**
 * All lessons run and turned into handouts, beside nbclient and nbconvert on the same files: whole processes, one after the other, with
 * the processor's seconds beside the clock's (what other programs take hardly shows in them).
 */

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { findChromium } from "../../kernel-helpers/src/handout/chromium";
import { pythonEnvironment, ROOT, testPython } from "../lab/machine";

const MAIN = join(ROOT, "kernel-helpers/dist/cli/main.js");
const python = testPython() ?? join(ROOT, ".layerbook-env/venv/bin/python");

/** Runs a program and tells what it and its children took. */
const METER = `
import json, resource, subprocess, sys, time
start = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode: sys.exit(done.stderr.decode()[-2000:])
print(json.dumps({"ms": (time.monotonic() - start) * 1000, "cpu": (used.ru_utime + used.ru_stime) * 1000}))
`;

/** Every notebook in its own folder on one kernel after the other, as \`jupyter execute\` does, in one process. */
const NBCLIENT = `
import os, sys, nbformat
from nbclient import NotebookClient
for file in sys.argv[1:]:
    notebook = nbformat.read(file, 4)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": os.path.dirname(file)}}).execute()
    nbformat.write(notebook, file)
`;

interface Cost {
  readonly ms: number;
  readonly cpu: number;
}

const folder = mkdtempSync(join(tmpdir(), "lb-bench-handout-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
const env = {
  ...pythonEnvironment(python),
  LAYERBOOK_CACHE_DIR: join(folder, "cache"),
  JUPYTER_PATH: join(folder, "prefix/share/jupyter"),
  PYDEVD_DISABLE_FILE_VALIDATION: "1",
};

function measure(...command: string[]): Cost {
  return JSON.parse(
    execFileSync(python, ["-c", METER, ...command], { env, encoding: "utf8", maxBuffer: 1e8 }),
  ) as Cost;
}

const layerbook = (...args: string[]): Cost => measure(process.execPath, MAIN, ...args);

function lessons(name: string): string[] {
  const copy = join(folder, name);
  if (!existsSync(copy)) cpSync(join(ROOT, "notebooks"), copy, { recursive: true });
  return readdirSync(copy)
    .filter((lesson) => /^\d\d-/.test(lesson))
    .map((lesson) => join(copy, lesson, `${lesson}.ipynb`));
}

/** The middle of three, by the processor's seconds. */
function median(once: () => Cost, turns = 3): Cost {
  return Array.from({ length: turns }, once).sort((a, b) => a.cpu - b.cpu)[turns >> 1]!;
}

const round = (value: number): number => Number(value.toPrecision(3));

function beside(ours: Cost, theirs: Cost): Record<string, number> & { ms: number } {
  return {
    ms: ours.ms,
    cpu_ms: round(ours.cpu),
    reference_ms: round(theirs.ms),
    reference_cpu_ms: round(theirs.cpu),
    times_faster: round(theirs.ms / ours.ms),
    times_less_cpu: round(theirs.cpu / ours.cpu),
  };
}

let nbclient: Cost | undefined;
let executed: string[] | undefined;
let nbconvert: Cost | undefined;

/** The kernel where nbclient finds it. */
function runByNbclient(): Cost {
  layerbook("kernel", "install", "--prefix", join(folder, "prefix"));
  return (nbclient ??= measure(python, "-c", NBCLIENT, ...lessons("by-nbclient")));
}

function runByLayerbook(jobs: string): Cost {
  const files = lessons(`by-layerbook-${jobs}`);
  const cost = layerbook("run", "--jobs", jobs, ...files);
  executed = files;
  return cost;
}

const outputs = (): string[] => (executed ?? (runByLayerbook("2"), executed)) as unknown as string[];

/** In one process, and in the middle of our own turns. */
function convertByNbconvert(): Cost {
  return (nbconvert ??= median(() =>
    measure(
      python,
      "-m",
      "nbconvert",
      "--to",
      "html",
      "--output-dir",
      join(folder, "nbconvert"),
      ...outputs(),
    ),
  ));
}

function toHtml(kept: boolean): Cost {
  const pages = join(folder, "cache/handouts");
  const files = outputs();
  const once = (): Cost => {
    if (!kept) rmSync(pages, { recursive: true, force: true });
    return layerbook("handout", ...files, "--to", "html", "--out", join(folder, "html"));
  };
  // Not measured: the run that keeps the compiled code, and the pages.
  once();
  return median(once);
}

/** Prints pages with the browser that prints ours, one after the other. */
const PRINTER = `
const [playwright, executablePath, out, ...pages] = process.argv.slice(2);
(async () => {
  const browser = await require(playwright).chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  for (const [i, address] of pages.entries()) {
    const page = await browser.newPage();
    await page.goto(address);
    await page.pdf({ path: out + "/" + i + ".pdf", format: "A4", printBackground: true, tagged: true, outline: true });
    await page.close();
  }
  await browser.close();
})();
`;

function printNbconvert(): Cost {
  const html = convertByNbconvert();
  const out = join(folder, "nbconvert-pdf");
  mkdirSync(out, { recursive: true });
  const program = join(folder, "print.js");
  writeFileSync(program, PRINTER);
  const chromium = findChromium(process.env);
  if (chromium === undefined) throw new Error("no Chromium on this machine");
  const pages = readdirSync(join(folder, "nbconvert")).filter((name) => name.endsWith(".html"));
  const printed = measure(
    process.execPath,
    program,
    dirname(require.resolve("playwright-core/package.json")),
    chromium,
    out,
    ...pages.map((name) => pathToFileURL(join(folder, "nbconvert", name)).href),
  );
  return { ms: html.ms + printed.ms, cpu: html.cpu + printed.cpu };
}

export const cases = [
  {
    name: "all lessons run, one at a time, beside nbclient",
    once: () => Promise.resolve(beside(runByLayerbook("1"), runByNbclient())),
  },
  {
    name: "all lessons run, two at a time, beside nbclient",
    once: () => Promise.resolve(beside(runByLayerbook("2"), runByNbclient())),
  },
  {
    name: "all lessons to HTML, every page made, beside nbconvert",
    once: () => Promise.resolve(beside(toHtml(false), convertByNbconvert())),
  },
  {
    name: "all lessons to HTML, pages kept from an earlier run, beside nbconvert (20 times at least)",
    once: () => Promise.resolve(beside(toHtml(true), convertByNbconvert())),
  },
  {
    name: "all lessons to PDF, beside nbconvert's HTML printed by the same Chromium",
    once: () =>
      Promise.resolve(
        beside(
          layerbook("handout", ...outputs(), "--to", "pdf", "--out", join(folder, "pdf")),
          printNbconvert(),
        ),
      ),
  },
];
