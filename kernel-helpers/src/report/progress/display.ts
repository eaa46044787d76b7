/** When a display prints: BuildKit's refresh rules on a given clock (util/progress/progressui/display.go `UpdateFrom`). */

import type { SolveStatus } from "../../build/status";

/** ms between refreshes while nothing arrives. */
export const TICK = 150;
/** At most one update is printed in this many ms. */
export const LIMIT = 100;

/** A form of progress output. Every call gives the text to print at time *now* (ms), often none. */
export interface Display {
  /** Takes in a delivery without printing. */
  take(status: SolveStatus, now: number): void;
  /** Prints the present state. */
  refresh(now: number): string;
  /** Prints the last state and what comes after it. */
  done(now: number): string;
}

/** Lets through one update every *LIMIT* ms (golang.org/x/time/rate with a burst of one). */
export class Limiter {
  private last = -Infinity;

  allow(now: number): boolean {
    if (now - this.last < LIMIT) return false;
    this.last = now;
    return true;
  }
}

/** One piece of output and when it was printed, ms since the beginning. */
export interface Print {
  readonly at: number;
  readonly text: string;
}

/**
 * Plays recorded deliveries into *display* as they would have arrived, until *end* (default: when the last one arrived),
 * and gives every print in order. The last one is the final state; error logs follow it in `tail`.
 */
export function play(display: Display, events: readonly SolveStatus[], end?: number): Print[] {
  const prints: Print[] = [];
  const print = (at: number, text: string): void => {
    if (text !== "") prints.push({ at, text });
  };
  const limiter = new Limiter();
  const last = end ?? events.at(-1)?.at ?? 0;
  let nextTick = TICK;
  const tickUntil = (time: number): void => {
    while (nextTick <= time) {
      print(nextTick, display.refresh(nextTick));
      nextTick += TICK;
    }
  };
  for (const event of events) {
    tickUntil(event.at);
    display.take(event, event.at);
    if (limiter.allow(event.at)) print(event.at, display.refresh(event.at));
    nextTick = event.at + TICK;
  }
  tickUntil(last);
  print(last, display.done(last));
  return prints;
}
