/** The main thread's side of the control thread. */

import { clearTimeout, setTimeout } from "node:timers";
import { extname, join } from "node:path";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { ControlData, ToControl, ToMain } from "./control-messages";
import { FLAG, HUNT, INPUT, NOTICED, RUNNING, STOP } from "./flags";
import type { Header } from "./messages";

/** What the control thread asks of the kernel. */
export interface ControlHandlers {
  status(state: "busy" | "idle", header: Header): void;
  interrupt(): void;
  shutdown(restart: boolean): void;
}

/** A line of input that a client is asked for. */
export interface Question {
  readonly identities: readonly Uint8Array[];
  readonly parent: Partial<Header>;
  readonly prompt: string;
  readonly password: boolean;
}

/** How long background work of a stopped cell is looked for, ms. */
const HUNT_MS = 20_000;

export class Control {
  private readonly waiting = new Map<number, (value: string) => void>();
  private questions = 0;
  private hunting: NodeJS.Timeout | undefined;

  private constructor(
    private readonly worker: Worker,
    private readonly port: MessagePort,
    private readonly flags: Int32Array,
    private readonly handlers: ControlHandlers,
  ) {}

  /** Starts the thread; resolves when its channels are open. */
  static async start(data: Omit<ControlData, "port">, handlers: ControlHandlers): Promise<Control> {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(join(__dirname, `control-thread${extname(__filename)}`), {
      workerData: { ...data, port: port2 } satisfies ControlData,
      transferList: [port2],
      // The thread holds two sockets: the default heap limits reserve more than it ever needs.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 48 },
    });
    const control = new Control(worker, port1, data.flags, handlers);
    await new Promise<void>((ready, failed) => {
      worker.once("error", failed);
      port1.on("message", (message: ToMain) => {
        if (message.type === "ready") ready();
        else control.receive(message);
      });
    });
    return control;
  }

  /** Asks the client for a line. Resolves with "" when interrupted. */
  ask(question: Question): Promise<string> {
    const id = this.put(question);
    return new Promise((answered) => this.waiting.set(id, answered));
  }

  /** As `ask`, but blocks this thread: for the synchronous `prompt`. Undefined when interrupted. */
  askSync(question: Question): string | undefined {
    const id = this.put(question);
    for (;;) {
      // The word may still be raised for the answer before this one: only the message itself counts.
      Atomics.wait(this.flags, INPUT, 0);
      Atomics.store(this.flags, INPUT, 0);
      // The answer waits in the port, whose handlers run only when this thread is free: it is fetched here.
      for (
        let next = receiveMessageOnPort(this.port);
        next !== undefined;
        next = receiveMessageOnPort(this.port)
      ) {
        const message = next.message as ToMain;
        if (message.type === "input" && message.id === id)
          return (Atomics.load(this.flags, FLAG) & STOP) === 0 ? message.value : undefined;
        this.receive(message);
      }
    }
  }

  /** A cell begins: loops in it are told every 50 ms to look after output and memory. */
  cellStarts(): void {
    Atomics.and(this.flags, FLAG, HUNT);
    if (Atomics.exchange(this.flags, RUNNING, 1) === 0) this.post({ type: "tick" });
  }

  cellEnds(): void {
    Atomics.store(this.flags, RUNNING, 0);
    Atomics.and(this.flags, FLAG, HUNT);
  }

  /** For a while, code that belongs to a stopped cell is to throw wherever it comes by. Lasts as long as some does. */
  hunt(): void {
    Atomics.or(this.flags, FLAG, HUNT);
    clearTimeout(this.hunting);
    this.hunting = setTimeout(() => Atomics.and(this.flags, FLAG, ~HUNT), HUNT_MS).unref();
  }

  /** Closes the thread's sockets; resolves when the thread has ended. */
  close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.worker.once("exit", () => resolve()));
    this.post({ type: "close" });
    return ended;
  }

  private put(question: Question): number {
    const id = ++this.questions;
    this.post({ type: "ask", id, ...question });
    return id;
  }

  private post(message: ToControl): void {
    this.port.postMessage(message);
  }

  private receive(message: ToMain): void {
    const { handlers } = this;
    if (message.type === "status") handlers.status(message.state, message.header);
    else if (message.type === "interrupt") {
      Atomics.store(this.flags, NOTICED, 1);
      handlers.interrupt();
    } else if (message.type === "shutdown") handlers.shutdown(message.restart);
    else if (message.type === "input") {
      this.waiting.get(message.id)?.(message.value);
      this.waiting.delete(message.id);
    }
  }
}
