// The commands that people wait for, in one file each: dist/layerbook-*.js (started by src/cli/quick.ts).
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { withLazyImports } from "./lazy-modules.mjs";
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

/** Modules of ours run when they are used. The file lies at the top of dist/: `__dirname` of a module becomes its own folder below it. */
const ownModules = {
  name: "own-modules",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path: file }) => {
      if (!file.startsWith(DIST + path.sep)) return undefined;
      const text = fs.readFileSync(file, "utf8");
      const folder = path.relative(DIST, path.dirname(file)).split(path.sep).join("/");
      const own = `(__dirname + ${JSON.stringify(folder === "" ? "" : `/${folder}`)})`;
      const contents = withLazyImports(text, file).replaceAll(/\b__dirname\b/g, own);
      return { contents, loader: "js" };
    });
  },
};

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

/** A character outside ASCII as JavaScript writes it: the file is read byte by byte, which is faster. */
const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Large packages that start programs or servers: they stay beside, loaded when they are used. */
const OUTSIDE = ["playwright-core", "@jupyterlab/services", "tslab", "typescript", "zeromq"];

/** Bundles dist/cli/dispatch.js once for each of `BUNDLES`. Compiled code of older files is removed. */
export async function bundleQuickCommands() {
  const { BUNDLES } = await import(path.join(DIST, "cli/quick.js"));
  fs.rmSync(path.join(DIST, ".code-cache"), { recursive: true, force: true });
  await Promise.all(
    Object.entries(BUNDLES).map(([name, commands]) => bundle(path.join(DIST, name), new Set(commands))),
  );
}

async function bundle(outfile, commands) {
  await build({
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
    external: OUTSIDE,
    // What runs from compiled code has no import().
    supported: { "dynamic-import": false },
    logLevel: "error",
    plugins: [quickCommands(commands), lazyStringWidth, ownModules],
  });
  // esbuild leaves regular expressions and tagged templates as they are.
  const text = fs.readFileSync(`${outfile}.new`, "utf8");
  fs.writeFileSync(`${outfile}.new`, text.replace(/[\u0080-\uffff]/g, escaped));
  fs.renameSync(`${outfile}.new`, outfile);
}
