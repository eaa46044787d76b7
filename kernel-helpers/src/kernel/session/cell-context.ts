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
  /** Rises with every cell. */
  readonly serial: number;
}

const storage = new AsyncLocalStorage<CellContext>();
let latest: CellContext | undefined;
let stopped = -1;

/** Background work of all cells up to *serial* is to stop. */
export function stopUpTo(serial: number): void {
  stopped = serial;
}

/** Does the running code belong to a cell that has been stopped? */
export function isStopped(): boolean {
  const cell = storage.getStore();
  return cell !== undefined && (cell.signal.aborted || cell.serial <= stopped);
}

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
