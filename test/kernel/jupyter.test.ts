/** The kernel under Jupyter's own protocol tests (jupyter_kernel_test), in the project's test environment. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kernelSpec } from "../../kernel-helpers/src/kernel";
import { skipOrFail, testPython } from "../lab/machine";
import { packageUnderTest } from "./package-under-test";

describe("kernel: jupyter_kernel_test", () => {
  it("passes with nothing skipped", function () {
    const python = testPython();
    if (python === undefined) skipOrFail(this, "no Python with jupyter_kernel_test");
    const folder = mkdtempSync(join(tmpdir(), "layerbook-jupyter-"));
    try {
      const spec = join(folder, "share/kernels/layerbook");
      mkdirSync(spec, { recursive: true });
      writeFileSync(
        join(spec, "kernel.json"),
        JSON.stringify(kernelSpec(process.execPath, join(packageUnderTest(), "dist/kernel/main.js"))),
      );
      const { status, stderr } = spawnSync(python, [join(__dirname, "protocol-suite.py"), "-v"], {
        cwd: folder,
        encoding: "utf8",
        env: {
          ...process.env,
          JUPYTER_PATH: join(folder, "share"),
          JUPYTER_PLATFORM_DIRS: "1",
          LAYERBOOK_SNAPSHOT: "use",
          PYTHONDONTWRITEBYTECODE: "1",
        },
      });
      assert.equal(status, 0, stderr);
      assert.match(stderr, /^Ran 13 tests/m);
      assert.doesNotMatch(stderr, /skipped/i);
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }).timeout(120_000);
});
