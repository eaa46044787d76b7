/** notebooks/ is what content/ says, byte for byte, and making it is harmless to repeat. */
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import {
  courseDifferences,
  courseFiles,
  readCourse,
  writeCourse,
} from "../../kernel-helpers/src/lesson/course";

const ROOT = path.resolve(__dirname, "../..");

describe("course files", () => {
  const wanted = courseFiles(readCourse(path.join(ROOT, "content")));

  it("notebooks/ agrees with content/ (npm run lessons makes it so)", () => {
    assert.deepEqual(courseDifferences(wanted, path.join(ROOT, "notebooks")), []);
  });

  it("every notebook has its lesson's files in app/ beside it", () => {
    const names = [...wanted.keys()];
    assert.ok(names.some((name) => /^01-[\w-]+\/01-[\w-]+\.ipynb$/.test(name)));
    assert.ok(names.some((name) => /^02-[\w-]+\/app\/server.js$/.test(name)));
  });

  it("writing makes the folder exactly so, and a second time changes nothing", () => {
    const target = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-course-"));
    try {
      fs.mkdirSync(path.join(target, "99-gone/app"), { recursive: true });
      fs.writeFileSync(path.join(target, "99-gone/app/old.txt"), "old");
      assert.ok(writeCourse(wanted, target).includes("99-gone/app/old.txt"));
      assert.deepEqual(courseDifferences(wanted, target), []);
      assert.ok(!fs.existsSync(path.join(target, "99-gone")));
      assert.deepEqual(writeCourse(wanted, target), []);
    } finally {
      fs.rmSync(target, { recursive: true });
    }
  });

  it("a file set that is not there is named, with those that are", () => {
    const content = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-content-"));
    try {
      for (const folder of ["apps/P1", "lessons"])
        fs.mkdirSync(path.join(content, folder), { recursive: true });
      const head =
        "---\nid: L01\ntitle: 제목\npart: 1부\nminutes: 5\nneeds: []\nterms: []\nfiles: [P9]\n---\n\n";
      fs.writeFileSync(path.join(content, "lessons/01-a.md"), `${head}<!-- cell: a -->\n글\n`);
      assert.throws(() => readCourse(content), { code: "LB_LESSON_FILES", message: /P9.*P1/ });
    } finally {
      fs.rmSync(content, { recursive: true });
    }
  });
});
