/** What the grader and the process that runs one notebook say to one another. */

/** One notebook to be run. Files are base64, by path in `app/`. */
export interface GradeJob {
  /** An empty folder of its own. */
  readonly directory: string;
  /** Lesson whose files the notebook starts with; absent: none. */
  readonly lesson?: string;
  /** Sources of the code cells, in order, with their 0-based place among all cells. */
  readonly cells: readonly { readonly index: number; readonly source: string }[];
  /** Files over those of the lesson. */
  readonly files: Readonly<Record<string, string>>;
  /** `cells`: everything is run. `project`: only the checks, on the files as they are, after one build. */
  readonly mode: "cells" | "project";
  /** Places of cells that are not run: they stopped the process before. */
  readonly skip: readonly number[];
  /** Milliseconds for one cell. */
  readonly cellTimeout: number;
}

/** A check that was judged by the teacher's exercises. */
export interface JudgedCheck {
  readonly exercise: string;
  readonly title: string;
  readonly cell: number;
  readonly passed: boolean;
  readonly empty: boolean;
  readonly rows: readonly { readonly met: boolean; readonly text: string }[];
  readonly feedback: string;
  readonly misconceptions: readonly string[];
}

export type FromGrader =
  | { readonly kind: "ready" }
  | { readonly kind: "cell"; readonly index: number }
  | { readonly kind: "check"; readonly check: JudgedCheck }
  /** `typescript`: the cell holds TypeScript, which is not run here. */
  | {
      readonly kind: "failed";
      readonly index: number;
      readonly why: "error" | "typescript" | "timeout";
      readonly message: string;
    }
  | { readonly kind: "done" };
