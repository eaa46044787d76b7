/** Runs one submitted notebook in a process of its own, with limits of time and memory, and gathers what it said. */

import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

import type { FromGrader, GradeJob, JudgedCheck } from "./protocol";

export interface NotebookVerdict {
  readonly checks: readonly JudgedCheck[];
  /** Why no cell could be run at all: the process did not start, or could not lay out the files. */
  readonly notStarted?: string;
  /**
   * Cells that failed, held TypeScript, or took too long; `ended` ones took the process with them (memory) and were left out; `died` ones
   * ended a real kernel, or came after that.
   */
  readonly failed: readonly {
    readonly index: number;
    readonly why: "error" | "typescript" | "timeout" | "ended" | "died";
    readonly message: string;
  }[];
}

/** The process is given this long beyond a cell's own limit before it is killed. */
const GRACE_MS = 3000;
/** Reading the course on a busy machine. */
const START_MS = 60_000;
/** A notebook that stops its process this often is given up. */
const MOST_RESTARTS = 3;
const HEAP_MB = 1024;

/** Runs *job*; a cell that stops the process is left out and the notebook run again. Rejects only when *signal* fires. */
export async function runJob(
  job: Omit<GradeJob, "directory" | "skip">,
  signal: AbortSignal,
): Promise<NotebookVerdict> {
  const skip: number[] = [];
  const ended: { index: number; why: "timeout" | "ended"; message: string }[] = [];
  for (let tries = 0; ; tries++) {
    const directory = mkdtempSync(join(tmpdir(), "layerbook-grade-"));
    try {
      const run = await once({ ...job, directory, skip }, signal);
      signal.throwIfAborted();
      const failed = [...ended, ...run.failed].sort((a, b) => a.index - b.index);
      if (run.stopped === undefined) return { checks: run.checks, failed };
      if (run.stopped.index < 0) return { checks: run.checks, failed, notStarted: run.stopped.message };
      ended.push(run.stopped);
      skip.push(run.stopped.index);
      if (tries >= MOST_RESTARTS) return { checks: run.checks, failed: [...failed, run.stopped] };
    } finally {
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

interface Run {
  readonly checks: JudgedCheck[];
  readonly failed: { index: number; why: "error" | "typescript" | "timeout"; message: string }[];
  /** The cell at which the process ended. */
  stopped?: { index: number; why: "timeout" | "ended"; message: string };
}

function once(job: GradeJob, signal: AbortSignal): Promise<Run> {
  const type = extname(__filename);
  const child = fork(join(__dirname, `worker${type}`), {
    execArgv: [
      ...(type === ".ts" ? ["--require", require.resolve("tsx/cjs")] : []),
      `--max-old-space-size=${HEAP_MB}`,
    ],
    // Nothing of this shell's is handed on: no tokens, no options of Node.
    env: pick(process.env, ["PATH", "SystemRoot", "TMPDIR", "TEMP", "LAYERBOOK_CONTENT"]),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const run: Run = { checks: [], failed: [] };
  let at = -1;
  let said = "";
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  const patience = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, ms);
  };
  const stop = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  patience(START_MS);
  let done = false;
  child.stderr?.on("data", (data: Buffer) => (said = (said + data.toString()).slice(-4000)));
  child.on("message", (message: FromGrader) => {
    if (message.kind === "ready") child.send(job);
    else if (message.kind === "cell") {
      at = message.index;
      patience(job.cellTimeout + GRACE_MS);
    } else if (message.kind === "check") run.checks.push(message.check);
    else if (message.kind === "failed") {
      const { index, why, message: text } = message;
      run.failed.push({ index, why, message: text });
    } else {
      done = true;
      patience(GRACE_MS);
    }
  });
  return new Promise((resolve) => {
    const end = (why: string): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      if (!done)
        run.stopped = {
          index: at,
          why: late ? "timeout" : "ended",
          message: late
            ? at < 0
              ? `${START_MS / 1000} s`
              : ""
            : (said.split("\n").find((line) => /error/i.test(line)) ?? why).slice(0, 300),
        };
      resolve(run);
    };
    child.on("error", (error) => end(error.message));
    child.on("close", (code, killed) => end(killed ?? `exit code ${code}`));
  });
}

function pick(env: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
    LAYERBOOK_LANG: "ko",
  };
}
