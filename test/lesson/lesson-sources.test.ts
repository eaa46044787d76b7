import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  compileLesson,
  notebookText,
  parseExercises,
  parseLesson,
  type ExerciseFile,
} from "../../kernel-helpers/src/lesson";

const CONTENT = join(__dirname, "../../content");
/** Exercises name sets; for compiling their files are of no account. */
const anySet = new Proxy({}, { get: () => ({ write: {} }) });

describe("lesson sources", () => {
  for (const name of readdirSync(join(CONTENT, "lessons")).filter((file) => /^\d\d-.*\.md$/.test(file))) {
    const lesson = parseLesson(name, readFileSync(join(CONTENT, "lessons", name), "utf8"));
    const path = join(CONTENT, "exercises", `${lesson.head.id}.yaml`);
    const exercises: ExerciseFile | undefined = existsSync(path)
      ? parseExercises(path, readFileSync(path, "utf8"), anySet)
      : undefined;

    it(`${name} compiles in every edition, and nothing but the student's reaches the student`, () => {
      for (const edition of ["student", "slides", "teacher", "solution"] as const) {
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
});
