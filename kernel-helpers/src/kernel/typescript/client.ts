/**
 * The kernel's connection to its TypeScript process. The compiler lives in a process of its own: notebooks without TypeScript
 * cells never pay for it, it starts from a snapshot in which the libraries are read already, and a type that takes for ever to
 * check can be stopped without losing the notebook's variables.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { extname, join } from "node:path";
import type { ServiceReply, ServiceRequest } from "./service/protocol";
import { serviceCommand } from "./snapshot";

/** The TypeScript process ended, or was stopped, before it answered. */
export class ServiceLost extends Error {
  override readonly name = "ServiceLost";
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Answers of the compiler, by request. Starts the process with the first request. */
export class TypeScriptClient {
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private pending = "";
  /** Requests that made the state of the process: repeated when it has to be started again. */
  private readonly journal: ServiceRequest[] = [];
  private readonly spawnProcess = spawn; // kept: the kernel changes child_process for the code of cells

  constructor(
    private readonly directory: string,
    private readonly packageDirectory: string,
    /** Told of the process id when the process is started, and of undefined when it has ended. */
    private readonly onProcess: (pid: number | undefined) => void = () => undefined,
  ) {}

  /** Has the process been started? */
  get started(): boolean {
    return this.child !== undefined;
  }

  /** Process id of the compiler, when it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the process ahead of the first request. */
  start(): void {
    if (this.child !== undefined) return;
    const { args, env } = serviceCommand(
      join(__dirname, "service", `main${extname(__filename)}`),
      this.packageDirectory,
    );
    const child = this.spawnProcess(process.execPath, args, {
      stdio: ["pipe", "pipe", "ignore"],
      env,
      windowsHide: true,
    });
    this.child = child;
    this.onProcess(child.pid);
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => this.receive(chunk));
    child.stdin?.on("error", () => undefined); // the process is gone: "exit" says so
    child.on("error", () => this.lost(child));
    child.on("exit", () => this.lost(child));
    // The compiler alone does not keep the kernel alive.
    child.unref();
    for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref(): void }).unref();
    void this.send({
      method: "open",
      directory: this.directory,
      packageDirectory: this.packageDirectory,
    }).catch(() => undefined);
    for (const request of this.journal) void this.send(request).catch(() => undefined);
  }

  /** Sends *request* and resolves with its result. Rejects with ServiceLost when the process ends first. */
  async ask(request: ServiceRequest): Promise<unknown> {
    this.start();
    const result = await this.send(request);
    if (request.method === "forget") this.journal.push(request);
    else if (
      request.method === "compile" &&
      request.transient !== true &&
      (result as { ok?: boolean }).ok === true
    ) {
      this.journal.push(request);
    }
    return result;
  }

  /** Stops the process: the next request starts it anew, with everything earlier cells have defined. */
  stop(): void {
    this.child?.kill("SIGKILL");
  }

  private send(request: ServiceRequest): Promise<unknown> {
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child?.stdin?.write(JSON.stringify({ id, ...request }) + "\n");
    });
  }

  private receive(chunk: string): void {
    const lines = (this.pending + chunk).split("\n");
    this.pending = lines.pop() as string;
    for (const line of lines) {
      const reply = JSON.parse(line) as ServiceReply;
      const waiting = this.waiting.get(reply.id);
      this.waiting.delete(reply.id);
      if (reply.failure === undefined) waiting?.resolve(reply.result);
      else waiting?.reject(new Error(reply.failure));
    }
  }

  private lost(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.onProcess(undefined);
    this.pending = "";
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of all) one.reject(new ServiceLost("the TypeScript process has ended"));
  }
}
