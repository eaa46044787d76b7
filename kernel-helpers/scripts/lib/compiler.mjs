// What the kernel's TypeScript process starts from: a small copy of the compiler, and start-up snapshots with the libraries read.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { DIST, PACKAGE } from "./paths.mjs";
import { Progress } from "./say.mjs";

/** Writes dist/kernel/typescript/compiler.cjs: a snapshot keeps the compiler's text twice in memory, and 5 of its 9 MB are white space and long names. */
export async function shrinkCompiler() {
  const { transform } = await import("esbuild"); // only where the package is built, not where it is installed
  const source = createRequire(path.join(PACKAGE, "package.json")).resolve("typescript");
  const target = path.join(DIST, "kernel/typescript/compiler.cjs");
  const { code } = await transform(fs.readFileSync(source, "utf8"), {
    minify: true,
    legalComments: "none",
    charset: "ascii",
    platform: "node",
    target: "node20",
  });
  fs.writeFileSync(`${target}.new`, code);
  fs.renameSync(`${target}.new`, target);
}

/** Makes the snapshots that are missing (some seconds), so that the first TypeScript cell is fast. Without them it is only slower. */
export async function ensureSnapshots() {
  const require = createRequire(import.meta.url);
  const { hasSnapshots, makeSnapshots } = require(path.join(DIST, "kernel/typescript/snapshot.js"));
  if (hasSnapshots(PACKAGE)) return;
  const progress = new Progress("TypeScript 셀을 준비합니다", "preparing TypeScript cells");
  await makeSnapshots(PACKAGE);
  progress.done();
}
