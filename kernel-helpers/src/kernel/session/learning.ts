/** The learner's state of one notebook: open predictions, progress in `.layerbook/progress.json`, notes to show after the next build. */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { BuildOutcome } from "../../build";
import type { Comparison, Exercise, Guess, Prediction, Progress } from "../../lesson";
import type { NotebookSession } from "./notebook-session";

/** A guess beside its outcome, waiting to be shown. */
export interface PredictionNote {
  readonly prediction: Prediction | undefined;
  readonly comparisons: readonly Comparison[];
}

type LessonModule = typeof import("../../lesson");
type CourseModule = typeof import("../../lesson/course");

/** The lesson engine, loaded when a cell first needs it. */
export function loadLesson(): LessonModule & CourseModule {
  /* eslint-disable @typescript-eslint/no-require-imports -- loaded late on purpose */
  return {
    ...(require("../../lesson") as LessonModule),
    ...(require("../../lesson/course") as CourseModule),
  };
  /* eslint-enable @typescript-eslint/no-require-imports */
}

const states = new WeakMap<NotebookSession, Learning>();

/** The learning state of *session*; made at the first call. */
export function learningOf(session: NotebookSession): Learning {
  let state = states.get(session);
  if (state === undefined) states.set(session, (state = new Learning(session)));
  return state;
}

export class Learning {
  private pending: { readonly guess: Guess; readonly prediction: Prediction | undefined } | undefined;
  private readonly notes: PredictionNote[] = [];
  private course: ReturnType<CourseModule["readCourse"]> | undefined;

  constructor(private readonly session: NotebookSession) {
    session.onBuild((outcome) => this.take(outcome));
  }

  private get path(): string {
    return join(this.session.stateDirectory, "progress.json");
  }

  /** What is stored; a file that cannot be read is set aside, never overwritten. */
  progress(): Progress {
    const { EMPTY_PROGRESS, parseProgress } = loadLesson();
    if (!existsSync(this.path)) return EMPTY_PROGRESS;
    const progress = parseProgress(readFileSync(this.path, "utf8"));
    if (progress !== undefined) return progress;
    renameSync(this.path, `${this.path}.unreadable`);
    return EMPTY_PROGRESS;
  }

  /** Writes whole or not at all. */
  save(progress: Progress): void {
    mkdirSync(this.session.stateDirectory, { recursive: true });
    const temporary = `${this.path}.${process.pid}.tmp`;
    writeFileSync(temporary, JSON.stringify(progress, null, 1) + "\n");
    renameSync(temporary, this.path);
  }

  prediction(id: string): Prediction | undefined {
    return this.lessons()
      .flatMap(({ exercises }) => exercises?.predictions ?? [])
      .find((entry) => entry.id === id);
  }

  exercise(id: string): Exercise | undefined {
    return this.lessons()
      .flatMap(({ exercises }) => exercises?.exercises ?? [])
      .find((entry) => entry.id === id);
  }

  /** Ids of all exercises and predictions, for completion and suggestions. */
  ids(): readonly string[] {
    return this.lessons().flatMap(({ exercises }) =>
      [...(exercises?.exercises ?? []), ...(exercises?.predictions ?? [])].map((entry) => entry.id),
    );
  }

  private lessons(): ReturnType<CourseModule["readCourse"]>["lessons"] {
    return (this.course ??= loadLesson().readCourse()).lessons;
  }

  /** Keeps a guess for the next build. */
  predict(guess: Guess, prediction: Prediction | undefined): void {
    this.pending = { guess, prediction };
  }

  private take(outcome: BuildOutcome): void {
    if (this.pending === undefined) return;
    const { guess, prediction } = this.pending;
    this.pending = undefined;
    const { compareGuess, recordPredictions } = loadLesson();
    const comparisons = compareGuess(prediction, guess, outcome.record);
    this.notes.push({ prediction, comparisons });
    const lesson = prediction?.id.split("-")[0];
    if (lesson !== undefined) this.save(recordPredictions(this.progress(), lesson, comparisons));
  }

  /** Notes of builds since the last call. */
  takeNotes(): readonly PredictionNote[] {
    return this.notes.splice(0);
  }
}
