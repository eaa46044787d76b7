/** A sed script as records: commands with their addresses. */

import type { Piece } from "./substitute";

/** Which lines a command is for. */
export type Address =
  | { readonly k: "line"; readonly n: number }
  | { readonly k: "last" }
  | { readonly k: "step"; readonly first: number; readonly step: number }
  | { readonly k: "regex"; readonly regex: RegExp | undefined }
  | { readonly k: "plus"; readonly n: number }
  | { readonly k: "multiple"; readonly n: number };

/** One command of a script. */
export interface Command {
  readonly from?: Address;
  readonly to?: Address;
  readonly negated: boolean;
  readonly name: string;
  /** Text of a, i, c; label of b, t, T, `:`; file of r, w. */
  readonly text: string;
  readonly regex?: RegExp | undefined;
  readonly replacement?: readonly Piece[];
  readonly global?: boolean;
  readonly nth?: number;
  readonly print?: number;
  readonly map?: ReadonlyMap<string, string>;
  readonly code: number;
  readonly body?: readonly Command[];
  // State of a range.
  active?: boolean;
  end?: number;
}

/** A script that cannot be read: the message is busybox's. */
export class SedError extends Error {}
