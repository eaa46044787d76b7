/** What a magic is: a cell or a line that begins with `%`, handled by a function instead of being TypeScript. */

import type { DisplayOptions, StreamName } from "../output/iopub";
import type { ErrorContent, MimeBundle } from "../protocol/messages";
import type { NotebookSession } from "../session/notebook-session";

/** Where a magic's output goes: always to the cell that called it. */
export interface CellOutput {
  stream(name: StreamName, text: string): void;
  display(data: MimeBundle, options?: DisplayOptions): void;
  clear(wait?: boolean): void;
}

/** One call of a magic. */
export interface MagicCall {
  /** The name as written, without `%`. */
  readonly name: string;
  /** What follows the name on its line, trimmed. */
  readonly argumentText: string;
  /** *argumentText* split as a shell splits words: quotes and backslashes respected and removed. */
  readonly args: readonly string[];
  /** Everything after the first line, verbatim; empty for a line magic. */
  readonly body: string;
  /** 1-based line of the cell on which the body begins. */
  readonly bodyLine: number;
  readonly session: NotebookSession;
  readonly output: CellOutput;
  /** Aborted by an interrupt: stop cleanly and reject, or return. */
  readonly signal: AbortSignal;
  /** May the client be asked for input? */
  readonly allowStdin: boolean;
  /** Metadata of the execute request: front ends put the cell's id and tags here. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Call it from time to time in long synchronous work: notices an interrupt, which then aborts *signal*. */
  attend(): void;
  /** Asks the client for a line. "" when interrupted. Only when *allowStdin*. */
  input(prompt: string, password?: boolean): Promise<string>;
}

/** What a magic may answer; nothing means success. */
export interface MagicResult {
  /** The cell fails with it, after its outputs. */
  readonly error?: ErrorContent;
  /** Shown as the cell's result (`execute_result`). */
  readonly result?: MimeBundle;
  /** Payloads of the reply. */
  readonly payload?: readonly Readonly<Record<string, unknown>>[];
}

/** Offsets are UTF-16 units in the whole cell; matches replace start to end. */
export interface MagicCompletion {
  readonly start: number;
  readonly end: number;
  readonly matches: readonly {
    readonly text: string;
    readonly type?: string;
    readonly documentation?: string;
  }[];
}

export interface Magic {
  /** Name without `%`. */
  readonly name: string;
  /** `cell`: `%%name`, takes the rest of the cell. `line`: `%name`, one line. */
  readonly kind: "cell" | "line";
  /** One Korean sentence, shown by completion and hover. */
  readonly summary: string;
  /** How it is written: `%%writefile [-a] [--mode 755] PATH`. */
  readonly usage: string;
  run(call: MagicCall): Promise<MagicResult | void>;
  /** Completion at *offset* of the whole cell *code*, for offsets after the name. */
  complete?(code: string, offset: number, session: NotebookSession): Promise<MagicCompletion | undefined>;
  /** Markdown about what stands at *offset*. */
  inspect?(code: string, offset: number, session: NotebookSession): Promise<string | undefined>;
  /** For consoles: is the cell ready to run? Default: yes. */
  isComplete?(code: string): "complete" | "incomplete" | "invalid";
}

/** Refuses a call: shown as the cell's error. *code* is stable (`LB_…`). */
export class MagicError extends Error {
  override readonly name = "MagicError";
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
