/** Comms: channels of their own between code here and a part of the front end. */

import { randomUUID } from "node:crypto";
import type { Iopub, Parent } from "../output/iopub";
import type { Message } from "../protocol/messages";

/** One open channel. */
export interface Comm {
  readonly id: string;
  readonly target: string;
  /** Sends to the front end. *data* is JSON. */
  send(data: unknown, metadata?: unknown, buffers?: readonly Uint8Array[]): void;
  close(data?: unknown): void;
  /** Called with what the front end sends. */
  onMessage?: (data: unknown, buffers: readonly Uint8Array[]) => void;
  onClose?: (data: unknown) => void;
}

/** Called when the front end opens a comm to a target. */
export type CommHandler = (comm: Comm, data: unknown) => void;

export class Comms {
  private readonly open = new Map<string, Comm>();
  private readonly targets = new Map<string, CommHandler>();

  /** *parent* gives the request that a message of ours belongs to. */
  constructor(
    private readonly iopub: Iopub,
    private readonly parent: () => Parent,
  ) {}

  /** Lets front ends open comms to *target*. */
  register(target: string, handler: CommHandler): void {
    this.targets.set(target, handler);
  }

  /** Opens a comm to the front end's *target*. */
  create(target: string, data: unknown = {}, metadata: unknown = {}): Comm {
    const comm = this.make(randomUUID().replaceAll("-", ""), target);
    this.iopub.publish("comm_open", { comm_id: comm.id, target_name: target, data }, this.parent(), metadata);
    return comm;
  }

  /** Comms by id, of one target or all: the content of comm_info_reply. */
  info(target: unknown): Record<string, { target_name: string }> {
    const all = [...this.open.values()].filter(
      (comm) => typeof target !== "string" || comm.target === target,
    );
    return Object.fromEntries(all.map((comm) => [comm.id, { target_name: comm.target }]));
  }

  /** Takes comm_open, comm_msg and comm_close. Errors of handlers are thrown. */
  receive({ header, content, buffers }: Message): void {
    const id = typeof content.comm_id === "string" ? content.comm_id : "";
    const data = content.data ?? {};
    if (header.msg_type === "comm_open") {
      const target = typeof content.target_name === "string" ? content.target_name : "";
      const handler = this.targets.get(target);
      if (handler === undefined) {
        // The protocol: an unknown target is answered by closing.
        this.iopub.publish("comm_close", { comm_id: id, data: {} }, header);
        return;
      }
      handler(this.make(id, target), data);
    } else if (header.msg_type === "comm_msg") {
      this.open.get(id)?.onMessage?.(data, buffers);
    } else {
      const comm = this.open.get(id);
      this.open.delete(id);
      comm?.onClose?.(data);
    }
  }

  private make(id: string, target: string): Comm {
    const comm: Comm = {
      id,
      target,
      send: (data, metadata, buffers) => {
        if (this.open.has(id))
          this.iopub.publish("comm_msg", { comm_id: id, data }, this.parent(), metadata, buffers);
      },
      close: (data = {}) => {
        if (this.open.delete(id)) this.iopub.publish("comm_close", { comm_id: id, data }, this.parent());
      },
    };
    this.open.set(id, comm);
    return comm;
  }
}
