/**
 * Child processes that inherit the terminal write into the cell instead: the kernel's own standard streams are the Jupyter Server's
 * log. Installed with the first TypeScript cell.
 */

import * as childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";
import type { Writable } from "node:stream";
import { currentCell } from "../session/cell-context";

type Stdio = unknown;
type StreamName = "stdout" | "stderr";

/** Options of spawn in which nothing is inherited any more, and which of the child's descriptors go where. */
interface Rewired {
  readonly stdio: Stdio;
  readonly captured: readonly (readonly [descriptor: 1 | 2, to: StreamName])[];
}

/** The parts of child_process that are replaced. */
interface Patched {
  ChildProcess: { prototype: { spawn(options: { stdio?: Stdio }): unknown } };
  spawnSync: (...args: unknown[]) => SyncResult;
  execSync: (command: string, options?: SyncOptions) => unknown;
  execFileSync: (file: string, args?: unknown, options?: SyncOptions) => unknown;
}

interface SyncOptions {
  readonly stdio?: Stdio;
  readonly shell?: unknown;
  readonly maxBuffer?: number;
  readonly [other: string]: unknown;
}

interface SyncResult {
  error?: Error;
  status: number | null;
  signal: string | null;
  output: unknown[] | null;
  stdout: Buffer | string | null;
  stderr: Buffer | string | null;
}

/** Replaces `inherit` and the like; undefined when nothing is inherited. */
function rewire(stdio: Stdio): Rewired | undefined {
  const list: unknown[] =
    typeof stdio === "string" ? [stdio, stdio, stdio] : Array.isArray(stdio) ? [...(stdio as unknown[])] : [];
  const captured: (readonly [1 | 2, StreamName])[] = [];
  for (const descriptor of [1, 2] as const) {
    const to = target(list[descriptor], descriptor);
    if (to === undefined) continue;
    list[descriptor] = "pipe";
    captured.push([descriptor, to]);
  }
  if (captured.length === 0) return undefined;
  if (list[0] === "inherit" || list[0] === 0 || list[0] === process.stdin) list[0] = "ignore";
  return { stdio: list, captured };
}

/** Which of our streams a descriptor would be connected to; undefined when it is something else. */
function target(value: unknown, descriptor: 1 | 2): StreamName | undefined {
  if (value === "inherit") return descriptor === 1 ? "stdout" : "stderr";
  if (value === 1 || value === process.stdout) return "stdout";
  if (value === 2 || value === process.stderr) return "stderr";
  return undefined;
}

/** Installs the capture. Once per process. */
export function captureChildren(): void {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the module itself, not a copy of its names
  const module = require("node:child_process") as Patched;
  const { prototype } = module.ChildProcess;
  const spawn = prototype.spawn;
  prototype.spawn = function (this: childProcess.ChildProcess, options) {
    const rewired = rewire(options.stdio);
    const result = spawn.call(this, rewired === undefined ? options : { ...options, stdio: rewired.stdio });
    for (const [descriptor, to] of rewired?.captured ?? []) {
      const pipe = this.stdio[descriptor] as NodeJS.ReadableStream | null;
      pipe?.on("data", (chunk: Buffer) => write(to, chunk));
      // To the code that spawned it the child looks as if it had inherited.
      if (descriptor === 1) this.stdout = null;
      else this.stderr = null;
    }
    stopWithCell(this);
    return result;
  };
  const { spawnSync, execSync, execFileSync } = module;
  const captureSync = (file: string, args: unknown, options: SyncOptions): SyncResult => {
    const rewired = rewire(options.stdio);
    if (rewired === undefined) return spawnSync(file, args, options);
    const result = spawnSync(file, args, {
      ...options,
      stdio: rewired.stdio,
      maxBuffer: options.maxBuffer ?? Infinity,
    });
    for (const [descriptor, to] of rewired.captured) {
      const text = descriptor === 1 ? result.stdout : result.stderr;
      if (text !== null) write(to, text);
      result[descriptor === 1 ? "stdout" : "stderr"] = null;
      if (result.output !== null) result.output[descriptor] = null;
    }
    return result;
  };
  module.spawnSync = (...all) => {
    const { file, args, options } = readCall(all);
    return captureSync(file, args, options);
  };
  module.execSync = (command, options = {}) => {
    if (rewire(options.stdio) === undefined) return execSync(command, options);
    return checked(captureSync(command, [], { ...options, shell: options.shell ?? true }), command);
  };
  module.execFileSync = (...all) => {
    const { file, args, options } = readCall(all);
    if (rewire(options.stdio) === undefined) return execFileSync(file, args, options);
    return checked(captureSync(file, args, options), [file, ...args].join(" "));
  };
  syncBuiltinESMExports();
}

/** `(file, args?, options?)` as Node reads it. */
function readCall([file, second, third]: unknown[]): {
  file: string;
  args: readonly string[];
  options: SyncOptions;
} {
  const args = Array.isArray(second) ? (second as string[]) : [];
  const options = Array.isArray(second) || second === undefined || second === null ? third : second;
  return { file: file as string, args, options: (options ?? {}) as SyncOptions };
}

/** What execSync and execFileSync make of a result: its output, or an error that carries it. */
function checked(result: SyncResult, command: string): unknown {
  if (result.error !== undefined) throw Object.assign(result.error, result);
  if (result.status === 0) return result.stdout;
  throw Object.assign(
    new Error(`Command failed: ${command}${result.stderr === null ? "" : `\n${result.stderr.toString()}`}`),
    result,
  );
}

function write(name: StreamName, chunk: Buffer | string): void {
  (process[name] as Writable).write(chunk);
}

/** As Ctrl-C in a terminal: an interrupt of the cell goes to the processes that it has started. */
function stopWithCell(child: childProcess.ChildProcess): void {
  const signal = currentCell()?.signal;
  if (signal === undefined) return;
  const stop = (): void => void child.kill("SIGINT");
  signal.addEventListener("abort", stop, { once: true });
  child.once("exit", () => signal.removeEventListener("abort", stop));
}
