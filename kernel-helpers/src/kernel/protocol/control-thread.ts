/**
 * The thread that keeps a kernel reachable while a cell is busy: control channel (interrupt, shutdown, kernel_info), heartbeat,
 * and standard input. It never runs code of a cell.
 */

import { workerData } from "node:worker_threads";
import type * as zmq from "zeromq";
import type { ControlData, ToControl, ToMain } from "./control-messages";
import { descendants } from "./descendants";
import { COMPILER, FLAG, IN_SCRIPT, INPUT, NOTICED, RUNNING, STOP, TICK, TICK_MS } from "./flags";
import type { Message } from "./messages";
import { openHeartbeat, openRouter } from "./sockets";
import { Wire } from "./wire";

const { connection, session, kernelInfo, flags, port } = workerData as ControlData;
const wire = new Wire(connection.key, session);
const tell = (message: ToMain): void => port.postMessage(message);
/** A main thread that has not noticed an interrupt for so many ms is stuck. */
const STUCK_MS = 200;
/** A main thread that has not ended by itself this many ms after a shutdown is killed. */
const SHUTDOWN_MS = 1000;

let asked: { readonly id: number; readonly parentId: string } | undefined;
let ticker: NodeJS.Timeout | undefined;
let killer: NodeJS.Timeout | undefined;

void start();

async function start(): Promise<void> {
  const control = await openRouter(connection, connection.control_port);
  const stdin = await openRouter(connection, connection.stdin_port);
  const heartbeat = await openHeartbeat(connection);
  void serveControl(control);
  void serveStdin(stdin);
  port.on("message", (message: ToControl) => {
    if (message.type === "ask") {
      asked = { id: message.id, parentId: message.parent.msg_id ?? "" };
      if ((Atomics.load(flags, FLAG) & STOP) !== 0) {
        deliver(""); // interrupted before it was asked
        return;
      }
      const content = { prompt: message.prompt, password: message.password };
      void stdin.send(wire.encode(message.identities, "input_request", content, message.parent));
    } else if (message.type === "tick") {
      ticker ??= setInterval(tick, TICK_MS);
    } else {
      // With its sockets and its port closed nothing keeps the thread, and it ends by itself: a thread that is torn down while
      // ZeroMQ calls into it aborts the process.
      for (const socket of [control, stdin, heartbeat]) socket.close();
      clearInterval(ticker);
      clearTimeout(killer);
      port.close();
    }
  });
  tell({ type: "ready" });
}

/** Lets loops of the running cell look after output and memory; ends with the cell. */
function tick(): void {
  if (Atomics.load(flags, RUNNING) === 1) {
    Atomics.or(flags, FLAG, TICK);
  } else {
    clearInterval(ticker);
    ticker = undefined;
  }
}

async function serveControl(socket: zmq.Router): Promise<void> {
  for await (const frames of socket) {
    const message = wire.decode(frames);
    if (message === undefined) continue;
    tell({ type: "status", state: "busy", header: message.header });
    const reply = answer(message);
    if (reply !== undefined)
      void socket.send(wire.encode(message.identities, reply.type, reply.content, message.header));
    tell({ type: "status", state: "idle", header: message.header });
  }
}

function answer({ header, content }: Message): { type: string; content: object } | undefined {
  switch (header.msg_type) {
    case "interrupt_request":
      interrupt();
      return { type: "interrupt_reply", content: { status: "ok" } };
    case "shutdown_request": {
      const restart = content.restart === true;
      Atomics.or(flags, FLAG, STOP);
      tell({ type: "shutdown", restart });
      killer ??= setTimeout(() => process.kill(process.pid, "SIGKILL"), SHUTDOWN_MS);
      return { type: "shutdown_reply", content: { status: "ok", restart } };
    }
    case "kernel_info_request":
      return { type: "kernel_info_reply", content: kernelInfo as object };
    case "debug_request":
      // Declined in the debug adapter protocol's own form: what front ends can read.
      return {
        type: "debug_reply",
        content: {
          type: "response",
          request_seq: content.seq ?? 0,
          seq: 0,
          command: content.command ?? "",
          success: false,
          message: "The Layerbook kernel has no debugger.",
        },
      };
    default:
      if (!header.msg_type.endsWith("_request")) return undefined;
      return {
        type: header.msg_type.replace(/_request$/, "_reply"),
        content: {
          status: "error",
          ename: "NotSupported",
          evalue: `no ${header.msg_type} on the control channel`,
          traceback: [],
        },
      };
  }
}

function interrupt(): void {
  Atomics.store(flags, NOTICED, 0);
  Atomics.or(flags, FLAG, STOP);
  tell({ type: "interrupt" });
  if (asked !== undefined) deliver("");
  if (process.platform !== "win32") setTimeout(unstick, STUCK_MS);
}

/** Reaches a main thread that has not noticed: loops of cells have guards, but regular expressions, libraries and waits have none. */
function unstick(): void {
  if (Atomics.load(flags, NOTICED) === 1) return;
  // Only while the script runs that listens for it: later it would stop the next cell.
  if (Atomics.load(flags, IN_SCRIPT) === 1) process.kill(process.pid, "SIGINT");
  // A main thread that waits for a child (execSync) hears nothing: the child is told, as by Ctrl-C in a terminal.
  for (const pid of descendants(process.pid, Atomics.load(flags, COMPILER))) {
    try {
      process.kill(pid, "SIGINT");
    } catch {
      // ended meanwhile
    }
  }
}

async function serveStdin(socket: zmq.Router): Promise<void> {
  for await (const frames of socket) {
    const message = wire.decode(frames);
    if (message === undefined || message.header.msg_type !== "input_reply") continue;
    const to = message.parent.msg_id;
    if (asked === undefined || (to !== undefined && to !== asked.parentId && asked.parentId === "")) continue;
    deliver(typeof message.content.value === "string" ? message.content.value : "");
  }
}

function deliver(value: string): void {
  if (asked === undefined) return;
  tell({ type: "input", id: asked.id, value });
  asked = undefined;
  Atomics.store(flags, INPUT, 1);
  Atomics.notify(flags, INPUT);
}
