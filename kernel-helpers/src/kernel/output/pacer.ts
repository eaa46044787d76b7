/**
 * Holds messages back so that a Jupyter Server in between does not drop them: over a window of (usually) three seconds it allows so many
 * messages and bytes per second, and throws away what is more. Clients that connect directly have no such limits.
 */

import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";

/** How much a server lets through. Infinity: no limit. */
export interface RateLimits {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  /** Milliseconds over which both are averaged. Default: 3000, as in Jupyter Server. */
  readonly windowMs?: number;
}

const WINDOW_MS = 3000;
/** What is used of the allowance: the server also counts what other sources publish. */
const SHARE = 0.8;

/**
 * The limits of the server that started this kernel. Our server extension announces its own in three variables; otherwise a
 * Jupyter Server is known by the variable it names the session with, and its defaults are assumed.
 */
export function rateLimits(env: Readonly<Record<string, string | undefined>>): RateLimits | undefined {
  const messages = Number(env.LAYERBOOK_IOPUB_MSG_RATE);
  const bytes = Number(env.LAYERBOOK_IOPUB_DATA_RATE);
  const window = Number(env.LAYERBOOK_IOPUB_WINDOW);
  if (messages === Infinity && bytes === Infinity) return undefined;
  if (messages > 0 && bytes > 0) {
    const windowMs = window > 0 ? window * 1000 : WINDOW_MS;
    return { messagesPerSecond: messages, bytesPerSecond: bytes, windowMs };
  }
  return env.JPY_SESSION_NAME === undefined
    ? undefined
    : { messagesPerSecond: 1000, bytesPerSecond: 1_000_000 };
}

/** A queue in front of *send* that keeps order and the limits. Without limits it sends at once. */
export class Pacer<T> {
  private readonly sent: { readonly at: number; readonly bytes: number }[] = [];
  private sentBytes = 0;
  private readonly queue: {
    readonly item: T;
    readonly bytes: number;
    readonly counted: boolean;
    readonly resets: boolean;
  }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private emptied: (() => void)[] = [];

  constructor(
    private readonly send: (item: T) => void,
    private readonly limits: RateLimits | undefined,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /**
   * Sends *item* as soon as the limits allow; never before an earlier one. *counted*: does the server count this kind? *bytes*: what
   * it counts of it. *resets*: does it begin to count anew?
   */
  push(item: T, bytes: number, counted: boolean, resets = false): void {
    if (this.limits === undefined) {
      this.send(item);
      return;
    }
    this.queue.push({ item, bytes, counted, resets });
    if (this.timer === undefined) this.drain();
  }

  /** The server has forgotten what it counted: it does with every `idle` that passes it. */
  private forget(): void {
    this.sent.length = 0;
    this.sentBytes = 0;
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
      if (next.resets) this.forget();
    }
    for (const done of this.emptied.splice(0)) done();
  }

  /** Milliseconds until *bytes* more fit into the window; 0 when they do, or when they never will. */
  private waitFor(bytes: number, now: number): number {
    const { messagesPerSecond, bytesPerSecond, windowMs = WINDOW_MS } = this.limits as RateLimits;
    let oldest;
    while ((oldest = this.sent[0]) !== undefined && oldest.at <= now - windowMs) {
      this.sent.shift();
      this.sentBytes -= oldest.bytes;
    }
    const seconds = (windowMs / 1000) * SHARE;
    const full =
      this.sent.length + 1 > messagesPerSecond * seconds || this.sentBytes + bytes > bytesPerSecond * seconds;
    return full && oldest !== undefined ? Math.max(1, Math.ceil(oldest.at + windowMs - now)) : 0;
  }
}
