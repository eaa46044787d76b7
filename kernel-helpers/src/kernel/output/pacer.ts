/**
 * Holds messages back so that a Jupyter Server in between does not drop them: over a window of three seconds it allows so many
 * messages and bytes per second, and throws away what is more. Clients that connect directly have no such limits.
 */

import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";

/** How much a server lets through. Infinity: no limit. */
export interface RateLimits {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
}

const WINDOW_MS = 3000;
/** What is used of the allowance: the server also counts what other sources publish. */
const SHARE = 0.8;

/**
 * The limits of the server that started this kernel. Our server extension announces its own in two variables; otherwise a
 * Jupyter Server is known by the variable it names the session with, and its defaults are assumed.
 */
export function rateLimits(env: Readonly<Record<string, string | undefined>>): RateLimits | undefined {
  const messages = Number(env.LAYERBOOK_IOPUB_MSG_RATE);
  const bytes = Number(env.LAYERBOOK_IOPUB_DATA_RATE);
  if (messages > 0 && bytes > 0) return { messagesPerSecond: messages, bytesPerSecond: bytes };
  return env.JPY_SESSION_NAME === undefined
    ? undefined
    : { messagesPerSecond: 1000, bytesPerSecond: 1_000_000 };
}

/** A queue in front of *send* that keeps order and the limits. Without limits it sends at once. */
export class Pacer<T> {
  private readonly sent: { readonly at: number; readonly bytes: number }[] = [];
  private sentBytes = 0;
  private readonly queue: { readonly item: T; readonly bytes: number; readonly counted: boolean }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private emptied: (() => void)[] = [];

  constructor(
    private readonly send: (item: T) => void,
    private readonly limits: RateLimits | undefined,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Sends *item* as soon as the limits allow; never before an earlier one. *counted*: does the server count this kind? */
  push(item: T, bytes: number, counted: boolean): void {
    if (this.limits === undefined) {
      this.send(item);
      return;
    }
    this.queue.push({ item, bytes, counted });
    if (this.timer === undefined) this.drain();
  }

  /** Resolves when everything pushed so far has been sent. */
  async settled(): Promise<void> {
    if (this.queue.length > 0) await new Promise<void>((done) => this.emptied.push(done));
  }

  /** Sends all that waits, whatever the limits: the process is about to end. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { item } of this.queue.splice(0)) this.send(item);
  }

  private drain(): void {
    this.timer = undefined;
    let next;
    while ((next = this.queue[0]) !== undefined) {
      const now = this.clock();
      const wait = next.counted ? this.waitFor(next.bytes, now) : 0;
      if (wait > 0) {
        this.timer = setTimeout(() => this.drain(), wait);
        return;
      }
      this.queue.shift();
      if (next.counted) {
        this.sent.push({ at: now, bytes: next.bytes });
        this.sentBytes += next.bytes;
      }
      this.send(next.item);
    }
    for (const done of this.emptied.splice(0)) done();
  }

  /** Milliseconds until *bytes* more fit into the window; 0 when they do, or when they never will. */
  private waitFor(bytes: number, now: number): number {
    const { messagesPerSecond, bytesPerSecond } = this.limits as RateLimits;
    let oldest;
    while ((oldest = this.sent[0]) !== undefined && oldest.at <= now - WINDOW_MS) {
      this.sent.shift();
      this.sentBytes -= oldest.bytes;
    }
    const seconds = (WINDOW_MS / 1000) * SHARE;
    const full =
      this.sent.length + 1 > messagesPerSecond * seconds || this.sentBytes + bytes > bytesPerSecond * seconds;
    return full && oldest !== undefined ? Math.max(1, Math.ceil(oldest.at + WINDOW_MS - now)) : 0;
  }
}
