/** Spans of time in which a vertex worked (BuildKit util/progress/progressui/display.go `interval`). */

import { secondsOf } from "./format";

/** Milliseconds; without *stop* it is still going on. */
export interface Interval {
  readonly start: number;
  readonly stop?: number;
}

/** Sorted by start, overlapping ones joined. An open interval swallows all that start after it. */
export function mergeIntervals(intervals: Iterable<Interval>): Interval[] {
  const sorted = [...intervals].sort((a, b) => a.start - b.start);
  const merged: Interval[] = [];
  let current = sorted[0];
  if (!current) return merged;
  for (const next of sorted.slice(1)) {
    if (current.stop === undefined) break;
    if (current.stop < next.start) {
      merged.push(current);
      current = next;
    } else if (next.stop === undefined) {
      current = { start: current.start };
      break;
    } else if (current.stop < next.stop) current = { start: current.start, stop: next.stop };
  }
  merged.push(current);
  return merged;
}

/** The sum of all spans in seconds, an open one counted until *now*. */
export function totalSeconds(intervals: readonly Interval[], now: number): number {
  let sum = 0;
  for (const { start, stop } of intervals) sum += secondsOf((stop ?? now) - start);
  return sum;
}
