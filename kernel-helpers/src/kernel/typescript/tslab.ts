/**
 * The one place that touches tslab: `import * as tslab from "tslab"` in a cell gives tslab's own public module, whose displays go
 * through this kernel's output. Its compiler (TypeScript 5.0) and its message layer are not loaded: the two modules that its
 * public one asks for are put in place before.
 */

import { readFileSync } from "node:fs";
import { Module } from "node:module";
import { dirname, join } from "node:path";

/** What tslab's displays call: content of a display_data message, and whether it replaces an earlier one. */
export type TslabWriter = (
  content: {
    readonly data: Readonly<Record<string, string>>;
    readonly metadata: object;
    readonly transient: { readonly display_id?: string };
  },
  update: boolean,
) => void;

let loaded: unknown;

/** tslab's public module, with *write* as its way out. */
export function loadTslab(write: TslabWriter): unknown {
  if (loaded !== undefined) return loaded;
  const entry = require.resolve("tslab");
  const compiler = require.resolve("@tslab/typescript-for-tslab/package.json", { paths: [dirname(entry)] });
  const { version } = JSON.parse(readFileSync(compiler, "utf8")) as { version: string };
  const compilerEntry = require.resolve("@tslab/typescript-for-tslab", { paths: [dirname(entry)] });
  provide(compilerEntry, { version: version.split("-")[0] });
  provide(join(dirname(entry), "jupyter.js"), { lastWriteDisplayData: write });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only when a cell asks for it
  loaded = require("tslab") as unknown;
  return loaded;
}

/** Makes `require` of *path* answer *exports* without reading the file. */
function provide(path: string, exports: object): void {
  const module = new Module(path);
  module.filename = path;
  module.loaded = true;
  module.exports = exports;
  require.cache[path] = module;
}
