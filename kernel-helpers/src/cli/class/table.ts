/** The class in records: a row per learner, per exercise and per misconception; the quiz before and after. */

import {
  type CourseProgress,
  courseProgress,
  type ProgressLesson,
  type Quiz,
  quizReport,
  type QuizReport,
} from "../../lesson";
import type { Learner } from "./gather";

/** An exercise that was tried and not passed. */
export interface Stuck {
  readonly exercise: string;
  readonly tries: number;
  readonly hints: number;
}

export interface LearnerRow {
  readonly name: string;
  readonly passed: number;
  readonly exercises: number;
  readonly lessonsDone: number;
  /** The first lesson that is not done; absent when all are. */
  readonly next?: string;
  /** Most tries first. */
  readonly stuck: readonly Stuck[];
  readonly hints: number;
  /** Share of right step predictions, 0 to 1; absent when none was made. */
  readonly hitRate?: number;
  /** Most often met first. */
  readonly misconceptions: readonly { readonly id: string; readonly times: number }[];
  /** Points of a complete round; a round in progress has only its count. */
  readonly quiz: {
    readonly pre?: number;
    readonly post?: number;
    readonly answered: CourseProgress["quiz"]["answered"];
  };
  /** When an exercise was passed last; seconds since 1970. */
  readonly lastPassed?: number;
}

export interface ExerciseRow {
  readonly exercise: string;
  readonly title: string;
  readonly passed: number;
  /** Tried, not passed. */
  readonly stuck: number;
  readonly untried: number;
  /** Of those who tried. */
  readonly meanTries?: number;
  readonly hints: number;
}

/** `layerbook class --json` prints it. */
export interface ClassTable {
  readonly schema: 1;
  readonly learners: readonly LearnerRow[];
  /** In the order of the course. */
  readonly exercises: readonly ExerciseRow[];
  /** Those that most learners met first. */
  readonly misconceptions: readonly {
    readonly id: string;
    readonly text: string;
    readonly learners: number;
    readonly times: number;
  }[];
  readonly quiz: {
    readonly items: number;
    /** Learners who finished the round, and their mean. */
    readonly pre: { readonly learners: number; readonly mean?: number };
    readonly post: { readonly learners: number; readonly mean?: number };
    /** Mean of the learners' own gains, of those with both rounds. */
    readonly gain?: number;
  };
}

/** Makes the table of *learners* over the course. */
export function classTable(
  learners: readonly Learner[],
  lessons: readonly ProgressLesson[],
  quiz: Quiz | undefined,
): ClassTable {
  const rows = learners.map((learner) => learnerRow(learner, lessons, quiz));
  const exercises = lessons.flatMap(({ exercises: file }) => file?.exercises ?? []);
  const items = quiz?.items.length ?? 0;
  const points = (round: "pre" | "post"): number[] =>
    rows.flatMap((row) => (row.quiz[round] === undefined ? [] : [row.quiz[round]]));
  const gains = rows.flatMap(({ quiz: { pre, post } }) =>
    pre === undefined || post === undefined || pre >= items ? [] : [(post - pre) / (items - pre)],
  );
  const gain = mean(gains);
  return {
    schema: 1,
    learners: rows,
    exercises: exercises.map(({ id, title }) => exerciseRow(id, title, learners)),
    misconceptions: misconceptionRows(learners, quiz),
    quiz: {
      items,
      pre: { learners: points("pre").length, ...meanOf(points("pre")) },
      post: { learners: points("post").length, ...meanOf(points("post")) },
      ...(gain === undefined ? {} : { gain }),
    },
  };
}

function learnerRow(
  { name, progress }: Learner,
  lessons: readonly ProgressLesson[],
  quiz: Quiz | undefined,
): LearnerRow {
  const course = courseProgress(progress, lessons, quiz);
  const order = new Map(
    lessons.flatMap(({ exercises }) => exercises?.exercises ?? []).map(({ id }, i) => [id, i]),
  );
  const stuck = Object.entries(progress.exercises)
    .filter(([id, entry]) => order.has(id) && entry.tries > 0 && entry.passedAt === undefined)
    .map(([exercise, { tries, hints }]): Stuck => ({ exercise, tries, hints }))
    .sort((a, b) => b.tries - a.tries || (order.get(a.exercise) ?? 0) - (order.get(b.exercise) ?? 0));
  const passedAt = Object.values(progress.exercises).flatMap((entry) => entry.passedAt ?? []);
  const report: Pick<QuizReport, "pre" | "post"> = quiz === undefined ? {} : quizReport(quiz, progress);
  const { answered, items } = course.quiz;
  return {
    name,
    passed: course.passed,
    exercises: course.exercises,
    lessonsDone: course.lessons.filter((row) => row.done).length,
    ...(course.next === undefined ? {} : { next: course.next }),
    stuck,
    hints: course.lessons.reduce((sum, row) => sum + row.hints, 0),
    ...(course.hitRate === undefined ? {} : { hitRate: course.hitRate }),
    misconceptions: Object.entries(progress.misconceptions)
      .map(([id, times]) => ({ id, times }))
      .sort((a, b) => b.times - a.times || (a.id < b.id ? -1 : 1)),
    quiz: {
      ...(report.pre !== undefined && answered.pre >= items ? { pre: report.pre } : {}),
      ...(report.post !== undefined && answered.post >= items ? { post: report.post } : {}),
      answered,
    },
    ...(passedAt.length === 0 ? {} : { lastPassed: Math.max(...passedAt) }),
  };
}

function exerciseRow(exercise: string, title: string, learners: readonly Learner[]): ExerciseRow {
  const entries = learners.map(({ progress }) => progress.exercises[exercise] ?? { tries: 0, hints: 0 });
  const tried = entries.filter((entry) => entry.tries > 0 || entry.passedAt !== undefined);
  const passed = tried.filter((entry) => entry.passedAt !== undefined).length;
  const tries = mean(tried.map((entry) => entry.tries));
  return {
    exercise,
    title,
    passed,
    stuck: tried.length - passed,
    untried: entries.length - tried.length,
    ...(tries === undefined ? {} : { meanTries: tries }),
    hints: entries.reduce((sum, entry) => sum + entry.hints, 0),
  };
}

function misconceptionRows(
  learners: readonly Learner[],
  quiz: Quiz | undefined,
): ClassTable["misconceptions"] {
  const met = new Map<string, { learners: number; times: number }>();
  for (const { progress } of learners)
    for (const [id, times] of Object.entries(progress.misconceptions)) {
      const before = met.get(id) ?? { learners: 0, times: 0 };
      met.set(id, { learners: before.learners + 1, times: before.times + times });
    }
  return [...met]
    .map(([id, counts]) => ({ id, text: quiz?.misconceptions_ko[id] ?? "", ...counts }))
    .sort((a, b) => b.learners - a.learners || b.times - a.times || (a.id < b.id ? -1 : 1));
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

const meanOf = (values: readonly number[]): { mean?: number } => {
  const value = mean(values);
  return value === undefined ? {} : { mean: value };
};
