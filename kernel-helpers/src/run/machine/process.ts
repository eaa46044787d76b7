/** A process of the simulated machine, and what programs use to read, write and wait. */

import { decodeText } from "./bytes";
import { Errno } from "./errno";
import type { Handle, PipeHandle } from "./handles";
import type { Machine } from "./machine";
import type { Caller, Credentials, OpenOptions } from "./vfs";

/** Why a process rests: it goes on when `ready`, or at the latest when the machine's clock reads `until` (ms). */
export interface Wait {
  ready(): boolean;
  readonly until?: number;
  /** It waits for something outside the machine, which settles in its own time. */
  readonly outside?: Promise<unknown>;
}

/** The body of a process: runs until it has to wait, then yields. */
export type Task<T = void> = Generator<Wait, T, void>;

/** A rest of no length: lets the others run. */
export const TICK: Wait = { ready: () => true };

/** Ends the process with a status (0 to 255). */
export class Exit extends Error {
  override readonly name = "Exit";
  constructor(readonly status: number) {
    super(`exit ${status}`);
  }
}

export const SIGNALS: Readonly<Record<string, number>> = {
  EXIT: 0, HUP: 1, INT: 2, QUIT: 3, ILL: 4, TRAP: 5, ABRT: 6, BUS: 7, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12,
  PIPE: 13, ALRM: 14, TERM: 15, STKFLT: 16, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20, TTIN: 21, TTOU: 22, URG: 23,
  XCPU: 24, XFSZ: 25, VTALRM: 26, PROF: 27, WINCH: 28, IO: 29, PWR: 30, SYS: 31,
}; // prettier-ignore

const HARMLESS = new Set([17, 18, 23, 28]);

export class Process implements Caller {
  args: readonly string[] = [];
  /** Exported variables. */
  env = new Map<string, string>();
  cwd = "/";
  cred: Credentials = { uid: 0, gid: 0, groups: [] };
  umask = 0o022;
  readonly fds = new Map<number, Handle>();
  /** 0 to 255, once it has ended; 128 + n when signal n ended it. */
  status: number | undefined;
  /** The signal that ended it. */
  signal = 0;
  task: Task<number> | undefined;
  wait: Wait = TICK;
  /** Set by a shell: takes a signal, answers whether it has been handled (caught or ignored). */
  onSignal: ((signal: number) => boolean) | undefined;
  readonly ignored = new Set<number>();
  /** A signal that waits until the process can be stopped. */
  doomed = 0;
  stopped = false;
  /** Whose programs run: busybox as Debian builds it (few features), as Alpine does, or GNU's. */
  flavour: "debian" | "alpine" | "gnu" = "debian";

  /** GNU programs, not busybox: other words and options. */
  get gnu(): boolean {
    return this.flavour === "gnu";
  }

  /** busybox without the features that Debian leaves out of its static build. */
  get minimal(): boolean {
    return this.flavour === "debian";
  }
  /** The file that it runs. */
  exe = "/bin/busybox";
  /** What ps shows. */
  name = "";
  startedAt = 0;

  constructor(
    readonly machine: Machine,
    readonly pid: number,
    public ppid: number,
  ) {}

  get vfs(): Machine["vfs"] {
    return this.machine.vfs;
  }

  /** The handle behind a descriptor. Throws EBADF. */
  fd(number: number): Handle {
    const handle = this.fds.get(number);
    if (handle === undefined) throw new Errno("EBADF");
    return handle;
  }

  /** Gives *number* to *handle*, which this takes over. */
  setFd(number: number, handle: Handle): void {
    const old = this.fds.get(number);
    this.fds.set(number, handle);
    old?.drop();
  }

  closeFd(number: number): void {
    this.fds.get(number)?.drop();
    this.fds.delete(number);
  }

  /** Prints to standard output. A closed pipe ends the process as SIGPIPE does. */
  out(text: string): void {
    this.write(1, text);
  }

  /** Prints to standard error; a closed one is ignored. */
  err(text: string): void {
    try {
      this.write(2, text);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  write(fd: number, text: string): void {
    try {
      this.fd(fd).write(text);
    } catch (error) {
      if (error instanceof Errno && error.code === "EPIPE" && !this.ignored.has(SIGNALS["PIPE"] as number)) {
        this.signal = SIGNALS["PIPE"] as number;
        throw new Exit(128 + this.signal);
      }
      throw error;
    }
  }

  /** Waits until what is behind *fd* has room. Call it in loops that print. */
  *room(fd = 1): Task {
    const handle = this.fds.get(fd);
    if (handle?.congested) yield { ready: () => !handle.congested };
  }

  /** Waits for input: a piece of at most *max* bytes, "" at the end. */
  *read(fd = 0, max = 65536): Task<string> {
    return yield* this.readHandle(this.fd(fd), max);
  }

  *readHandle(handle: Handle, max = 65536): Task<string> {
    for (;;) {
      const piece = handle.read(max);
      if (piece !== undefined) return piece;
      yield { ready: () => handle.refs <= 0 || peekable(handle) };
    }
  }

  /** Everything up to the end. */
  *readAll(fd = 0): Task<string> {
    const handle = this.fd(fd);
    const parts: string[] = [];
    for (;;) {
      const piece = yield* this.readHandle(handle, 1 << 20);
      if (piece === "") return parts.join("");
      parts.push(piece);
      this.machine.meter.addBytes(handle.kind === "device" ? piece.length : 0);
    }
  }

  open(path: string, options: OpenOptions = { read: true }): Handle {
    return this.vfs.open(this, path, options);
  }

  /** The bytes of a file; works for devices and /proc too. */
  *readFile(path: string): Task<string> {
    const handle = this.open(path);
    const parts: string[] = [];
    try {
      for (;;) {
        const piece = yield* this.readHandle(handle, 1 << 20);
        if (piece === "") return parts.join("");
        parts.push(piece);
        if (handle.kind === "device") this.machine.meter.addBytes(piece.length);
      }
    } finally {
      handle.drop();
    }
  }

  /** Rests for *ms* simulated milliseconds. */
  *sleep(ms: number): Task {
    yield { ready: () => false, until: this.machine.clock + ms };
  }

  /** Waits for *child* and takes it away. */
  *waitFor(child: Process): Task<number> {
    while (child.status === undefined) yield { ready: () => child.status !== undefined };
    this.machine.reap(child);
    return child.status;
  }

  /** Takes a signal. */
  deliver(signal: number): void {
    if (this.status !== undefined) return;
    if (signal === SIGNALS["CONT"]) this.stopped = false;
    if (signal !== 9 && signal !== 19) {
      if (this.ignored.has(signal)) return;
      if (this.onSignal?.(signal) === true) return;
    }
    // The first process of a container ignores what it has no handler for, even SIGKILL from inside.
    if (this.pid === 1 || HARMLESS.has(signal)) return;
    if (signal >= 19 && signal <= 22) {
      this.stopped = true;
      return;
    }
    this.doomed = signal;
  }

  /** Whether its locale is a UTF-8 one: busybox goes by the name alone. */
  get utf8(): boolean {
    return isUtf8((name) => this.env.get(name));
  }

  /** The command line for ps and /proc. */
  get title(): string {
    return this.args.map(decodeText).join(" ");
  }
}

/** Whether the locale that the variables name is a UTF-8 one. */
export function isUtf8(variable: (name: string) => string | undefined): boolean {
  return /utf-?8/i.test(variable("LC_ALL") || variable("LC_CTYPE") || variable("LANG") || "");
}

function peekable(handle: Handle): boolean {
  if (handle.kind !== "pipe") return true;
  const { pipe } = handle as PipeHandle;
  return pipe.buffer !== "" || (pipe.writers === 0 && (!pipe.named || pipe.hadWriter));
}
