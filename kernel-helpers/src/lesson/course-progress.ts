/** What a learner's table says: lessons with their exercises, the share of right predictions, the quiz, and where to go on. */

import type { ExerciseFile } from "./read-exercises";
import { EMPTY_PROGRESS, progressTable, type Progress, type ProgressRow } from "./progress";
import { type Quiz, quizReport, type QuizReport } from "./quiz";

/** A lesson as far as the table needs it. */
export interface ProgressLesson {
  readonly lesson: {
    readonly head: { readonly id: string; readonly title: string; readonly minutes: number };
  };
  readonly exercises?: ExerciseFile;
}

/** The whole table. `layerbook progress --json` prints it. */
export interface CourseProgress {
  readonly schema: 1;
  /** Lessons with exercises, in the order of the course. */
  readonly lessons: readonly ProgressRow[];
  readonly passed: number;
  readonly exercises: number;
  /** Share of right step predictions over all lessons, 0 to 1; undefined when none was made. */
  readonly hitRate?: number;
  readonly quiz: {
    readonly items: number;
    /** Items answered, by round. */
    readonly answered: { readonly pre: number; readonly post: number };
    /** Points of a round; given once the second round is complete, so that the first says nothing about the answers. */
    readonly pre?: number;
    readonly post?: number;
    readonly gain?: number;
    readonly surelyWrong: QuizReport["surelyWrong"];
  };
  /** The first lesson that is not done; undefined when all are. */
  readonly next?: string;
}

/** Everything of several notebooks in one: tries and guesses add up, the latest answers of the quiz count, a passed exercise is passed. */
export function mergeProgress(all: readonly Progress[]): Progress {
  return all.reduce((sum, one) => {
    const exercises = { ...sum.exercises };
    for (const [id, entry] of Object.entries(one.exercises)) {
      const before = exercises[id];
      const passed = [before?.passedAt, entry.passedAt].filter((time) => time !== undefined);
      exercises[id] = {
        tries: (before?.tries ?? 0) + entry.tries,
        hints: Math.max(before?.hints ?? 0, entry.hints),
        ...(passed.length > 0 ? { passedAt: Math.min(...passed) } : {}),
      };
    }
    const predictions = { ...sum.predictions };
    for (const [id, entry] of Object.entries(one.predictions))
      predictions[id] = {
        made: (predictions[id]?.made ?? 0) + entry.made,
        right: (predictions[id]?.right ?? 0) + entry.right,
      };
    const misconceptions = { ...sum.misconceptions };
    for (const [id, count] of Object.entries(one.misconceptions))
      misconceptions[id] = (misconceptions[id] ?? 0) + count;
    const quiz = { ...sum.quiz };
    for (const round of ["pre", "post"] as const)
      if (one.quiz[round]) quiz[round] = { ...quiz[round], ...one.quiz[round] };
    return { schema: 1, exercises, predictions, misconceptions, quiz };
  }, EMPTY_PROGRESS);
}

/** Two states of one learner's progress in one, where neither may be lost: the larger counts, the first time of passing, of the quiz the answers of *later* first. */
export function joinProgress(earlier: Progress, later: Progress): Progress {
  const both = <T>(
    a: Readonly<Record<string, T>>,
    b: Readonly<Record<string, T>>,
    join: (x: T, y: T) => T,
  ): Record<string, T> => {
    const all: Record<string, T> = { ...a };
    for (const [id, entry] of Object.entries(b)) {
      const before = a[id];
      all[id] = before === undefined ? entry : join(before, entry);
    }
    return all;
  };
  const quiz = { ...earlier.quiz };
  for (const round of ["pre", "post"] as const)
    if (later.quiz[round]) quiz[round] = { ...quiz[round], ...later.quiz[round] };
  return {
    schema: 1,
    exercises: both(earlier.exercises, later.exercises, (x, y) => {
      const passed = [x.passedAt, y.passedAt].filter((time) => time !== undefined);
      return {
        tries: Math.max(x.tries, y.tries),
        hints: Math.max(x.hints, y.hints),
        ...(passed.length > 0 ? { passedAt: Math.min(...passed) } : {}),
      };
    }),
    predictions: both(earlier.predictions, later.predictions, (x, y) => (y.made >= x.made ? y : x)),
    quiz,
    misconceptions: both(earlier.misconceptions, later.misconceptions, Math.max),
  };
}

/** The table of *progress* over *lessons*. */
export function courseProgress(
  progress: Progress,
  lessons: readonly ProgressLesson[],
  quiz: Quiz | undefined,
): CourseProgress {
  const rows = progressTable(
    progress,
    lessons
      .filter(({ exercises }) => (exercises?.exercises.length ?? 0) > 0)
      .map(({ lesson, exercises }) => ({
        id: lesson.head.id,
        title: lesson.head.title,
        exercises: (exercises?.exercises ?? []).map(({ id }) => id),
      })),
  );
  const made = Object.values(progress.predictions).reduce((sum, entry) => sum + entry.made, 0);
  const right = Object.values(progress.predictions).reduce((sum, entry) => sum + entry.right, 0);
  const items = quiz?.items.length ?? 0;
  const answered = {
    pre: Object.keys(progress.quiz.pre ?? {}).length,
    post: Object.keys(progress.quiz.post ?? {}).length,
  };
  const report = quiz && answered.post >= items && items > 0 ? quizReport(quiz, progress) : undefined;
  const next = rows.find((row) => !row.done)?.lesson;
  return {
    schema: 1,
    lessons: rows,
    passed: rows.reduce((sum, row) => sum + row.passed, 0),
    exercises: rows.reduce((sum, row) => sum + row.exercises, 0),
    ...(made > 0 ? { hitRate: right / made } : {}),
    quiz: { items, answered, surelyWrong: [], ...report },
    ...(next === undefined ? {} : { next }),
  };
}

/** `73%`, or `–` for none. */
export function percent(share: number | undefined): string {
  return share === undefined ? "–" : `${Math.round(share * 100)}%`;
}

/** Sentences about the quiz, in Korean or English; none before it was begun. */
export function quizSentences({ quiz }: CourseProgress, locale: "ko" | "en"): readonly string[] {
  const ko = locale === "ko";
  const { items, answered } = quiz;
  if (answered.pre === 0 && answered.post === 0)
    return [ko ? "개념 검사는 아직 시작하지 않았습니다." : "The quiz has not been begun."];
  if (quiz.post === undefined) {
    const rounds: string[] = [
      ko ? `개념 검사: 사전 ${answered.pre}/${items}문항` : `Quiz: before ${answered.pre}/${items} answered`,
      ...(answered.post > 0
        ? [ko ? `사후 ${answered.post}/${items}문항` : `after ${answered.post}/${items} answered`]
        : []),
    ];
    return [rounds.join(", ") + (ko ? "을 적었습니다." : ".")];
  }
  const before =
    quiz.pre === undefined || answered.pre < items
      ? ""
      : ko
        ? `사전 ${quiz.pre}점에서 `
        : `before ${quiz.pre}, `;
  return [
    ko
      ? `개념 검사: ${before}사후 ${quiz.post}점입니다(${items}점 만점).${quiz.gain === undefined ? "" : ` 향상도 ${percent(quiz.gain)}.`}`
      : `Quiz: ${before}after ${quiz.post} of ${items}.${quiz.gain === undefined ? "" : ` Gain ${percent(quiz.gain)}.`}`,
    ...quiz.surelyWrong.map(({ item, lesson }) =>
      ko
        ? `확신했지만 달랐던 문항: ${item}. 다시 볼 수업: ${lesson}.`
        : `Surely wrong: ${item}; see ${lesson} again.`,
    ),
  ];
}
