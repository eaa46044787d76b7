/** How cells are compiled: today's language, Node's resolution with package exports, checks as lenient as tslab's. */

import ts from "typescript";

/** The compiler options of cells. */
export const cellOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.decorators.d.ts"],
  types: ["node"],
  // CommonJS with bundler resolution: `exports` of packages count, extensions may be left out, and a cell runs as a function.
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  customConditions: ["node"],
  allowImportingTsExtensions: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  // Imports of values stay although the cell itself does not use them: a later one may.
  verbatimModuleSyntax: true,
  preserveConstEnums: true,
  skipLibCheck: true,
  sourceMap: true,
  newLine: ts.NewLineKind.LineFeed,
  jsx: ts.JsxEmit.React,
};

/** Findings that come from the way cells are compiled and mean nothing to the learner. */
const IGNORED = new Set([
  1378, // top-level await needs a module: cells have it
  1431,
  1432,
  1375, // the same, and `for await`
  2854, // top-level `await using`
  1343,
  1470, // import.meta
  1484,
  1485,
  1205,
  1286,
  1287,
  1295,
  1448,
  2748, // verbatimModuleSyntax
  5097, // import path ending in .ts
]);

/** Is *code* a finding for the learner? */
export function isReported(code: number): boolean {
  return !IGNORED.has(code);
}
