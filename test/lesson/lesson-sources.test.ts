import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { compileLesson, notebookText } from "../../kernel-helpers/src/lesson";
import { readCourse } from "../../kernel-helpers/src/lesson/course";

const CONTENT = join(__dirname, "../../content");

describe("lesson sources", () => {
  for (const { lesson, exercises } of readCourse(CONTENT).lessons) {
    const name = `${lesson.head.slug}.md`;

    it(`${name} compiles in every edition, and nothing but the student's reaches the student`, () => {
      for (const edition of ["student", "slides", "teacher", "solution", "exam"] as const) {
        const notebook = compileLesson(lesson, edition, exercises);
        const ids = notebook.cells.map((cell) => cell.id);
        assert.equal(new Set(ids).size, ids.length, edition);
        assert.ok(ids.every((id) => /^[a-z0-9_-]{1,64}$/.test(id)));
      }
      const student = notebookText(compileLesson(lesson, "student", exercises));
      for (const cell of lesson.cells.filter((entry) => entry.audience !== "student"))
        assert.ok(!student.includes(JSON.stringify(cell.source).slice(1, -1)), cell.id);
      for (const exercise of exercises?.exercises ?? []) {
        for (const hint of exercise.hints.slice(1))
          assert.ok(!student.includes(hint), `${exercise.id}: ${hint}`);
      }
    });

    it(`${name} uses every exercise and prediction of its lesson once, and only file sets that exist`, () => {
      const used = lesson.cells
        .filter((cell) => cell.kind === "exercise" || cell.kind === "prediction")
        .map((cell) => cell.source);
      const written = [...(exercises?.exercises ?? []), ...(exercises?.predictions ?? [])].map(
        (entry) => entry.id,
      );
      assert.deepEqual([...used].sort(), [...written].sort());
      for (const set of lesson.head.files) assert.ok(statSync(join(CONTENT, "apps", set)).isDirectory());
    });
  }

  it("the quiz is asked before and after, and no student's notebook says which option is right", () => {
    const { lessons, quiz } = readCourse(CONTENT);
    assert.ok(quiz);
    const asking = lessons.filter(({ lesson }) => lesson.cells.some((cell) => cell.kind === "quiz"));
    assert.deepEqual(
      asking.map(({ lesson }) => lesson.head.id),
      ["00", "PRJ"],
    );
    const texts = asking.map(({ lesson, exercises }) =>
      notebookText(compileLesson(lesson, "student", exercises)),
    );
    for (const item of quiz.items) {
      for (const text of texts) {
        assert.ok(text.includes(`${item.id}\\n`), item.id);
        assert.ok(!text.includes(item.explanation_ko));
        for (const option of item.options) {
          assert.ok(text.includes(JSON.stringify(option.text_ko).slice(1, -1)), option.text_ko);
          assert.ok(!text.includes(option.feedback_ko), option.feedback_ko);
        }
      }
      const orders = asking.map(({ lesson, exercises }) =>
        compileLesson(lesson, "student", exercises)
          .cells.filter((cell) => cell.id.includes(item.id.toLowerCase()))
          .map((cell) => cell.source.join(""))
          .join("\n"),
      );
      assert.notEqual(orders[0], orders[1]);
    }
    const teacher = notebookText(compileLesson(asking[0]!.lesson, "teacher", asking[0]!.exercises));
    assert.ok(quiz.items.every((item) => teacher.includes(item.explanation_ko)));
    const exam = compileLesson(asking[0]!.lesson, "exam", asking[0]!.exercises);
    assert.equal(exam.cells.length, 2 * quiz.items.length);
  });
});
