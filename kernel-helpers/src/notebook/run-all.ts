/** Runs several notebooks, some at once, writes their outputs back and reports. */

import { readFileSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";

import { makeFolder } from "../platform/node/make-folder";
import { writeWhole } from "../platform/node/write-whole";
import { isComplete } from "./complete";
import { compareOutputs, type OutputDifference } from "./compare";
import { NotebookError } from "./format";
import { parseNotebook } from "./read";
import { connect, runNotebook, type CellResult, type Managers, type RunResult } from "./run-notebook";
import { joinServer, startServer, type JupyterServer } from "./server";
import type { Env } from "./programs";
import { notebookText } from "./write";

export interface RunAllOptions {
  readonly files: readonly string[];
  readonly env: Env;
  /** Address of a running server (with its token); default: one is started. */
  readonly server?: string;
  readonly token?: string;
  readonly kernel?: string;
  /** Milliseconds per cell; 0 = none. */
  readonly timeout: number;
  readonly keepGoing: boolean;
  /** Notebooks at once. */
  readonly jobs: number;
  /** What becomes of empty predictions. Default: none. */
  readonly predictions?: "none" | "solution";
  /** Compare with the stored outputs instead of writing. */
  readonly check: boolean;
  /** Where to write instead of back: a directory. */
  readonly outDir?: string;
  /** Leave out what an earlier run finished: see `isComplete`. */
  readonly resume?: boolean;
  readonly signal: AbortSignal;
  readonly onCell?: (file: string, result: CellResult, done: number, total: number) => void;
  readonly onNotebook?: (outcome: NotebookOutcome) => void;
}

/** What became of one notebook. */
export interface NotebookOutcome {
  readonly file: string;
  readonly result?: RunResult;
  /** With `check`: what differs from the stored outputs. */
  readonly differences: readonly OutputDifference[];
  /** It could not be run or written at all. */
  readonly failure?: { readonly code: string; readonly ko: string; readonly en: string };
  readonly passed: boolean;
  /** It was not run: an earlier run had finished it. */
  readonly resumed?: boolean;
}

/** Runs all files; outcomes in the order of *files*. Rejects with ServerError when there is no server. */
export async function runAll(options: RunAllOptions): Promise<NotebookOutcome[]> {
  const files = options.files.map((file) => resolve(file));
  const finished = new Set(options.resume ? files.filter((file) => isFinished(file, options)) : []);
  if (finished.size === files.length) {
    const outcomes = files.map(resumed);
    for (const outcome of outcomes) options.onNotebook?.(outcome);
    return outcomes;
  }
  const restore = silenceServices();
  let server: JupyterServer | undefined;
  let managers: Managers | undefined;
  try {
    server =
      options.server === undefined
        ? await startServer(commonFolder(files), options.env, options.signal)
        : await joinServer(options.server, options.token);
    managers = await connect(server);
    const outcomes: NotebookOutcome[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let i = next++; i < files.length && !options.signal.aborted; i = next++) {
        const file = files[i] ?? "";
        const outcome = finished.has(file)
          ? resumed(file)
          : await runOne(file, server as JupyterServer, managers as Managers, options);
        outcomes[i] = outcome;
        options.onNotebook?.(outcome);
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, Math.min(options.jobs, files.length)) }, work));
    return files.map((file, i) => outcomes[i] ?? interrupted(file));
  } finally {
    managers?.dispose();
    await server?.stop();
    restore();
  }
}

/** With *outDir*, the copy there counts: the notebook itself keeps its outputs. */
function isFinished(file: string, options: RunAllOptions): boolean {
  try {
    const notebook = parseNotebook(readFileSync(file, "utf8"), file);
    if (options.outDir === undefined) return isComplete(notebook);
    const copy = resolve(options.outDir, basename(file));
    return isComplete(parseNotebook(readFileSync(copy, "utf8"), copy), notebook);
  } catch {
    return false; // what is wrong with it is told when it runs
  }
}

function resumed(file: string): NotebookOutcome {
  return { file, differences: [], passed: true, resumed: true };
}

async function runOne(
  file: string,
  server: JupyterServer,
  managers: Managers,
  options: RunAllOptions,
): Promise<NotebookOutcome> {
  try {
    const text = readFileSync(file, "utf8");
    const notebook = parseNotebook(text, file);
    const result = await runNotebook(notebook, file, server, managers, {
      kernel: options.kernel,
      timeout: options.timeout,
      keepGoing: options.keepGoing,
      predictions: options.predictions,
      signal: options.signal,
      onCell: (cell, done, total) => options.onCell?.(file, cell, done, total),
    });
    if (options.check) {
      const differences = compareOutputs(parseNotebook(text, file), notebook);
      return { file, result, differences, passed: result.passed && differences.length === 0 };
    }
    // An interrupted run says nothing about the cells behind it: what was stored stays.
    if (!options.signal.aborted) store(file, text, notebookText(notebook, file), options.outDir);
    return { file, result, differences: [], passed: result.passed };
  } catch (error) {
    return { file, differences: [], passed: false, failure: failureOf(error, file) };
  }
}

function store(file: string, before: string, after: string, outDir?: string): void {
  if (outDir !== undefined) {
    makeFolder(outDir);
    writeWhole(resolve(outDir, basename(file)), after);
    return;
  }
  if (readFileSync(file, "utf8") !== before) {
    throw new NotebookError("LB_NOTEBOOK_CHANGED", file, {
      ko: "실행하는 동안 노트북이 바뀌어 출력을 쓰지 않았습니다. 저장한 뒤 다시 실행하세요.",
      en: "the notebook changed while it ran; its outputs were not written. Save it and run again",
    });
  }
  writeWhole(file, after);
}

function failureOf(error: unknown, file: string): NonNullable<NotebookOutcome["failure"]> {
  if (error instanceof NotebookError) return { code: error.code, ...error.sentence };
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT")
    return { code: "LB_NO_FILE", ko: `파일이 없습니다: ${file}`, en: `no such file: ${file}` };
  if (typeof code === "string")
    return {
      code: "LB_FILE",
      ko: `파일을 읽거나 쓸 수 없습니다 (${code}).`,
      en: `cannot read or write the file (${code})`,
    };
  return { code: "LB_RUN_FAILED", ko: message, en: message };
}

function interrupted(file: string): NotebookOutcome {
  return {
    file,
    differences: [],
    passed: false,
    failure: { code: "LB_INTERRUPTED", ko: "중단되어 실행하지 않았습니다.", en: "not run: interrupted" },
  };
}

/** The deepest folder that holds all *files*. */
export function commonFolder(files: readonly string[]): string {
  const [first = process.cwd(), ...rest] = files.map((file) => dirname(file));
  let common = first;
  for (const folder of rest) {
    while (
      common !== dirname(common) &&
      folder !== common &&
      !folder.startsWith(common.endsWith(sep) ? common : common + sep)
    )
      common = dirname(common);
  }
  return common;
}

/** @jupyterlab/services tells its connections on the console: not into our output. */
function silenceServices(): () => void {
  const { debug, info, warn, error } = console;
  const quiet = (): void => undefined;
  Object.assign(console, { debug: quiet, info: quiet, warn: quiet, error: quiet });
  return () => Object.assign(console, { debug, info, warn, error });
}
