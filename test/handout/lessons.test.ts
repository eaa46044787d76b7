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
import { parseNotebook } from "../../kernel-helpers/src/notebook/read";
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
    assert.doesNotMatch(page.body, /<dl class="glossary">/, "its own chapter is the glossary");
    assert.match(page.body, /<ul class="index">/);
    const index = page.body.slice(page.body.indexOf('<ul class="index">'));
    assert.match(index, /<a href="#[^"]*캐시-키">캐시 키<\/a> <a href="#section-00">/);
    assert.doesNotMatch(index, />(TRM|SUM)</);
    assert.match(
      appendixOf([{ id: "L05", title: "순서", headings: [], html: "<p>캐시 키</p>" }])[0]?.html ?? "",
      /<dl class="glossary">/,
    );
    assert.equal([...page.body.matchAll(/<h1/g)].length, 1);
    assert.equal(
      new Set([...page.body.matchAll(/ id="([^"]*)"/g)].map((match) => match[1])).size,
      [...page.body.matchAll(/ id="/g)].length,
    );
  });

  it("finds lessons by id, number and name", () => {
    for (const asked of ["L05", "5", "05", "05-order", "l05"]) assert.equal(findLesson(asked), "05-order");
    for (const [id, name] of [
      ["PRJ", "17-project"],
      ["sum", "18-cheatsheet"],
      ["TRM", "19-glossary"],
      ["00", "00-start"],
    ])
      assert.equal(findLesson(id ?? ""), name);
    assert.equal(findLesson("ABC"), undefined);
    assert.equal(findLesson("L99"), undefined);
    assert.equal(findLesson("order"), undefined);
  });

  it("the quiz is answered on paper on a line, and a cell without an answer says nothing", () => {
    const cell = (id: string, source: string, told: string): object => ({
      cell_type: "code",
      id,
      metadata: { tags: ["quiz"] },
      execution_count: 1,
      source,
      outputs: [{ output_type: "stream", name: "stdout", text: told }],
    });
    const notebook = parseNotebook(
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [
          cell("a", "%%quiz 사전 CI-01\n답: \n확신: ", "아직 답이 없습니다."),
          cell("c", "%%note 보고서\n| | 처음 |\n|---|---|\n| 비밀 | |\n\n대가 하나:", ""),
          cell("b", "%%quiz 사후 CI-02\n답: 2\n확신: ", "맞음."),
        ],
      }),
      "quiz.ipynb",
    );
    const { page, markdown } = makeHandout([{ file: join(__dirname, "quiz.ipynb"), notebook }], {
      edition: "solution",
    });
    assert.match(page.body, /답 ______ 확신: ☐ 찍었다/);
    assert.match(page.body, /<code>답: 2<\/code>[^]*맞음\./);
    assert.match(
      page.body,
      /aria-label="적어 두기"><table>[^]*<td>비밀<\/td>[^]*대가 하나:/,
      "a table to fill in",
    );
    assert.match(markdown, /답: ______ 확신: ☐ 찍었다/);
    assert.doesNotMatch(page.body + markdown, /%%quiz|아직 답이/);
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
