import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { makeHandout, type Edition } from "../../kernel-helpers/src/handout";
import { appendixOf } from "../../kernel-helpers/src/handout/book";
import { leaksIn, secretsOfLesson } from "../../kernel-helpers/src/handout/leaks";
import {
  findLesson,
  lessonNames,
  lessonNotebook,
  readLesson,
} from "../../kernel-helpers/src/handout/lesson-source";
import { layerbook } from "../cli/command";

const EDITIONS: readonly Edition[] = ["student", "slides", "teacher", "solution", "exam"];

describe("handouts of the course", function () {
  this.timeout(60_000);

  for (const name of lessonNames()) {
    it(`${name}: every edition, no missing glyph, no broken link, no leak`, () => {
      const course = readLesson(name);
      for (const edition of EDITIONS) {
        const handout = makeHandout(
          [{ file: join(__dirname, `${name}.ipynb`), notebook: lessonNotebook(course, edition) }],
          { edition, secrets: secretsOfLesson(course, edition) },
        );
        assert.deepEqual(
          handout.errors.map((error) => `${edition} ${error.code} ${error.ko}`),
          [],
        );
      }
    });
  }

  it("the teacher's edition holds the solutions, the student's would be refused with one of them", () => {
    const course = readLesson(findLesson("L05") ?? "");
    const secrets = secretsOfLesson(course, "student");
    assert.ok(secrets.length > 3);
    const student = lessonNotebook(course, "student");
    const teacher = lessonNotebook(course, "teacher");
    const page = (notebook: typeof student, edition: Edition): string =>
      makeHandout([{ file: join(__dirname, "05.ipynb"), notebook }], { edition }).page.body;
    assert.deepEqual(leaksIn(page(student, "student"), secrets, [student]), []);
    assert.ok(leaksIn(page(teacher, "teacher"), secrets, [student]).length > secrets.length / 2);
    const hidden = `<p title="${secrets[0]?.text ?? ""}">x</p>`;
    assert.equal(leaksIn(hidden, secrets.slice(0, 1), [student]).length, 1, "in an attribute too");
    const answer = teacher.cells.find((cell) => secrets.some((secret) => secret.cell === cell.id));
    const output = { output_type: "stream" as const, name: "stdout" as const, text: answer?.source ?? "" };
    const cells = student.cells.map((cell, i) =>
      i === student.cells.findIndex((one) => one.cell_type === "code") && cell.cell_type === "code"
        ? { ...cell, outputs: [output] }
        : cell,
    );
    const errors = makeHandout([{ file: join(__dirname, "05.ipynb"), notebook: { ...student, cells } }], {
      edition: "student",
      secrets,
    }).errors;
    assert.ok(errors.some((error) => error.code === "LB_LEAK"));
  });

  it("a book has contents, chapters, links between lessons, a glossary and an index", () => {
    const sources = lessonNames().map((name) => ({
      file: join(__dirname, `${name}.ipynb`),
      notebook: lessonNotebook(readLesson(name), "teacher"),
    }));
    const { page, errors } = makeHandout(sources, {
      edition: "teacher",
      title: "레이어북",
      appendix: appendixOf,
    });
    assert.deepEqual(errors, []);
    assert.match(page.body, /<nav class="contents" aria-label="차례">/);
    assert.match(page.body, /<a href="#section-L05">L05<\/a>/);
    assert.match(page.body, /<dl class="glossary">/);
    assert.match(page.body, /<ul class="index">/);
    assert.equal([...page.body.matchAll(/<h1/g)].length, 1);
    assert.equal(
      new Set([...page.body.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])).size,
      [...page.body.matchAll(/ id="/g)].length,
    );
  });

  it("finds lessons by id, number and name", () => {
    for (const asked of ["L05", "5", "05", "05-order", "l05"]) assert.equal(findLesson(asked), "05-order");
    assert.equal(findLesson("L99"), undefined);
    assert.equal(findLesson("order"), undefined);
  });

  it("the theme needs nothing from outside", () => {
    for (const name of ["handout.css", "slides.css", "slides.js"]) {
      assert.doesNotMatch(
        readFileSync(join(__dirname, "../../content/theme", name), "utf8"),
        /@import|url\(|https?:/,
      );
    }
  });

  it("a lesson without questions for an exam says which lessons have them", async () => {
    const { code, err } = await layerbook(["handout", "L05", "--edition", "exam"]);
    assert.equal(code, 1);
    assert.match(err, /L05.*00, PRJ.*LB_NOTHING_TO_PRINT/);
  });

  it("links between notebooks are text in a handout of a notebook, too: it lies elsewhere", () => {
    const notebook = lessonNotebook(readLesson(findLesson("L05") ?? ""), "student");
    const source =
      "# 제목\n\n[잠금 파일](../19-glossary/19-glossary.ipynb#잠금-파일)을 봅니다. [앱](app/server.js)";
    notebook.cells = [{ cell_type: "markdown", id: "a", metadata: {}, source }];
    const { page, markdown } = makeHandout([{ file: join(__dirname, "05.ipynb"), notebook }], {
      edition: "student",
    });
    for (const text of [page.body, markdown]) {
      assert.match(text, /잠금 파일.?을 봅니다/);
      assert.doesNotMatch(text, /ipynb/);
    }
  });
});
