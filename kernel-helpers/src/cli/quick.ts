/**
 * Starts the commands that people wait for from one file with compiled code beside it: loading their 500 modules one by one
 * takes five times as long as a cached build. The build (scripts/lib/bundle.mjs) makes the files.
 */

import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";

import type * as Dispatch from "./dispatch";

/** The commands in each file. What is compiled is what the first run used: commands that have little in common have files of their own. */
export const BUNDLES: Readonly<Record<string, readonly string[]>> = {
  "layerbook-quick.js": ["build", "check", "why", "whatif", "layers", "history", "waste"],
  "layerbook-handout.js": ["handout"],
};

/** All commands that are in a file. */
export const QUICK: ReadonlySet<string> = new Set(Object.values(BUNDLES).flat());

/** The file that has *command*, run; undefined when there is none, or it was not built. */
export function loadQuick(command: string): typeof Dispatch | undefined {
  const name = Object.keys(BUNDLES).find((one) => BUNDLES[one]?.includes(command));
  if (name === undefined) return undefined;
  const file = join(__dirname, "..", name);
  let source: string;
  let stamp: string;
  try {
    const { mtimeMs, size } = statSync(file);
    // V8 compares only the length of a source with its compiled form: the name must tell one build from another.
    stamp = `${process.version}-${process.arch}-${basename(name, ".js")}-${size}-${mtimeMs}`;
    source = readFileSync(file, "latin1");
  } catch {
    return undefined;
  }
  const cache = join(dirname(file), ".code-cache", `${stamp}.bin`);
  const cachedData = readIfThere(cache);
  const parameters = "exports, require, module, __filename, __dirname";
  const script = new Script(`(function (${parameters}) {${source}\n})`, { filename: file, cachedData });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...args: unknown[]) => void;
  run(module.exports, createRequire(file), module, file, dirname(file));
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
