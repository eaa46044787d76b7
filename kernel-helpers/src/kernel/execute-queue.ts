/** Requests on the shell channel, one after the other, in the order they came; aborts what waits behind a failed cell. */

import { setTimeout } from "node:timers";
import type { Message } from "./protocol/messages";

/** How long the channel must be silent before "everything the client had sent" is known, in ms. */
const SETTLE_MS = 5;

export class RequestQueue {
  private readonly waiting: Message[] = [];
  private arrivals = 0;
  private busy = false;

  /** *handle* answers one request; *abort* answers one that is skipped. Neither may reject. */
  constructor(
    private readonly handle: (message: Message) => Promise<void>,
    private readonly abort: (message: Message) => void,
  ) {}

  push(message: Message): void {
    this.arrivals++;
    this.waiting.push(message);
    if (!this.busy) void this.drain();
  }

  /**
   * Takes the execute requests that had arrived by now, also those that still wait in the socket because a cell kept this thread
   * busy. Called before a failing cell's reply lets the client go on: what it sends later is not aborted.
   */
  async takeWaiting(): Promise<Message[]> {
    for (let seen = -1; seen !== this.arrivals;) {
      seen = this.arrivals;
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    }
    const taken = this.waiting.filter(({ header }) => header.msg_type === "execute_request");
    const rest = this.waiting.filter(({ header }) => header.msg_type !== "execute_request");
    this.waiting.splice(0, this.waiting.length, ...rest);
    return taken;
  }

  /** Answers *messages* as aborted. */
  abortAll(messages: readonly Message[]): void {
    for (const message of messages) this.abort(message);
  }

  private async drain(): Promise<void> {
    this.busy = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift())
      await this.handle(next);
    this.busy = false;
  }
}
