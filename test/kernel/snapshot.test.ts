/** The TypeScript process starts from a snapshot, and does without when there is none or it is broken. */

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestKernel } from "./client";
import { packageUnderTest } from "./package-under-test";
import { isWhole } from "../sweep";

describe("kernel: start-up snapshots", () => {
  const folder = mkdtempSync(join(tmpdir(), "layerbook-snapshots-"));
  const env = { LAYERBOOK_SNAPSHOT_DIR: folder, LAYERBOOK_SNAPSHOT: "use" };
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function works(): Promise<void> {
    const kernel = await TestKernel.start({ env });
    for (const [code, result] of [
      ["const a = [1, 2]; a.map((x) => x * 2)", "[ 2, 4 ]"],
      ["import { sep } from 'node:path'; [a.length, sep]", "[ 2, '/' ]"],
    ] as const) {
      const answer = await kernel.execute(code);
      assert.equal(
        answer.of("execute_result")[0]?.data["text/plain"],
        result,
        JSON.stringify(answer.reply.content),
      );
    }
    const { reply } = await kernel.execute("const wrong: string = a;");
    assert.match(String(reply.content.evalue), /TS2322/);
    await kernel.stop();
  }

  /** `npm test` has made those of dist/ already, as `npm start` does: making them is tried in the long run, and where there are none. */
  function make(): void {
    const made = join(packageUnderTest(), "dist/.snapshots");
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the compiled one: names depend on where it lies
    const { hasSnapshots } = require(join(packageUnderTest(), "dist/kernel/typescript/snapshot.js")) as {
      hasSnapshots(packageDirectory: string): boolean;
    };
    const blobs = existsSync(made) ? readdirSync(made).filter((name) => name.endsWith(".blob")) : [];
    if (!isWhole && blobs.length === 2 && hasSnapshots(packageUnderTest())) {
      for (const name of blobs) copyFileSync(join(made, name), join(folder, name));
      return;
    }
    const maker = join(packageUnderTest(), "dist/kernel/typescript/make-snapshots.js");
    const { status, stderr } = spawnSync(process.execPath, [maker, packageUnderTest()], {
      env: { ...process.env, LAYERBOOK_SNAPSHOT_DIR: folder },
    });
    assert.equal(status, 0, String(stderr));
  }

  it("are made once, used, and thrown away when they are broken", async () => {
    make();
    const blobs = readdirSync(folder);
    assert.equal(blobs.filter((name) => name.endsWith(".blob")).length, 2, blobs.join());
    assert.equal(blobs.length, 2, "no locks and halves are left");
    await works();
    for (const name of blobs) writeFileSync(join(folder, name), "broken");
    await works();
    assert.equal(readdirSync(folder).length, 0);
  }).timeout(180_000);
});
