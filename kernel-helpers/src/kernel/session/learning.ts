/** The learner's state of one notebook: open predictions, progress in `.layerbook/progress.json`, notes to show after the next build. */

import type { BuildOutcome } from "../../build";
import type { Comparison, Exercise, Guess, Prediction, Progress, ProgressLesson, Quiz } from "../../lesson";
import type { NotebookSession } from "./notebook-session";
import { replaceFile, type SessionHost } from "./session-host";

/** A guess beside its outcome, waiting to be shown. */
export interface PredictionNote {
  readonly prediction: Prediction | undefined;
  readonly comparisons: readonly Comparison[];
}

/** What the prediction gate remembers from run to run. */
export interface GateState {
  readonly schema: 1;
  /** Cells with a gate that have been run, by their key. */
  readonly run: readonly string[];
  /** Ids of the predictions that were left. */
  readonly left: readonly string[];
}

type LessonModule = typeof import("../../lesson");

/** The lesson engine, loaded when a cell first needs it. */
export function loadLesson(): LessonModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded late on purpose
  return require("../../lesson") as LessonModule;
}

const states = new WeakMap<NotebookSession, Learning>();

/** The learning state of *session*; made at the first call. */
export function learningOf(session: NotebookSession): Learning {
  let state = states.get(session);
  if (state === undefined) states.set(session, (state = new Learning(session)));
  return state;
}

export class Learning {
  private pending:
    { readonly guess: Guess | "as built"; readonly prediction: Prediction | undefined } | undefined;
  private readonly notes: PredictionNote[] = [];
  private course: ReturnType<SessionHost["lessons"]> | undefined;

  constructor(private readonly session: NotebookSession) {
    session.onBuild((outcome) => this.take(outcome));
  }

  private get path(): string {
    return this.session.host.paths.join(this.session.stateDirectory, "progress.json");
  }

  /** What is stored; a file that cannot be read is set aside, never overwritten. */
  progress(): Progress {
    const { EMPTY_PROGRESS, parseProgress } = loadLesson();
    const { files } = this.session.host;
    if (files.kind(this.path) === undefined) return EMPTY_PROGRESS;
    const progress = parseProgress(files.readText(this.path));
    if (progress !== undefined) return progress;
    files.rename(this.path, `${this.path}.unreadable`);
    return EMPTY_PROGRESS;
  }

  save(progress: Progress): void {
    this.write(this.path, progress);
  }

  private get gatePath(): string {
    return this.session.host.paths.join(this.session.stateDirectory, "predictions.json");
  }

  /** What the gate remembers; nothing when that cannot be read. */
  gate(): GateState {
    const empty: GateState = { schema: 1, run: [], left: [] };
    try {
      const state = JSON.parse(this.session.host.files.readText(this.gatePath)) as Partial<GateState> | null;
      return state?.schema === 1 && Array.isArray(state.run) && Array.isArray(state.left)
        ? { ...empty, ...state }
        : empty;
    } catch {
      return empty;
    }
  }

  /** The cell of *key* has been run: its gate is open for good. */
  passed(key: string): void {
    const state = this.gate();
    this.write(this.gatePath, { ...state, run: [...new Set([...state.run, key])] });
  }

  /** The prediction *id* was left. */
  left(id: string): void {
    const state = this.gate();
    if (!state.left.includes(id)) this.write(this.gatePath, { ...state, left: [...state.left, id] });
  }

  /** Does a guess wait for the next build? */
  get hasPrediction(): boolean {
    return this.pending !== undefined;
  }

  /** Writes whole or not at all. */
  private write(path: string, data: object): void {
    replaceFile(this.session.host, path, JSON.stringify(data, null, 1) + "\n");
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

  /** The answer to the question with which *lesson* looks back (its cell `reminder`); undefined when it has none. */
  reminder(lesson: string): string | undefined {
    return this.lessons()
      .find((entry) => entry.lesson?.head.id === lesson)
      ?.lesson?.cells.find((cell) => cell.id === "reminder")
      ?.source.replace(/^\*\*[^*]*\*\*\s*/, "");
  }

  /** The concept quiz, which comes with the lessons; undefined where they have none. */
  quiz(): Quiz | undefined {
    return this.lessons().find(({ exercises }) => exercises?.quiz !== undefined)?.exercises?.quiz;
  }

  /** The lessons as far as the learner's table needs them: those that came with their head. */
  courseLessons(): readonly ProgressLesson[] {
    return this.lessons().flatMap(({ lesson, exercises }) =>
      lesson === undefined ? [] : [{ lesson, ...(exercises === undefined ? {} : { exercises }) }],
    );
  }

  private lessons(): ReturnType<SessionHost["lessons"]> {
    return (this.course ??= this.session.host.lessons());
  }

  /** Keeps a guess for the next build; `as built`: whatever that build does is the guess. */
  predict(guess: Guess | "as built", prediction: Prediction | undefined): void {
    this.pending = { guess, prediction };
  }

  private take(outcome: BuildOutcome): void {
    if (this.pending === undefined) return;
    const { guess, prediction } = this.pending;
    this.pending = undefined;
    const { compareGuess, recordPredictions } = loadLesson();
    if (guess === "as built") {
      const unguessed = compareGuess(prediction, { steps: [] }, outcome.record);
      const comparisons = unguessed.map((entry) => ({ ...entry, guessed: entry.actual, right: true }));
      this.notes.push({ prediction, comparisons });
      return; // nobody's guess: no progress
    }
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
