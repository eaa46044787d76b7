/** Which cell the running code belongs to, kept through timers and promises. */

import { AsyncLocalStorage } from "node:async_hooks";
import type { Parent } from "../output/iopub";

/** What is known of the cell whose code runs. */
export interface CellContext {
  readonly parent: Parent;
  /** Execution count of the cell. */
  readonly count: number;
  readonly silent: boolean;
  readonly allowStdin: boolean;
  /** Routing frames of the client that asked, for stdin requests. */
  readonly identities: readonly Uint8Array[];
  /** Aborted when the cell is interrupted. */
  readonly signal: AbortSignal;
}

const storage = new AsyncLocalStorage<CellContext>();
let latest: CellContext | undefined;

/** Runs *work* as part of a cell: what it starts, however late it runs, stays with this cell. */
export function runInCell<T>(context: CellContext, work: () => T): T {
  latest = context;
  return storage.run(context, work);
}

/** The cell of the running code; when that is not known, the latest one. */
export function currentCell(): CellContext | undefined {
  return storage.getStore() ?? latest;
}

/** Names the cell that outputs of unknown origin belong to, without entering an async context. */
export function setLatestCell(context: CellContext): void {
  latest = context;
}
