/**
 * Starts the commands that people wait for from one file with compiled code beside it: loading their 500 modules one by one
 * takes five times as long as a cached build. The build (scripts/lib/bundle.mjs) makes the file.
 */

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

import type * as Dispatch from "./dispatch";

/** The commands in the file. */
export const QUICK: ReadonlySet<string> = new Set([
  "build",
  "check",
  "why",
  "whatif",
  "layers",
  "history",
  "waste",
]);

const FILE = join(__dirname, "../layerbook-quick.js");

/** The commands of `QUICK`; undefined when the file was not built. */
export function loadQuick(): typeof Dispatch | undefined {
  let source: string;
  let stamp: string;
  try {
    const { mtimeMs, size } = statSync(FILE);
    // V8 compares only the length of a source with its compiled form: the name must tell one build from another.
    stamp = `${process.version}-${process.arch}-${size}-${mtimeMs}`;
    source = readFileSync(FILE, "latin1");
  } catch {
    return undefined;
  }
  const cache = join(dirname(FILE), ".code-cache", `${stamp}.bin`);
  const cachedData = readIfThere(cache);
  const parameters = "exports, require, module, __filename, __dirname";
  const script = new Script(`(function (${parameters}) {${source}\n})`, { filename: FILE, cachedData });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run(module.exports, createRequire(FILE), module, FILE, dirname(FILE));
  // Made at the end of the first run, when it holds the functions that were used.
  if (cachedData === undefined || script.cachedDataRejected) process.once("exit", () => keep(script, cache));
  return module.exports as typeof Dispatch;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Writes the compiled code of *script*. An installation that cannot be written to is only slower. */
function keep(script: Script, cache: string): void {
  try {
    mkdirSync(dirname(cache), { recursive: true });
    const temporary = `${cache}.${process.pid}`;
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, cache);
  } catch {
    // Nothing is lost.
  }
}
