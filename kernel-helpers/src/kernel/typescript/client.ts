/**
 * The kernel's connection to its TypeScript process. The compiler lives in a process of its own: notebooks without TypeScript
 * cells never pay for it, it starts from a snapshot in which the libraries are read already, and a type that takes for ever to
 * check can be stopped without losing the notebook's variables.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout } from "node:timers";
import type { ServiceReply, ServiceRequest } from "./service/protocol";
import { dropSnapshot, makeSnapshotsApart, type ServiceKind, serviceCommand } from "./snapshot";

/** The TypeScript process ended, or was stopped, before it answered. */
export class ServiceLost extends Error {
  override readonly name = "ServiceLost";
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** How long after the first answer snapshots are made, when they are missing: the learner's cells come first. */
const SNAPSHOT_AFTER_MS = 2000;

/** Answers of the compiler, by request. Starts the process with the first request. */
export class TypeScriptClient {
  private child: ChildProcess | undefined;
  private kind: ServiceKind = "slim";
  private snapshot: string | undefined;
  private answered = false;
  /** Was the last one that ended killed from outside? */
  private killed = false;
  /** How often it was stopped on purpose. */
  private stops = 0;
  private readonly waiting = new Map<number, Waiting>();
  private requests = 0;
  private pending = "";
  /** Requests that made the state of the process: repeated when it has to be started again. */
  private journal: ServiceRequest[] = [];
  private readonly spawnProcess = spawn; // kept: the kernel changes child_process for the code of cells

  constructor(
    private readonly directory: string,
    private readonly packageDirectory: string,
    /** Told of the process id when the process is started, and of undefined when it has ended. */
    private readonly onProcess: (pid: number | undefined) => void = () => undefined,
  ) {}

  /** Process id of the compiler, when it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Sends *request* and resolves with its result. Rejects with ServiceLost when the process ends first. */
  async ask(request: ServiceRequest): Promise<unknown> {
    this.start();
    let result = await this.sendOrRestart(request);
    if (isUnsure(result)) {
      // Node's own declarations are needed: another process, which has them read already, takes over.
      this.kind = "full";
      this.stop();
      this.start();
      result = await this.sendOrRestart(request);
    }
    this.record(request, result);
    return result;
  }

  /** Stops the process: the next request starts it anew, with everything earlier cells have defined. */
  stop(): void {
    const { child } = this;
    if (child === undefined) return;
    this.stops++;
    this.lost(child);
    child.kill("SIGKILL");
  }

  private start(): void {
    if (this.child !== undefined) return;
    const { args, env, snapshot } = serviceCommand(this.kind, this.packageDirectory);
    const child = this.spawnProcess(process.execPath, args, {
      stdio: ["pipe", "pipe", "ignore"],
      env,
      windowsHide: true,
    });
    this.child = child;
    this.snapshot = snapshot;
    this.answered = false;
    this.onProcess(child.pid);
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => this.receive(child, chunk));
    child.stdin?.on("error", () => undefined); // the process is gone: "exit" says so
    child.on("error", () => this.lost(child));
    child.on("exit", (_, signal) => {
      this.killed = signal === "SIGKILL" || signal === "SIGTERM";
      this.lost(child);
    });
    // The compiler alone does not keep the kernel alive.
    child.unref();
    for (const pipe of [child.stdin, child.stdout]) (pipe as unknown as { unref(): void }).unref();
    const { directory, packageDirectory } = this;
    for (const request of [{ method: "open", directory, packageDirectory } as const, ...this.journal]) {
      void this.send(
        "cell" in request && request.method === "compile" ? { ...request, replay: true } : request,
      ).catch(() => undefined);
    }
  }

  /**
   * A process that was killed from outside is started again, once for a request. A snapshot that does not start is thrown away before, and
   * the process started from its sources.
   */
  private async sendOrRestart(request: ServiceRequest): Promise<unknown> {
    const { stops } = this;
    try {
      return await this.send(request);
    } catch (error) {
      if (!(error instanceof ServiceLost) || this.stops !== stops) throw error;
      const { answered, snapshot, killed } = this;
      if (!answered && !killed && snapshot !== undefined) dropSnapshot(snapshot);
      this.start();
      return this.send(request);
    }
  }

  private send(request: ServiceRequest): Promise<unknown> {
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child?.stdin?.write(JSON.stringify({ id, ...request }) + "\n");
    });
  }

  private receive(child: ChildProcess, chunk: string): void {
    if (this.child !== child) return;
    if (!this.answered) {
      this.answered = true;
      if (this.snapshot === undefined)
        setTimeout(() => makeSnapshotsApart(this.packageDirectory), SNAPSHOT_AFTER_MS).unref();
    }
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

  /** Keeps what made the state of the process, without cells that nothing can refer to any more. */
  private record(request: ServiceRequest, result: unknown): void {
    if (request.method === "forget") this.journal.push(request);
    if (request.method !== "compile" || request.transient === true) return;
    const { ok, dropped = [] } = result as { ok?: unknown; dropped?: readonly number[] };
    if (ok !== true) return;
    this.journal.push(request);
    if (dropped.length > 0)
      this.journal = this.journal.filter((one) => !("cell" in one && dropped.includes(one.cell)));
  }
}

function isUnsure(result: unknown): boolean {
  if (typeof result !== "object" || result === null) return false;
  return (result as { ok?: unknown }).ok === "unsure" || (result as { unsure?: unknown }).unsure === true;
}
