/** Every build and edits exercise: the start state fails, each listed wrong answer gets its feedback, every solution passes. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Lab } from "../../kernel-helpers/src";
import { DockerEngine } from "../../kernel-helpers/src/docker";
import {
  benchMaker,
  checkExercise,
  type BuildExercise,
  type CheckResult,
  type EditsExercise,
} from "../../kernel-helpers/src/lesson";
import { readCourse } from "../../kernel-helpers/src/lesson/course";
import type { ContextChanges } from "../../kernel-helpers/src/build/types";

/** Checks *exercise* as a learner does who built the start state, made *changes*, and built again. */
async function check(
  exercise: BuildExercise | EditsExercise,
  changes: readonly ContextChanges[],
  body = "",
): Promise<CheckResult> {
  const lab = await Lab.open();
  const engine = new DockerEngine(lab);
  lab.context.apply(exercise.start);
  await lab.build(exercise.options);
  for (const change of changes) lab.context.apply(change);
  if (changes.length > 0) await lab.build(exercise.options);
  const maker = await benchMaker({ project: () => lab.context.files(), engine, openLab: () => Lab.open() });
  return checkExercise(exercise, body, maker);
}

describe("exercises", function () {
  this.timeout(60_000);
  for (const { lesson, exercises } of readCourse(join(__dirname, "../../content")).lessons) {
    for (const exercise of exercises?.exercises ?? []) {
      if (exercise.kind === "build") {
        it(`${exercise.id}: the start state does not pass`, async () =>
          assert.equal((await check(exercise, [])).passed, false));
        for (const way of exercise.wrong) {
          it(`${exercise.id}: ${way.title}`, async () => {
            const result = await check(exercise, [way.example]);
            assert.deepEqual(
              [result.passed, result.feedback],
              [false, way.feedback],
              JSON.stringify(result.rows),
            );
          });
        }
        for (const [i, solution] of exercise.solutions.entries()) {
          it(`${exercise.id}: solution ${i + 1} passes`, async () => {
            const result = await check(exercise, [solution]);
            assert.equal(result.passed, true, `${result.feedback} ${JSON.stringify(result.rows)}`);
          });
        }
      } else if (exercise.kind === "edits") {
        const body = (commands: Readonly<Record<string, string>>): string =>
          Object.entries(commands)
            .map(([name, command]) => `${name}: ${command}`)
            .join("\n");
        for (const [i, solution] of exercise.solutions.entries()) {
          it(`${exercise.id}: solution ${i + 1} passes`, async () => {
            const result = await check(exercise, [], body(solution));
            assert.equal(result.passed, true, `${result.feedback} ${JSON.stringify(result.rows)}`);
          });
        }
        for (const way of exercise.wrong) {
          it(`${exercise.id}: ${way.command}`, async () => {
            const result = await check(
              exercise,
              [],
              body({ ...exercise.solutions[0], [way.slot]: way.command }),
            );
            assert.deepEqual([result.passed, result.feedback], [false, way.feedback]);
          });
        }
      }
    }
    void lesson;
  }
});
