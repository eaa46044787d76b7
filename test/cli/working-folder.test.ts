/** Commands about the learner's work find it from a terminal of JupyterLab, wherever the lessons were put. */

import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { workingFolder } from "../../kernel-helpers/src/cli/working-folder";
import { NOTEBOOKS } from "../../kernel-helpers/src/platform/node/places";
import { layerbook } from "./command";

describe("the working folder", () => {
  let home: string;
  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), "작업 폴더-"));
    fs.mkdirSync(path.join(home, "수업/05-order/app/src"), { recursive: true });
    fs.writeFileSync(path.join(home, "수업/05-order/05-order.ipynb"), "{}");
  });
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  it("is the one named, learn/ here, one with lessons from here upwards, the project's", () => {
    const course = path.join(home, "수업");
    assert.equal(workingFolder("수업", home), course);
    for (const cwd of ["수업", "수업/05-order", "수업/05-order/app/src"])
      assert.equal(workingFolder(undefined, path.join(home, cwd)), course);
    assert.equal(workingFolder(undefined, home), path.join(NOTEBOOKS, "../learn"));
    fs.mkdirSync(path.join(home, "learn"));
    assert.equal(workingFolder(undefined, home), path.join(home, "learn"));
    assert.notEqual(workingFolder(undefined, path.join(NOTEBOOKS, "05-order")), NOTEBOOKS);
  });

  it("`layerbook progress` in a lesson's folder shows the table of all of them", async () => {
    fs.mkdirSync(path.join(home, "수업/03-x/.layerbook"), { recursive: true });
    fs.writeFileSync(
      path.join(home, "수업/03-x/.layerbook/progress.json"),
      JSON.stringify({
        schema: 1,
        exercises: { "L03-E1": { tries: 1, hints: 0, passedAt: 1 } },
        predictions: {},
        quiz: {},
        misconceptions: {},
      }),
    );
    const { code, out } = await layerbook(["progress"], { cwd: path.join(home, "수업/05-order/app") });
    assert.equal(code, 0);
    assert.match(out, /L03 .* 1\/3/);
  });
});
