/** Projects like real ones, full of commands and bases that are not simulated: no step is said to be reused, or run, that BuildKit would not. */

import assert from "node:assert/strict";

import {
  built,
  complaints,
  nameOfEdit,
  predict,
  projects,
  rebuild,
  verdictsOf,
  type Verdicts,
} from "./real-projects";

describe("builds that assume, on projects like real ones", () => {
  it("has forty of them and more", () => assert.ok(projects.length >= 40));

  for (const project of projects) {
    describe(project.project, () => {
      let predictions: Verdicts[];

      before(async () => {
        const { lab, record } = await built(project);
        assert.equal(record.exitCode, 0, record.error?.message);
        predictions = await predict(lab, project);
      });

      for (const [i, edit] of project.edits.entries()) {
        it(nameOfEdit(edit), async () => {
          const { lab } = await built(project);
          const record = await rebuild(lab, project, edit);
          assert.equal(record.exitCode, 0, record.error?.message);
          assert.deepEqual(complaints(verdictsOf(record), edit, false), [], "build");
          assert.deepEqual(complaints(predictions[i]!, edit, true), [], "whatif");
        });
      }

      it("is reused whole when nothing changes", async () => {
        const { lab } = await built(project);
        const again = await rebuild(lab, project, {});
        assert.deepEqual(complaints(verdictsOf(again), {}, false), []);
      });
    });
  }
});
