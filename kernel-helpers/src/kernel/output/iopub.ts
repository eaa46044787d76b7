/** Publishes to all clients: every message with the request it belongs to, and written text joined into few messages. */

import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";
import type { Header, MimeBundle } from "../protocol/messages";
import type { Wire } from "../protocol/wire";
import { Pacer, type RateLimits } from "./pacer";

/** The request that an output belongs to; empty for none. */
export type Parent = Partial<Header>;

export type StreamName = "stdout" | "stderr";

/** What a display shows. `metadata` by MIME type; *displayId* names it, so that a later one can replace it. */
export interface DisplayOptions {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly displayId?: string;
  /** Replace what was shown under *displayId* instead of showing anew. */
  readonly update?: boolean;
}

/** The part of a socket that is needed here. */
interface Sender {
  send(frames: (Uint8Array | string)[]): unknown;
}

interface Pending {
  readonly parent: Parent;
  readonly name: StreamName;
  readonly pieces: string[];
  length: number;
}

/** Text is sent at latest after this many ms, and at most once in this time: live, but not a message per line. */
const JOIN_MS = 50;
/** UTF-16 units after which a joined text is sent at once: bounds memory and the size of one message. */
const MAX_TEXT = 1 << 19;
/** Types that a Jupyter Server does not count against its limits. */
const UNCOUNTED = new Set(["status", "comm_open", "execute_input"]);

export class Iopub {
  private readonly pending = new Map<string, Pending>();
  private sentAt = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly pacer: Pacer<(Uint8Array | string)[]>;

  /** UTF-16 units of one stream message: one that is larger than a server's whole allowance would never pass. */
  private readonly maxPiece: number;

  constructor(
    private readonly wire: Wire,
    socket: Sender,
    limits: RateLimits | undefined,
  ) {
    // Half of what a second allows, three bytes to a Korean character.
    this.maxPiece = Math.max(
      1000,
      Math.min(MAX_TEXT * 2, Math.floor((limits?.bytesPerSecond ?? Infinity) / 6)),
    );
    this.pacer = new Pacer((frames) => void socket.send(frames), limits);
  }

  /** Publishes one message, after the text that *parent* has written before it. */
  publish(
    type: string,
    content: unknown,
    parent: Parent,
    metadata?: unknown,
    buffers: readonly Uint8Array[] = [],
  ): void {
    this.flush(parent);
    this.send(type, content, parent, metadata, buffers);
  }

  /** Greets a new subscriber of *subscription* (a topic's beginning; empty: everything). */
  welcome(subscription: string): void {
    this.pacer.push(this.wire.encode([subscription], "iopub_welcome", { subscription }, {}), 0, false);
  }

  /** Publishes `status`. */
  status(state: "starting" | "busy" | "idle", parent: Parent): void {
    this.publish("status", { execution_state: state }, parent);
  }

  /** Writes *text* to a stream of the cell *parent*. Joined with what comes soon after; order within a cell is kept. */
  stream(name: StreamName, text: string, parent: Parent): void {
    if (text === "") return;
    const key = parent.msg_id ?? "";
    let pending = this.pending.get(key);
    if (pending !== undefined && pending.name !== name) {
      this.flush(parent);
      pending = undefined;
    }
    if (pending === undefined) {
      pending = { parent, name, pieces: [], length: 0 };
      this.pending.set(key, pending);
    }
    pending.pieces.push(text);
    pending.length += text.length;
    // Live even inside a synchronous loop, where no timer runs.
    if (pending.length > MAX_TEXT || performance.now() - this.sentAt > JOIN_MS) this.flushAll();
    else this.timer ??= setTimeout(() => this.flushAll(), JOIN_MS / 2);
  }

  /** Shows *data*, or replaces an earlier display of the same id. */
  display(data: MimeBundle, parent: Parent, options: DisplayOptions = {}): void {
    const type = options.update === true ? "update_display_data" : "display_data";
    const transient = options.displayId === undefined ? {} : { display_id: options.displayId };
    this.publish(type, { data, metadata: options.metadata ?? {}, transient }, parent);
  }

  /** Removes what the cell has shown; with *wait* only when something new comes. */
  clear(wait: boolean, parent: Parent): void {
    this.publish("clear_output", { wait }, parent);
  }

  /** Sends the text that waits for *parent*. */
  flush(parent: Parent): void {
    const key = parent.msg_id ?? "";
    const pending = this.pending.get(key);
    if (pending === undefined) return;
    this.pending.delete(key);
    this.sentAt = performance.now();
    for (const text of pieces(pending.pieces.join(""), this.maxPiece)) {
      this.send("stream", { name: pending.name, text }, pending.parent);
    }
  }

  /** Sends all text that waits. */
  flushAll(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const { parent } of [...this.pending.values()]) this.flush(parent);
  }

  /** Sends everything that still waits, ignoring limits: before the process ends. */
  close(): void {
    this.flushAll();
    this.pacer.flush();
  }

  /** Resolves when everything published so far has left. */
  settled(): Promise<void> {
    return this.pacer.settled();
  }

  private send(
    type: string,
    content: unknown,
    parent: Parent,
    metadata?: unknown,
    buffers: readonly Uint8Array[] = [],
  ): void {
    const topic = type === "stream" ? `stream.${(content as { name: string }).name}` : type;
    const frames = this.wire.encode([topic], type, content, parent, metadata, buffers);
    // As Jupyter Server counts: the bytes of streams only, and from the beginning after every idle.
    let bytes = 0;
    if (type === "stream") {
      for (const frame of frames)
        bytes += typeof frame === "string" ? Buffer.byteLength(frame) : frame.byteLength;
    }
    const isIdle = type === "status" && (content as { execution_state?: unknown }).execution_state === "idle";
    this.pacer.push(frames, bytes, !UNCOUNTED.has(type), isIdle);
  }
}

/** Cuts a long text into messages of bounded size, never between the halves of a surrogate pair. */
function* pieces(text: string, most: number): Generator<string> {
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + most);
    const unit = text.charCodeAt(end - 1);
    if (end < text.length && unit >= 0xd800 && unit <= 0xdbff) end--;
    yield text.slice(at, end);
    at = end;
  }
}
