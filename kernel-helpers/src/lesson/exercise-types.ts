/** What `content/exercises/LNN.yaml` holds: predictions and exercises as data. */

import type { BuildOptions, ContextChanges } from "../build/types";

/** A guess that a lesson asks for before a build. */
export interface Prediction {
  /** `L01-P1`. */
  readonly id: string;
  readonly question: string;
  /** Absent: one verdict per step is asked for. */
  readonly options?: readonly ChoiceOption[];
  /** For step predictions: what to say to a wrong guess, first match wins. */
  readonly feedback: readonly StepFeedback[];
}

export interface StepFeedback {
  /** Part of the step's shown name, e.g. `RUN npm install`. */
  readonly step: string;
  readonly guessed: Verdict;
  readonly misconception?: string;
  readonly text: string;
}

/** Reused from the cache, or run again. */
export type Verdict = "hit" | "miss";

export interface ChoiceOption {
  readonly text: string;
  readonly correct: boolean;
  /** Id in content/quiz.json, e.g. `N9`. */
  readonly misconception?: string;
  /** Said when this option was chosen wrongly, or left out wrongly. */
  readonly feedback: string;
}

interface ExerciseBase {
  /** `L05-E1`. */
  readonly id: string;
  readonly title: string;
  /** Markdown, shown by `%%check` and in the handout. */
  readonly goal: string;
  /** Three, from *where to look* to *nearly the answer*. */
  readonly hints: readonly string[];
}

/** Choose all that hold. */
export interface ChoiceExercise extends ExerciseBase {
  readonly kind: "choice";
  readonly options: readonly ChoiceOption[];
}

/** Fill in a table of words. */
export interface GridExercise extends ExerciseBase {
  readonly kind: "grid";
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** By row, then column; each cell lists the words that count as right (the first is the reference). */
  readonly cells: readonly (readonly (readonly string[])[])[];
  /** First match wins; `row`/`column` are texts of the table, absent = any; `answer` absent = any wrong word. */
  readonly feedback: readonly {
    readonly row?: string;
    readonly column?: string;
    readonly answer?: string;
    readonly text: string;
  }[];
}

/** One or more short answers: numbers or words. */
export interface AnswerExercise extends ExerciseBase {
  readonly kind: "answer";
  readonly blanks: readonly {
    readonly name: string;
    /** Any of these is right; compared without spaces and case. */
    readonly accept: readonly string[];
  }[];
  readonly feedback: readonly { readonly blank: string; readonly answer: string; readonly text: string }[];
}

/** Make the project behave: judged by builds, never by text. */
export interface BuildExercise extends ExerciseBase {
  readonly kind: "build";
  /** Files of the start state; a learner's `app/` that lacks them gets them when the exercise is opened. */
  readonly start: ContextChanges;
  /** Options of every build (secrets, build arguments). */
  readonly options: BuildOptions;
  /** Named changes to a project; each is tried on its own after the base build and undone. */
  readonly edits: Readonly<Record<string, Edit>>;
  /** In order; the first unmet one is reported. */
  readonly conditions: readonly Condition[];
  /** Recognised wrong ways, tried before the conditions' own words; each with an example that a test runs. */
  readonly wrong: readonly WrongWay[];
  /** At least two different ways that pass; tests run them, learners see the first after three tries and three hints. */
  readonly solutions: readonly ContextChanges[];
}

/** Write edits as shell commands, one a named slot; each is run on a copy of the start state and built. */
export interface EditsExercise extends ExerciseBase {
  readonly kind: "edits";
  readonly start: ContextChanges;
  readonly options: BuildOptions;
  /** In conditions, the edit of the slot is called `$`. */
  readonly slots: readonly { readonly name: string; readonly conditions: readonly Condition[] }[];
  /** Wrong commands with the feedback they must get; a test runs them. */
  readonly wrong: readonly { readonly slot: string; readonly command: string; readonly feedback: string }[];
  /** Commands by slot; at least two different sets. */
  readonly solutions: readonly Readonly<Record<string, string>>[];
}

export type Exercise = ChoiceExercise | GridExercise | AnswerExercise | BuildExercise | EditsExercise;

export interface Edit {
  readonly title: string;
  readonly changes: ContextChanges;
  /** Instead of *changes*: a shell command in the context, for an edit of what the learner wrote (`sed -i … Dockerfile`). */
  readonly shell?: string;
  readonly options: BuildOptions;
}

export interface WrongWay {
  readonly title: string;
  /** All must hold for this feedback to be given. */
  readonly when: readonly Condition[];
  readonly feedback: string;
  /** The wrong answer itself. */
  readonly example: ContextChanges;
}

/** One checkable statement; the vocabulary of the syllabus' semantic checks. */
export type Condition = ConditionTest & {
  /** Said when it is not met; the default sentence names what was observed. */
  readonly feedback?: string;
};

export type ConditionTest =
  | { readonly check: "builds" | "fails" }
  | { readonly check: "reused" | "reruns"; readonly edit: string; readonly step: string }
  | { readonly check: "rerunsNothing"; readonly edit: string }
  | { readonly check: "rerunsOnly"; readonly edit: string; readonly steps: readonly string[] }
  /** Each step that plays the first role plays the others too, and there is one. */
  | { readonly check: "sameStep"; readonly steps: readonly string[] }
  | { readonly check: "sizeBelow"; readonly megabytes: number }
  | { readonly check: "newLayers"; readonly count: number }
  | { readonly check: "historyRows"; readonly count: number }
  | {
      readonly check: "fileInImage";
      readonly path: string;
      readonly contains?: string;
      readonly mode?: string;
    }
  | { readonly check: "fileAbsent" | "fileInNoLayer"; readonly path: string }
  | { readonly check: "secretAbsent" | "secretFound"; readonly value: string }
  | { readonly check: "configHas"; readonly key: string; readonly value?: string; readonly edit?: string }
  /** The learner's folder itself, not the image. */
  | { readonly check: "fileInContext"; readonly path: string }
  /** A file of that name would not be sent: .dockerignore leaves it out. */
  | { readonly check: "ignored"; readonly path: string }
  | { readonly check: "contextBelow"; readonly bytes: number }
  | { readonly check: "downloads"; readonly edit: string; readonly atMost: number }
  | { readonly check: "dockerfileHas" | "dockerfileLacks"; readonly pattern: string }
  | { readonly check: "errorHas"; readonly text: string }
  | { readonly check: "imagesAtLeast"; readonly count: number }
  | { readonly check: "latestImageHas"; readonly path: string; readonly contains: string }
  | { readonly check: "changesContent" | "keepsContent" | "touchesFile"; readonly edit: string }
  | { readonly check: "not"; readonly of: Condition };
