/** The machine: its processes, taking turns, and a clock that only sleeping and work move. */

import { TextStream } from "./bytes";
import { Errno } from "./errno";
import { SinkHandle, type Pipe } from "./handles";
import { Meter, MachineStop } from "./limits";
import { Exit, Process, TICK, type Task, type Wait } from "./process";
import type { RunRequest } from "../types";
import type { Vfs } from "./vfs";

/** Finds and runs programs; given by exec.ts so that files need no circle. */
export interface Loader {
  /** Is the command declared in layerbook.json? */
  isDeclared(process: Process, args: readonly string[]): boolean;
  /** Runs the program at *path* in *process* with `process.args`. Throws Errno when it cannot be started. */
  execute(process: Process, path: string): Task<number>;
}

/** How many commands a new process counts as: about what it costs. */
const PROCESS_COST = 50;

export class Machine {
  readonly processes = new Map<number, Process>();
  readonly meter: Meter;
  readonly assumed: string[] = [];
  /** Commands that ran as layerbook.json declares them. */
  readonly declared: string[] = [];
  readonly output: { stream: 1 | 2; data: string }[] = [];
  /** Simulated ms since the start. */
  clock = 0;
  /** Whole simulated seconds that programs slept: they move the time of new files, work does not. */
  slept = 0;
  /** Packages that were fetched from outside, not from a cache. */
  downloads = 0;
  /** Set when nobody can go on before this has settled. */
  outside: Promise<unknown> | undefined;
  vfs!: Vfs;
  loader!: Loader;
  /** Named pipes by device and inode. */
  readonly fifos = new Map<string, Pipe>();
  private nextPid = 1;
  private readonly streams: readonly [TextStream, TextStream] = [new TextStream(), new TextStream()];

  /** The request without its time, which programs get from `now` alone: that is noted. */
  readonly request: Omit<RunRequest, "now">;
  private readonly startedAt: number;

  constructor({ now, ...request }: RunRequest) {
    this.request = request;
    this.startedAt = now;
    this.meter = new Meter(request.limits);
  }

  /** When the command began, seconds since 1970. */
  get now(): number {
    if (this.request.journal) this.request.journal.usesClock = true;
    return this.startedAt;
  }

  /** What date says: seconds since 1970. */
  get time(): number {
    return this.now + this.clock / 1000;
  }

  get hostname(): string {
    return this.request.hostname || "buildkitsandbox";
  }

  /** The stream that leaves the container as output *stream*. */
  sink(stream: 1 | 2): SinkHandle {
    return new SinkHandle(`pipe:[${stream}]`, (data) => {
      this.meter.addOutput(data.length);
      this.emit(stream, this.streams[stream - 1]?.push(data) ?? "");
    });
  }

  private emit(stream: 1 | 2, data: string): void {
    if (data === "") return;
    const last = this.output.at(-1);
    if (last !== undefined && last.stream === stream) last.data += data;
    else this.output.push({ stream, data });
    this.request.onOutput?.(stream, data, Math.round(this.clock));
  }

  /** Counts simulated work. */
  work(ms: number): void {
    this.clock += ms;
  }

  /** A new process that starts as a copy of *parent*: same files, directory, variables, user. Runs *body* when its turn comes. */
  spawn(parent: Process | undefined, body: (process: Process) => Task<number>): Process {
    if (this.processes.size >= this.meter.maxProcesses) {
      throw new MachineStop(
        `LB_RUN_PROCESSES: stopped: more than ${this.meter.maxProcesses} processes at once (a fork bomb?) / 프로세스가 한꺼번에 ${this.meter.maxProcesses}개를 넘어 멈췄습니다`,
      );
    }
    this.meter.addCommands(PROCESS_COST);
    const process = new Process(this, this.nextPid++, parent?.pid ?? 0);
    process.startedAt = this.clock;
    if (parent !== undefined) {
      process.cwd = parent.cwd;
      process.cred = parent.cred;
      process.umask = parent.umask;
      process.env = new Map(parent.env);
      process.args = parent.args;
      process.name = parent.name;
      process.flavour = parent.flavour;
      for (const signal of parent.ignored) process.ignored.add(signal);
      for (const [fd, handle] of parent.fds) process.fds.set(fd, handle.share());
    }
    process.task = body(process);
    this.processes.set(process.pid, process);
    return process;
  }

  /** Forgets a process that has ended. */
  reap(process: Process): void {
    this.processes.delete(process.pid);
  }

  /** kill(2). False when there is no such process. */
  kill(pid: number, signal: number): boolean {
    if (pid === -1 || pid === 0) {
      for (const process of [...this.processes.values()]) if (process.pid !== 1) process.deliver(signal);
      return true;
    }
    const process = this.processes.get(Math.abs(pid));
    if (process === undefined || process.status !== undefined) return process !== undefined;
    if (signal !== 0) process.deliver(signal);
    return true;
  }

  private finish(process: Process, status: number): void {
    process.status = status & 0xff;
    process.task = undefined;
    for (const fd of [...process.fds.keys()]) process.closeFd(fd);
    for (const child of this.processes.values()) {
      if (child.ppid === process.pid) {
        child.ppid = 1;
        if (child.status !== undefined) this.reap(child);
      }
    }
    if (process.ppid === 0 && process.pid !== 1) this.reap(process);
    this.processes.get(process.ppid)?.onSignal?.(17);
  }

  private turn(process: Process): void {
    const { task } = process;
    if (task === undefined) return;
    if (process.doomed !== 0) {
      process.signal = process.doomed;
      task.return(0);
      this.finish(process, 128 + process.doomed);
      return;
    }
    try {
      const result = task.next();
      if (result.done === true) this.finish(process, result.value);
      else process.wait = result.value;
    } catch (error) {
      if (error instanceof Exit) this.finish(process, error.status);
      else if (error instanceof Errno) {
        process.err(`${process.name}: ${error.path === "" ? "" : error.path + ": "}${error.message}\n`);
        this.finish(process, 1);
      } else if (
        error instanceof RangeError &&
        /string length|array length|call stack/i.test(error.message)
      ) {
        throw new MachineStop("LB_RUN_TEXT: stopped: a text grew too large / 글이 너무 커져 멈췄습니다");
      } else throw error;
    }
  }

  /**
   * Lets every process that can go on have a turn. False when the first one has ended.
   * Throws MachineStop when nobody can ever go on.
   */
  round(): boolean {
    const first = this.processes.get(1);
    if (first === undefined || first.status !== undefined) return false;
    let moved = false;
    for (const process of [...this.processes.values()]) {
      if (process.task === undefined || (process.stopped && process.doomed === 0)) continue;
      const { wait } = process;
      const due = wait.until !== undefined && wait.until <= this.clock;
      if (process.doomed === 0 && !due && wait !== TICK && !wait.ready()) continue;
      moved = true;
      process.wait = TICK;
      this.turn(process);
      if (process.pid === 1 && process.status !== undefined) return false;
    }
    if (!moved) this.advance();
    return true;
  }

  /** Nobody can move: time passes until the first sleeper wakes. */
  private advance(): void {
    for (const { wait, task } of this.processes.values()) {
      if (task !== undefined && wait.outside !== undefined) {
        this.outside = wait.outside;
        return;
      }
    }
    let next: Wait | undefined;
    for (const { wait, task } of this.processes.values()) {
      if (task !== undefined && wait.until !== undefined && (next?.until ?? Infinity) > wait.until)
        next = wait;
    }
    if (next?.until === undefined || next.until === Infinity) {
      throw new MachineStop(
        "LB_RUN_WAITS: stopped: every process waits for something that never comes / 모든 프로세스가 오지 않을 것을 기다려 멈췄습니다",
      );
    }
    this.meter.addCommands(PROCESS_COST);
    const passed = Math.max(0, next.until - this.clock);
    this.clock = Math.max(this.clock, next.until);
    this.slept += passed;
    this.vfs.root.now = this.now + Math.floor(this.slept / 1000);
  }

  /** Ends everything that still runs: the container is gone. */
  shutdown(): void {
    for (const process of this.processes.values()) {
      process.task?.return(0);
      if (process.status === undefined) {
        process.status = 137;
        for (const fd of [...process.fds.keys()]) process.closeFd(fd);
      }
    }
    this.vfs.flush();
    for (const stream of [1, 2] as const) this.emit(stream, this.streams[stream - 1]?.end() ?? "");
  }
}
