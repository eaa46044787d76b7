/** `%%check`: judges one exercise by its result and says the first thing that is not there yet. */

import { markAnswer, markChoice, markGrid } from "./answers";
import type { BenchMaker } from "./bench";
import { judge, Trial } from "./conditions";
import type { BuildExercise, Condition, EditsExercise, Exercise } from "./exercise-types";

/** What `%%check` found. */
export interface CheckResult {
  readonly exercise: string;
  readonly title: string;
  readonly passed: boolean;
  /** The learner has not answered yet: the goal is shown instead of a verdict. */
  readonly empty: boolean;
  /** One row a condition of a build exercise, up to and including the first unmet one. */
  readonly rows: readonly { readonly met: boolean; readonly text: string }[];
  /** What was observed and where to look; empty when passed. */
  readonly feedback: string;
  readonly misconceptions: readonly string[];
}

/** Judges *exercise*; *body* is what stands in the cell, *maker* opens benches on the learner's project. */
export async function checkExercise(
  exercise: Exercise,
  body: string,
  maker: BenchMaker,
): Promise<CheckResult> {
  if (exercise.kind === "build") return checkBuild(exercise, maker);
  if (exercise.kind === "edits") return checkEdits(exercise, body, maker);
  const mark =
    exercise.kind === "choice"
      ? markChoice(exercise, body)
      : exercise.kind === "grid"
        ? markGrid(exercise, body)
        : markAnswer(exercise, body);
  return { exercise: exercise.id, title: exercise.title, rows: [], ...mark };
}

async function checkBuild(exercise: BuildExercise, maker: BenchMaker): Promise<CheckResult> {
  const trial = new Trial(exercise, await maker.open(), maker);
  const rows: { met: boolean; text: string }[] = [];
  for (const condition of exercise.conditions) {
    const found = await judge(condition, trial);
    rows.push({ met: found.met, text: found.ko });
    if (found.met) continue;
    const way = await recognise(exercise, trial);
    const feedback = way ?? (found.missing === undefined ? condition.feedback : undefined) ?? found.ko;
    return {
      exercise: exercise.id,
      title: exercise.title,
      passed: false,
      empty: false,
      rows,
      feedback,
      misconceptions: [],
    };
  }
  return {
    exercise: exercise.id,
    title: exercise.title,
    passed: true,
    empty: false,
    rows,
    feedback: "",
    misconceptions: [],
  };
}

/** The feedback of the first wrong way whose conditions all hold. */
async function recognise(exercise: BuildExercise, trial: Trial): Promise<string | undefined> {
  for (const way of exercise.wrong) {
    let all = true;
    for (const condition of way.when) {
      if (!(await judge(condition, trial)).met) {
        all = false;
        break;
      }
    }
    if (all) return way.feedback;
  }
  return undefined;
}

/** Each line of *body* is `slot: command`; a line without a slot's name goes on with the command before it. */
function readCommands(exercise: EditsExercise, body: string): Map<string, string> {
  const commands = new Map<string, string>();
  let current: string | undefined;
  for (const line of body.split("\n")) {
    const slot = exercise.slots.find((entry) => line.trimStart().startsWith(`${entry.name}:`));
    if (slot !== undefined) {
      current = slot.name;
      commands.set(current, line.slice(line.indexOf(":") + 1).trim());
    } else if (current !== undefined && line.trim() !== "") {
      commands.set(current, `${commands.get(current) ?? ""}\n${line}`.trim());
    }
  }
  return commands;
}

async function checkEdits(exercise: EditsExercise, body: string, maker: BenchMaker): Promise<CheckResult> {
  const base = { exercise: exercise.id, title: exercise.title, misconceptions: [] };
  const commands = readCommands(exercise, body);
  if ([...commands.values()].every((command) => command === ""))
    return { ...base, passed: false, empty: true, rows: [], feedback: "" };
  const rows: { met: boolean; text: string }[] = [];
  for (const slot of exercise.slots) {
    const command = commands.get(slot.name) ?? "";
    if (command === "")
      return {
        ...base,
        passed: false,
        empty: false,
        rows,
        feedback: `‘${slot.name}’이(가) 아직 비어 있습니다.`,
      };
    // One bench a slot: an edit must not profit from what another one left in the store.
    const trial = new Trial(
      exercise,
      await maker.open(exercise.start),
      maker,
      new Map([[slot.name, command]]),
    );
    for (const written of slot.conditions) {
      const condition =
        "edit" in written && written.edit === "$" ? ({ ...written, edit: slot.name } as Condition) : written;
      const found = await judge(condition, trial);
      rows.push({ met: found.met, text: `${slot.name}: ${found.ko}` });
      if (!found.met)
        return { ...base, passed: false, empty: false, rows, feedback: condition.feedback ?? found.ko };
    }
  }
  return { ...base, passed: true, empty: false, rows, feedback: "" };
}
