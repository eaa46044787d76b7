/** Every build and edits exercise: the start state fails, each listed wrong answer gets its feedback, every solution passes. */

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
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
import { comparable, inputsOf, recordedExercise, stepsOf, type ExerciseBuild } from "./recorded";

/** `RECORD_INPUTS=FILE` collects what was built, for a new recording. */
const collected: Record<string, readonly ExerciseBuild[]> = {};

/**
 * Checks *exercise* as a learner does who built the start state, made *changes*, and built again; every build of the judgement is held
 * against what BuildKit did with the same files (*way* names the recording).
 */
async function check(
  exercise: BuildExercise | EditsExercise,
  way: string,
  changes: readonly ContextChanges[],
  body = "",
): Promise<CheckResult> {
  const benches: ExerciseBuild[][] = [];
  const lab = await Lab.open();
  const engine = new DockerEngine(lab);
  lab.context.apply(exercise.start);
  await lab.build(exercise.options);
  for (const change of changes) lab.context.apply(change);
  if (changes.length > 0) await lab.build(exercise.options);
  const openLab = async (): Promise<Lab> => {
    const opened = await Lab.open();
    const builds: ExerciseBuild[] = [];
    benches.push(builds);
    opened.onBuild(({ record }) =>
      builds.push({ inputs: inputsOf(record, opened.context.files()), steps: stepsOf(record.steps) }),
    );
    return opened;
  };
  const maker = await benchMaker({ project: () => lab.context.files(), engine, openLab });
  const result = await checkExercise(exercise, body, maker);
  for (const [i, builds] of benches.entries()) {
    if (builds.length === 0) continue;
    const id = `${exercise.id.toLowerCase()}-${way}${benches.length > 1 ? `-${i + 1}` : ""}`;
    if (process.env["RECORD_INPUTS"]) collected[id] = builds;
    else assertAsRecorded(id, builds);
  }
  return result;
}

/** Real BuildKit did the same with the same files. */
function assertAsRecorded(id: string, builds: readonly ExerciseBuild[]): void {
  const recorded = recordedExercise(id);
  const again = `${id} has no recording of these files: record it anew (test/fidelity/README.md, "The course")`;
  assert.deepEqual(
    builds.map(({ inputs }) => inputs),
    recorded?.map(({ inputs }) => inputs),
    again,
  );
  for (const [k, { steps }] of builds.entries()) {
    const wanted = recorded?.[k]?.steps ?? {};
    assert.deepEqual(comparable(wanted, steps), wanted, `${id}, build ${k + 1}`);
  }
}

describe("exercises", function () {
  this.timeout(60_000);
  after(() => {
    const file = process.env["RECORD_INPUTS"];
    if (file) writeFileSync(file, JSON.stringify(collected));
  });
  for (const { exercises } of readCourse(join(__dirname, "../../content")).lessons) {
    for (const exercise of exercises?.exercises ?? []) {
      if (exercise.kind === "build") {
        it(`${exercise.id}: the start state does not pass`, async () =>
          assert.equal((await check(exercise, "start", [])).passed, false));
        for (const [i, way] of exercise.wrong.entries()) {
          it(`${exercise.id}: ${way.title}`, async () => {
            const result = await check(exercise, `wrong-${i + 1}`, [way.example]);
            assert.deepEqual(
              [result.passed, result.feedback],
              [false, way.feedback],
              JSON.stringify(result.rows),
            );
          });
        }
        for (const [i, solution] of exercise.solutions.entries()) {
          it(`${exercise.id}: solution ${i + 1} passes`, async () => {
            const result = await check(exercise, `solution-${i + 1}`, [solution]);
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
            const result = await check(exercise, `solution-${i + 1}`, [], body(solution));
            assert.equal(result.passed, true, `${result.feedback} ${JSON.stringify(result.rows)}`);
          });
        }
        for (const [i, way] of exercise.wrong.entries()) {
          it(`${exercise.id}: ${way.command}`, async () => {
            const result = await check(
              exercise,
              `wrong-${i + 1}`,
              [],
              body({ ...exercise.solutions[0], [way.slot]: way.command }),
            );
            assert.deepEqual([result.passed, result.feedback], [false, way.feedback]);
          });
        }
      }
    }
  }
});
