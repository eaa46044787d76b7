// The commands that people wait for, in one file: dist/layerbook-quick.js (started by src/cli/quick.ts).
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { DIST, SCRIPTS } from "./paths.mjs";

/** Says which commands the file holds: the others stay modules of their own. */
function quickCommands(names) {
  return {
    name: "quick-commands",
    setup({ onResolve }) {
      onResolve({ filter: /^\.\/commands\/[a-z]+$/ }, ({ path: name }) =>
        names.has(path.basename(name)) ? undefined : { path: name, external: true },
      );
    },
  };
}

/** Loading string-width costs a third of a cached build, and only emoji and combining marks need it. */
const lazyStringWidth = {
  name: "lazy-string-width",
  setup({ onResolve }) {
    const lazy = path.join(SCRIPTS, "lib/lazy-string-width.cjs");
    onResolve({ filter: /^string-width$/ }, ({ importer }) =>
      importer === lazy ? { path: "string-width", external: true } : { path: lazy },
    );
  },
};

/** Bundles dist/cli/dispatch.js with the commands of `QUICK`. Compiled code of an older file is removed. */
export async function bundleQuickCommands() {
  const { QUICK } = await import(path.join(DIST, "cli/quick.js"));
  fs.rmSync(path.join(DIST, ".code-cache"), { recursive: true, force: true });
  const outfile = path.join(DIST, "layerbook-quick.js");
  const { metafile } = await build({
    entryPoints: [path.join(DIST, "cli/dispatch.js")],
    outfile: `${outfile}.new`,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    charset: "ascii",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    logLevel: "error",
    metafile: true,
    plugins: [quickCommands(QUICK), lazyStringWidth],
  });
  for (const name of Object.keys(metafile.inputs)) {
    if (name.endsWith("dist/lab-node.js") || name.includes("node_modules")) continue;
    if (/\b__dirname\b/.test(fs.readFileSync(name, "utf8")))
      throw new Error(`${name} uses __dirname, which is another folder in ${path.basename(outfile)}`);
  }
  fs.renameSync(`${outfile}.new`, outfile);
}
