/**
 * The one script from which node makes a start-up snapshot of the TypeScript process, libraries read and checker warm:
 * `node --snapshot-blob B --build-snapshot snapshot-entry.js PACKAGE_DIRECTORY slim|full TYPESCRIPT_LIB TYPES`.
 * A snapshot script may not load files by `require`: it brings a loader of its own for the service's files and the compiler.
 */

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as v8 from "node:v8";
import { runInThisContext } from "node:vm";
import type * as Main from "./main";
import type * as ServiceModule from "./service";

/** Built-in modules that the compiler only tries: they would not survive in a snapshot. */
const WITHOUT = new Set(["source-map-support", "perf_hooks", "inspector"]);

const [, , packageDirectory = "", kind = "", libraries = "", types = ""] = process.argv;
const loaded = new Map<string, { exports: unknown }>();

function load(file: string): unknown {
  const before = loaded.get(file);
  if (before !== undefined) return before.exports;
  const module = { exports: {} as unknown };
  loaded.set(file, module);
  const folder = dirname(file);
  const requireFrom = (id: string): unknown => {
    if (id === "typescript") return load(join(libraries, "typescript.js"));
    if (id.startsWith(".")) return load(join(folder, `${id}.js`));
    if (WITHOUT.has(id)) throw new Error(`${id} is left out of a snapshot`);
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- only built-in modules come here
    return require(id) as unknown;
  };
  const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, "utf8")}\n})`;
  const run = runInThisContext(text, { filename: file }) as (...all: unknown[]) => void;
  run.call(
    module.exports,
    module.exports,
    Object.assign(requireFrom, { main: undefined }),
    module,
    file,
    folder,
  );
  return module.exports;
}

const here = dirname(process.argv[1] as string);
const { Service } = load(join(here, "service.js")) as typeof ServiceModule;
const { serve } = load(join(here, "main.js")) as typeof Main;
const service = new Service(packageDirectory, kind === "full", { libraries, types });
v8.startupSnapshot.setDeserializeMainFunction(() => serve(service));
