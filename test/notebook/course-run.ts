/** Runs notebooks of the course from top to bottom, each alone, on a real Jupyter Server with the kernel under test. */

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { kernelSpec } from "../../kernel-helpers/src/kernel";
import { findJupyter, runAll } from "../../kernel-helpers/src/notebook";
import { packageUnderTest } from "../kernel/package-under-test";

const NOTEBOOKS = join(__dirname, "../../notebooks");

/** Names of all notebooks of the course. */
export const courseNotebooks = (): string[] => readdirSync(NOTEBOOKS);

/** Fails with the cells that failed though their lesson does not announce it. Skips (under CI fails) without a Jupyter Server. */
export async function assertNotebooksRun(context: Mocha.Context, names: readonly string[]): Promise<void> {
  if (!findJupyter(process.env)) {
    assert.ok(!process.env["CI"], "no Jupyter Server: this test must not be skipped under CI");
    console.log("      SKIPPED: no Jupyter Server on this machine");
    context.skip();
  }
  const folder = mkdtempSync(join(tmpdir(), "layerbook-course-"));
  try {
    // A name of its own: `runAll` brings the kernel of dist/ along, which may be older than the sources under test.
    const spec = join(folder, "share/kernels/layerbook-course");
    mkdirSync(spec, { recursive: true });
    writeFileSync(
      join(spec, "kernel.json"),
      JSON.stringify(kernelSpec(process.execPath, join(packageUnderTest(), "dist/kernel/main.js"))),
    );
    const lessons = join(folder, "수업");
    cpSync(NOTEBOOKS, lessons, { recursive: true });
    const outcomes = await runAll({
      files: names.map((name) => join(lessons, name, `${name}.ipynb`)),
      env: { ...process.env, JUPYTER_PATH: join(folder, "share") },
      kernel: "layerbook-course",
      timeout: 60_000,
      keepGoing: true,
      jobs: 2,
      check: false,
      signal: new AbortController().signal,
    });
    assert.equal(outcomes.length, names.length);
    const failed = outcomes
      .filter(({ passed }) => !passed)
      .map(({ file, result, failure }) => [
        file,
        failure ?? result?.cells.filter(({ status }) => status === "error"),
      ]);
    assert.deepEqual(failed, []);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
