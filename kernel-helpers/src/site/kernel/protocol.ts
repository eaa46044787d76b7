/** What a kernel's worker and the page say to each other. Everything can be cloned. */

import type { DisplayOptions, StreamName } from "../../kernel/output/iopub";
import type { ErrorContent, MimeBundle } from "../../kernel/protocol/messages";

/** To the worker, first of all. */
export interface Start {
  readonly kind: "start";
  /** Name of the file store. */
  readonly store: string;
  /** Folder of the notebook in the store, no slashes at its ends. */
  readonly folder: string;
  /** Address of the file that holds TypeScript, loaded when the first cell needs it. */
  readonly typescript: string;
}

/** A cell to be run, or a question about its text. Each is answered by one `reply` of its id. */
export type Ask = { readonly kind: "ask"; readonly id: number } & (
  | {
      readonly what: "execute";
      readonly code: string;
      readonly count: number;
      readonly silent: boolean;
      readonly allowStdin: boolean;
      readonly metadata: Readonly<Record<string, unknown>>;
      readonly expressions: Readonly<Record<string, string>>;
    }
  | { readonly what: "complete" | "inspect"; readonly content: Readonly<Record<string, unknown>> }
  | { readonly what: "is-complete"; readonly content: Readonly<Record<string, unknown>> }
);

/** To the worker. */
export type ToWorker =
  Start | Ask | { readonly kind: "interrupt" } | { readonly kind: "input"; readonly value: string };

/** How a cell ended. */
export interface Executed {
  readonly error?: ErrorContent;
  readonly result?: MimeBundle;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly payload?: readonly Readonly<Record<string, unknown>>[];
  readonly expressions?: Readonly<Record<string, unknown>>;
}

/** From the worker. Outputs belong to the cell that is being run. */
export type FromWorker =
  | { readonly kind: "stream"; readonly name: StreamName; readonly text: string }
  | { readonly kind: "display"; readonly data: MimeBundle; readonly options: DisplayOptions }
  | { readonly kind: "clear"; readonly wait: boolean }
  | { readonly kind: "input"; readonly prompt: string; readonly password: boolean }
  /** Paths in the store that a cell has written or removed. */
  | { readonly kind: "files"; readonly written: readonly string[]; readonly gone: readonly string[] }
  | { readonly kind: "reply"; readonly id: number; readonly value: unknown };
