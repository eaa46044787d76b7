/** What the main thread and the control thread tell each other. */

import type { MessagePort } from "node:worker_threads";
import type { ConnectionInfo, Header } from "./messages";

/** Given to the control thread when it is started. */
export interface ControlData {
  readonly connection: ConnectionInfo;
  readonly session: string;
  readonly kernelInfo: unknown;
  readonly flags: Int32Array;
  /** Its end of the channel to the main thread. */
  readonly port: MessagePort;
}

export type ToMain =
  | { readonly type: "ready" }
  | { readonly type: "status"; readonly state: "busy" | "idle"; readonly header: Header }
  | { readonly type: "interrupt" }
  | { readonly type: "shutdown"; readonly restart: boolean }
  | { readonly type: "input"; readonly id: number; readonly value: string };

export type ToControl =
  | {
      readonly type: "ask";
      readonly id: number;
      readonly identities: readonly Uint8Array[];
      readonly parent: Partial<Header>;
      readonly prompt: string;
      readonly password: boolean;
    }
  | { readonly type: "tick" }
  | { readonly type: "close" };
