/** What the kernel and its TypeScript process say to each other: one JSON object per line. Positions are UTF-16 units from 0. */

/** How a cell is compiled. */
export interface CompileRequest {
  readonly method: "compile";
  readonly code: string;
  /** Names the cell in the chain; unique, rising. */
  readonly cell: number;
  /** Compile an expression whose names are not kept (user_expressions). */
  readonly transient?: boolean;
  /** Repeated in a new process: files of the learner have been given already. */
  readonly replay?: boolean;
}

export type ServiceRequest =
  | { readonly method: "open"; readonly directory: string; readonly packageDirectory: string }
  | CompileRequest
  /** Names that the cell did not get to define: earlier cells' definitions of them are seen again. */
  | { readonly method: "forget"; readonly cell: number; readonly names: readonly string[] }
  | { readonly method: "complete"; readonly code: string; readonly offset: number }
  | { readonly method: "inspect"; readonly code: string; readonly offset: number; readonly detail: number }
  | { readonly method: "isComplete"; readonly code: string };

/** One finding of the compiler. Lines and columns are 1-based. */
export interface CellDiagnostic {
  readonly code: number;
  /** TypeScript's English text; a chain's further lines are indented. */
  readonly message: string;
  /** The same in Korean, from TypeScript's own translation; absent when it has none. */
  readonly ko?: string;
  readonly line: number;
  readonly column: number;
  /** UTF-16 units marked on that line, at least 1. */
  readonly length: number;
  /** Absolute path of an imported file of the learner; absent for the cell itself. */
  readonly file?: string;
  /** Text of the line, when it is not the cell's. */
  readonly lineText?: string;
  /** The name that was not found, for TS2304 and its kin. */
  readonly missing?: string;
}

/** A file of the learner, compiled because a cell imports it. */
export interface CompiledModule {
  readonly path: string;
  readonly js: string;
  readonly map: string;
}

/** Only with the few globals of node-globals.ts: the real declarations must judge. */
export interface Unsure {
  readonly ok: "unsure";
}

export type CompileReply =
  | { readonly ok: false; readonly diagnostics: readonly CellDiagnostic[] }
  | {
      readonly ok: true;
      readonly js: string;
      /** Source map of *js* to the cell's text. */
      readonly map: string;
      /** Does it contain a top-level await? */
      readonly async: boolean;
      /** Value names that the cell defines. */
      readonly names: readonly string[];
      /** Files to (re)load before the cell runs: new, or changed since they were last given. */
      readonly modules: readonly CompiledModule[];
      /** Cells that nothing can refer to any more. */
      readonly dropped: readonly number[];
    };

export interface CompletionReply {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly { readonly name: string; readonly kind: string }[];
}

export interface InspectReply {
  readonly text: string;
  readonly markdown: string;
}

export interface IsCompleteReply {
  readonly status: "complete" | "incomplete" | "invalid";
  readonly indent: string;
}

/** Reply to the request of the same *id*. */
export interface ServiceReply {
  readonly id: number;
  readonly result?: unknown;
  readonly failure?: string;
}
