/** The tables of content/ that point elsewhere: every cell, scenario and lesson they name is there. */

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import MarkdownIt from "markdown-it";

import { compileLesson } from "../../kernel-helpers/src/lesson";
import { readCourse } from "../../kernel-helpers/src/lesson/course";

const CONTENT = join(__dirname, "../../content");
const SCENARIOS = join(__dirname, "../fidelity/scenarios");
const { lessons, glossary, quiz } = readCourse(CONTENT);

/** Rows of the Markdown table in *file*, without head and rule. */
function rowsOf(file: string): string[][] {
  return readFileSync(join(CONTENT, file), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("pages of the course", () => {
  it("seed-sentences.md: every sentence of the first note has its cells, in the lessons it names", () => {
    const ids = new Map(
      lessons.flatMap(({ lesson, exercises }) =>
        compileLesson(lesson, "student", exercises).cells.map((cell) => [cell.id, lesson.head.id] as const),
      ),
    );
    const rows = rowsOf("seed-sentences.md");
    assert.ok(rows.length >= 10);
    for (const [sentence, inLessons = "", cells = ""] of rows) {
      const named = [...cells.matchAll(/`([^`]+)`/g)].map(([, id = ""]) => id);
      assert.ok(named.length > 0, sentence);
      for (const id of named) assert.ok(inLessons.includes(ids.get(id) ?? "?"), `${sentence}: ${id}`);
    }
  });

  it("upstream.md: every contradiction has its recording", () => {
    const rows = rowsOf("upstream.md");
    assert.ok(rows.length >= 6);
    for (const row of rows) {
      assert.equal(row.length, 4, row.join(" | "));
      const scenarios = [...(row[2] ?? "").matchAll(/`([a-z-]+\/[\w-]+)`/g)].map(([, name = ""]) => name);
      assert.ok(scenarios.length > 0, row[0]);
      for (const name of scenarios) assert.ok(existsSync(join(SCENARIOS, `${name}.json`)), name);
    }
  });

  it("glossary.json and quiz.json name lessons that are there, and the page shows every term", () => {
    const known = new Set(lessons.map(({ lesson }) => lesson.head.id));
    for (const { ko, firstLesson } of glossary ?? [])
      assert.ok(known.has(firstLesson), `${ko}: ${firstLesson}`);
    for (const { ko, en, firstLesson } of glossary ?? []) {
      const introduced = lessons.find(({ lesson }) => lesson.head.terms.includes(en));
      if (introduced) assert.equal(firstLesson, introduced.lesson.head.id, ko);
    }
    for (const { id, lessons: taught } of quiz?.items ?? [])
      for (const lesson of taught) assert.ok(known.has(lesson), `${id}: ${lesson}`);
    const page = lessons.find(({ lesson }) => lesson.head.id === "TRM");
    assert.ok(page);
    const text = compileLesson(page.lesson, "student", page.exercises)
      .cells.map((cell) => cell.source.join(""))
      .join("\n");
    // As they are read: a term such as `<missing>` must not become a tag.
    const tokens = new MarkdownIt({ html: true }).parse(text, {});
    const headings = tokens.flatMap(({ type }, i) =>
      type === "heading_open" ? [tokens[i + 1]?.children] : [],
    );
    const read = new Set(headings.map((parts) => parts?.map(({ content }) => content).join("")));
    for (const { ko } of glossary ?? []) assert.ok(read.has(ko), ko);
  });

  it("the start page lists the lessons with their titles and minutes", () => {
    const start = lessons[0]?.lesson.cells.map((cell) => cell.source).join("\n") ?? "";
    for (const { lesson } of lessons)
      if (/^L\d\d$/.test(lesson.head.id))
        assert.ok(
          start
            .split("\n")
            .some(
              (row) =>
                row.startsWith(`| ${lesson.head.id} | [${lesson.head.title}](../`) &&
                row.endsWith(`.ipynb) | ${lesson.head.minutes}분 |`),
            ),
          lesson.head.id,
        );
  });
});
