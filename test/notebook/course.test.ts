/** Every lesson from top to bottom, each alone, on a real Jupyter Server with the real kernel. */

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { kernelSpec } from "../../kernel-helpers/src/kernel";
import { findJupyter, runAll } from "../../kernel-helpers/src/notebook";
import { packageUnderTest } from "../kernel/package-under-test";

describe("the course on the real kernel", function () {
  this.timeout(240_000);

  it("every notebook runs without an error that its lesson does not announce", async function () {
    if (!findJupyter(process.env)) {
      assert.ok(!process.env["CI"], "no Jupyter Server: this test must not be skipped under CI");
      console.log("      SKIPPED: no Jupyter Server on this machine");
      this.skip();
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
      cpSync(join(__dirname, "../../notebooks"), lessons, { recursive: true });
      const files = readdirSync(lessons).map((name) => join(lessons, name, `${name}.ipynb`));
      const outcomes = await runAll({
        files,
        env: { ...process.env, JUPYTER_PATH: join(folder, "share") },
        kernel: "layerbook-course",
        timeout: 60_000,
        keepGoing: true,
        jobs: 2,
        check: false,
        signal: new AbortController().signal,
      });
      assert.ok(outcomes.length >= 20);
      const failed = outcomes
        .filter(({ passed }) => !passed)
        .map(({ file, result }) => [file, result?.cells.filter(({ status }) => status === "error")]);
      assert.deepEqual(failed, []);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});
