import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Compares *actual* with the file *path*. A difference is written beside it as `…-changed`; a missing file is written
 * (and fails where CI is set).
 */
export function golden(path: string, actual: string): void {
  if (!existsSync(path)) {
    if (process.env["CI"]) assert.fail(`golden file missing: ${path}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  const expected = readFileSync(path, "utf8");
  if (expected === actual) rmSync(path + "-changed", { force: true });
  else writeFileSync(path + "-changed", actual);
  assert.equal(actual, expected, `differs from ${path}; see ${path}-changed`);
}
