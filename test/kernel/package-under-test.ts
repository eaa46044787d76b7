/** The compiled package that kernel tests run: `dist` when `npm test` has just built it or it is newer than every source, else a quick compile of its own. */

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { transformSync } from "esbuild";

const ROOT = resolve(__dirname, "../..");
const PACKAGE = join(ROOT, "kernel-helpers");
/** As deep as the real one, so that paths to `content/` are the same. */
const QUICK = join(ROOT, ".cache");

let found: string | undefined;

/** Absolute path of the package's folder: package.json with `dist` beside it. */
export function packageUnderTest(): string {
  found ??= process.env["LAYERBOOK_TEST_DIST"] || isFresh(join(PACKAGE, "dist")) ? PACKAGE : compile();
  return found;
}

/** The exports of a module of the compiled package, by its path in src/ without the extension. */
export function compiled<T>(name: string): T {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- which file it is turns out only now
  return require(compiledFile(name)) as T;
}

/** The file of that module. */
export const compiledFile = (name: string): string => join(packageUnderTest(), "dist", `${name}.js`);

function sources(): string[] {
  // The browser edition is built by itself, and is no part of the package; of declarations nothing is written.
  return readdirSync(join(PACKAGE, "src"), { recursive: true, encoding: "utf8" }).filter(
    (name) => /(?<!\.d)\.ts$/.test(name) && !/^site[\\/]/.test(name),
  );
}

function isFresh(dist: string): boolean {
  return sources().every((name) => {
    const built = join(dist, name.replace(/\.ts$/, ".js"));
    return existsSync(built) && statSync(built).mtimeMs >= statSync(join(PACKAGE, "src", name)).mtimeMs;
  });
}

function compile(): string {
  const dist = join(QUICK, "dist");
  for (const name of sources()) {
    const source = join(PACKAGE, "src", name);
    const built = join(dist, name.replace(/\.ts$/, ".js"));
    if (existsSync(built) && statSync(built).mtimeMs >= statSync(source).mtimeMs) continue;
    const code = codeOf(source, built);
    mkdirSync(dirname(built), { recursive: true });
    // Two test files may compile at once: a file is never seen half written.
    const draft = `${built}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, built);
  }
  const kept = new Set(sources().map((name) => join(dist, name.replace(/\.ts$/, ".js"))));
  for (const name of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const path = join(dist, name);
    if (name.endsWith(".js") && !kept.has(path)) rmSync(path, { force: true });
  }
  // Types come from the sources.
  // Written only when they change: their times are part of a snapshot's name, and another process may be using them.
  writeIfChanged(join(dist, "index.d.ts"), `export * from "../../kernel-helpers/src/index";\n`);
  writeIfChanged(join(QUICK, "package.json"), readFileSync(join(PACKAGE, "package.json"), "utf8"));
  return QUICK;
}

/** A source that does not parse at this moment throws when it is loaded, so that only what needs it fails. */
function codeOf(source: string, built: string): string {
  try {
    return transformSync(readFileSync(source, "utf8"), {
      loader: "ts",
      format: "cjs",
      platform: "node",
      target: "node20",
    }).code;
  } catch (error) {
    if (existsSync(built)) return readFileSync(built, "utf8");
    return `throw new Error(${JSON.stringify(String(error))});`;
  }
}

function writeIfChanged(path: string, text: string): void {
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
