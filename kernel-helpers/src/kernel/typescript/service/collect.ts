/**
 * Gives memory back soon: a cell with imports makes a new program, and V8 would let the old ones lie until hundreds of megabytes are
 * used. Twenty kernels of a class share one machine.
 */

import { clearTimeout, setTimeout } from "node:timers";
import * as v8 from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes above what the last collection left, after which the next quiet moment is used. */
const SOME = 8 * 2 ** 20;
/** So many, or a third of what was left when that is more, and it is collected before the next question is read. */
const MUCH = 16 * 2 ** 20;
/** A learner who has just run a cell reads first: ms of quiet before a collection, which takes a tenth of a second. */
const QUIET_MS = 300;

export class Collector {
  private left: number | undefined;
  private timer: NodeJS.Timeout | undefined;
  private gc: (() => void) | undefined;

  /** Call it after every answer. */
  answered(): void {
    const used = v8.getHeapStatistics().used_heap_size;
    this.left ??= used;
    clearTimeout(this.timer);
    if (used > this.left + Math.max(MUCH, this.left / 3)) this.collect();
    else if (used > this.left + SOME) this.timer = setTimeout(() => this.collect(), QUIET_MS);
  }

  private collect(): void {
    this.gc ??= exposedGc();
    this.gc();
    this.left = v8.getHeapStatistics().used_heap_size;
  }
}

/** V8's own collection, which node shows only when it is asked to. */
function exposedGc(): () => void {
  v8.setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  return typeof gc === "function" ? (gc as () => void) : () => undefined;
}
