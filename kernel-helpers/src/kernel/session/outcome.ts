/** How a cell ended. */

import type { ErrorContent, MimeBundle } from "../protocol/messages";

export interface Outcome {
  /** The cell failed with it. */
  readonly error?: ErrorContent;
  /** The value of the last expression, ready to show. */
  readonly result?: MimeBundle;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly payload?: readonly Readonly<Record<string, unknown>>[];
}

/** Runs the code of cells in one language. */
export interface CellLanguage {
  /** Runs *code* as cell *count*. Never rejects because of what the cell does. */
  run(code: string): Promise<Outcome>;
}

/** Thrown into a cell that is to stop. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The error of a cell that the learner stopped. */
export const INTERRUPTED: ErrorContent = {
  ename: "Interrupted",
  evalue: "셀 실행을 중단했습니다.",
  traceback: [
    "\u001b[31mInterrupted\u001b[0m: 셀 실행을 중단했습니다. 지금까지 만든 변수와 파일은 그대로 있습니다.",
  ],
};
