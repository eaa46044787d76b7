/** Every lesson from top to bottom, each alone, on a real Jupyter Server with the real kernel. */

import assert from "node:assert/strict";
import { assertNotebooksRun, courseNotebooks } from "../notebook/course-run";

describe("the whole course on the real kernel", function () {
  this.timeout(600_000);

  it("every notebook runs without an error that its lesson does not announce", async function () {
    const names = courseNotebooks();
    assert.ok(names.length >= 20);
    await assertNotebooksRun(this, names);
  });
});
