/** Lessons from top to bottom on the real kernel: those in which every kind of cell occurs. All of them run in test/long; all cells without a kernel in test/lesson. */

import { assertNotebooksRun } from "./course-run";

const LESSONS = ["00-start", "07-context-and-dockerignore", "17-project"];

describe("the course on the real kernel", function () {
  this.timeout(240_000);

  it("notebooks with every kind of cell run without an error that their lesson does not announce", async function () {
    await assertNotebooksRun(this, LESSONS);
  });
});
