/** The learner's progress: what was predicted, checked, hinted and answered. One JSON file, kept by the caller. */

import type { Comparison } from "./predict";

/** Everything remembered of one learner's course. Times are seconds since 1970, given by the caller. */
export interface Progress {
  readonly schema: 1;
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
  /** By lesson id: how many step predictions were made and right. */
  readonly predictions: Readonly<Record<string, { readonly made: number; readonly right: number }>>;
  /** Quiz answers by round, then item: the option's id and how sure the learner was. */
  readonly quiz: Readonly<Partial<Record<"pre" | "post", Readonly<Record<string, QuizAnswer>>>>>;
  /** How often each misconception was met. */
  readonly misconceptions: Readonly<Record<string, number>>;
}

export interface ExerciseProgress {
  readonly tries: number;
  /** Hints opened, 0 to 3. */
  readonly hints: number;
  /** When it was first passed. */
  readonly passedAt?: number;
}

export interface QuizAnswer {
  readonly option: string;
  /** 찍었다, 반반이다, 확신한다. */
  readonly confidence: "guess" | "half" | "sure";
}

/** The progress of somebody who has not begun. */
export const EMPTY_PROGRESS: Progress = {
  schema: 1,
  exercises: {},
  predictions: {},
  quiz: {},
  misconceptions: {},
};

/** Reads stored progress. Anything that is not progress of this schema gives undefined: the caller sets the file aside and begins anew. */
export function parseProgress(text: string): Progress | undefined {
  try {
    const data = JSON.parse(text) as Partial<Progress>;
    if (data.schema !== 1 || !isRecord(data.exercises)) return undefined;
    const progress = { ...EMPTY_PROGRESS, ...data, schema: 1 as const };
    return isWhole(progress) ? progress : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !Object.hasOwn(value, "__proto__");
const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

/** Has every entry its shape? A file can be edited by hand, and a teacher's table reads many that others wrote. */
function isWhole({ exercises, predictions, quiz, misconceptions }: Progress): boolean {
  const every = (value: unknown, test: (entry: unknown) => boolean): boolean =>
    isRecord(value) && Object.values(value).every(test);
  const answer = (entry: unknown): boolean =>
    isRecord(entry) &&
    typeof entry["option"] === "string" &&
    ["guess", "half", "sure"].includes(String(entry["confidence"]));
  return (
    every(
      exercises,
      (entry) =>
        isRecord(entry) &&
        isCount(entry["tries"]) &&
        isCount(entry["hints"]) &&
        (entry["passedAt"] === undefined || isCount(entry["passedAt"])),
    ) &&
    every(predictions, (entry) => isRecord(entry) && isCount(entry["made"]) && isCount(entry["right"])) &&
    every(quiz, (round) => every(round, answer)) &&
    every(misconceptions, isCount)
  );
}

/** Counts one try of an exercise; *passedAt* when it passed. A passed exercise stays passed. */
export function recordTry(
  progress: Progress,
  id: string,
  misconceptions: readonly string[],
  passedAt?: number,
): Progress {
  const before = progress.exercises[id] ?? { tries: 0, hints: 0 };
  const passed = before.passedAt ?? passedAt;
  const exercise = {
    ...before,
    tries: before.tries + 1,
    ...(passed === undefined ? {} : { passedAt: passed }),
  };
  return {
    ...progress,
    exercises: { ...progress.exercises, [id]: exercise },
    misconceptions: count(progress.misconceptions, misconceptions),
  };
}

/** Opens the next hint: its number, 1 to 3; stays at 3. */
export function recordHint(
  progress: Progress,
  id: string,
): { readonly progress: Progress; readonly hint: number } {
  const before = progress.exercises[id] ?? { tries: 0, hints: 0 };
  const hint = Math.min(3, before.hints + 1);
  return {
    progress: { ...progress, exercises: { ...progress.exercises, [id]: { ...before, hints: hint } } },
    hint,
  };
}

/** Adds the outcome of one build's predictions to the lesson's count. */
export function recordPredictions(
  progress: Progress,
  lesson: string,
  comparisons: readonly Comparison[],
): Progress {
  const judged = comparisons.filter((entry) => entry.right !== undefined);
  const before = progress.predictions[lesson] ?? { made: 0, right: 0 };
  const after = {
    made: before.made + judged.length,
    right: before.right + judged.filter((entry) => entry.right).length,
  };
  const wrong = judged.flatMap((entry) => (entry.misconception === undefined ? [] : [entry.misconception]));
  return {
    ...progress,
    predictions: { ...progress.predictions, [lesson]: after },
    misconceptions: count(progress.misconceptions, wrong),
  };
}

/** Keeps an answer of the quiz; a later one takes its place. */
export function recordQuiz(
  progress: Progress,
  round: "pre" | "post",
  item: string,
  answer: QuizAnswer,
  misconception?: string,
): Progress {
  return {
    ...progress,
    quiz: { ...progress.quiz, [round]: { ...progress.quiz[round], [item]: answer } },
    misconceptions: count(progress.misconceptions, misconception === undefined ? [] : [misconception]),
  };
}

/** One row of the learner's table. */
export interface ProgressRow {
  readonly lesson: string;
  readonly title: string;
  readonly exercises: number;
  readonly passed: number;
  /** Hints opened in all. */
  readonly hints: number;
  /** Share of right step predictions, 0 to 1; undefined when none was made. */
  readonly hitRate?: number;
  readonly done: boolean;
}

/** The table, in the order of *lessons*. A lesson is done when all its exercises have passed. */
export function progressTable(
  progress: Progress,
  lessons: readonly { readonly id: string; readonly title: string; readonly exercises: readonly string[] }[],
): readonly ProgressRow[] {
  return lessons.map((lesson) => {
    const states = lesson.exercises.map((id) => progress.exercises[id]);
    const passed = states.filter((state) => state?.passedAt !== undefined).length;
    const made = progress.predictions[lesson.id];
    return {
      lesson: lesson.id,
      title: lesson.title,
      exercises: lesson.exercises.length,
      passed,
      hints: states.reduce((sum, state) => sum + (state?.hints ?? 0), 0),
      ...(made === undefined || made.made === 0 ? {} : { hitRate: made.right / made.made }),
      done: lesson.exercises.length > 0 && passed === lesson.exercises.length,
    };
  });
}

function count(
  before: Readonly<Record<string, number>>,
  ids: readonly string[],
): Readonly<Record<string, number>> {
  const after: Record<string, number> = { ...before };
  for (const id of ids) after[id] = (after[id] ?? 0) + 1;
  return after;
}
