/** Marks one student: runs their notebooks, judges, and counts the exercises of the assignment. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Exercise } from "../../lesson";
import { KERNEL_NAME } from "../../kernel/kernel-spec";
import { type Course, lessonFiles } from "../../lesson/course";
import { type CellStatus, parseNotebook, runAll, ServerError } from "../../notebook";
import { NotebookError } from "../../notebook/format";
import { CliError, type Sentence } from "../cli-error";
import { readFolder } from "./archive";
import { type NotebookVerdict, runJob } from "./pool";
import type { GradeJob, JudgedCheck } from "./protocol";
import type { Submission, SubmittedNotebook } from "./submissions";

export interface ExerciseMark {
  readonly exercise: string;
  readonly title: string;
  readonly lesson: string;
  /** `none`: no check of it was handed in, or it was empty. */
  readonly result: "passed" | "not-yet" | "none";
  /** What the check said; for `not-yet`. */
  readonly check?: JudgedCheck;
  /** Passed by the files handed in, not by the cells. */
  readonly byFiles?: boolean;
}

/** A cell that did not do its work. */
export interface CellNote {
  readonly notebook: string;
  /** 1-based among all cells. */
  readonly cell: number;
  readonly why: NotebookVerdict["failed"][number]["why"];
  readonly message: string;
}

export interface StudentMark {
  readonly submission: Submission;
  readonly exercises: readonly ExerciseMark[];
  readonly passed: number;
  readonly notes: readonly CellNote[];
  readonly problems: readonly Sentence[];
  /** This machine could not run something that was handed in: the marks say nothing about the student. */
  readonly unjudged: boolean;
}

export interface MarkOptions {
  /** Exercises that count, with their lesson. */
  readonly exercises: readonly { readonly lesson: string; readonly exercise: Exercise }[];
  readonly course: Course;
  /** Milliseconds. */
  readonly cellTimeout: number;
  /** Run cells of TypeScript in a real kernel, with the rights of whoever grades. */
  readonly typescript: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Runs a notebook on a real kernel. Default: `runAll`. */
  readonly runOnKernel?: typeof runAll;
}

/** A notebook of code cells as the grader needs it. */
export interface ReadNotebook {
  readonly submitted: SubmittedNotebook;
  readonly cells: GradeJob["cells"];
  /** Lessons whose exercises it checks, most checks first. */
  readonly lessons: readonly string[];
}

const MOST_CELLS = 1000;

/** Parses a submitted notebook; a sentence says why it cannot be read. */
export function readNotebook(submitted: SubmittedNotebook): ReadNotebook | Sentence {
  try {
    const cells = parseNotebook(submitted.text, submitted.path)
      .cells.map((cell, index) => ({ index, source: cell.source, code: cell.cell_type === "code" }))
      .filter(({ code }) => code)
      .slice(0, MOST_CELLS)
      .map(({ index, source }) => ({ index, source }));
    const counts = new Map<string, number>();
    for (const { source } of cells) {
      const lesson = /^\s*%%check\s+([A-Z0-9]+)-E/.exec(source)?.[1];
      if (lesson !== undefined) counts.set(lesson, (counts.get(lesson) ?? 0) + 1);
    }
    const lessons = [...counts].sort((a, b) => b[1] - a[1]).map(([id]) => id);
    return { submitted, cells, lessons };
  } catch (error) {
    if (error instanceof NotebookError)
      return { ko: `${submitted.path}: ${error.sentence.ko}`, en: `${submitted.path}: ${error.sentence.en}` };
    throw error;
  }
}

/** Runs and judges everything of *submission*. Rejects only when the signal fires. */
export async function markStudent(submission: Submission, options: MarkOptions): Promise<StudentMark> {
  const problems: Sentence[] = [...submission.problems];
  const notes: CellNote[] = [];
  const best = new Map<string, { check: JudgedCheck; byFiles: boolean }>();
  const take = (checks: readonly JudgedCheck[], byFiles: boolean): void => {
    for (const check of checks) {
      const before = best.get(check.exercise)?.check;
      if (before?.passed === true) continue;
      // Of two that are not passed, the one that came further tells more.
      if (before !== undefined && !before.empty && !check.passed && metRows(check) <= metRows(before))
        continue;
      best.set(check.exercise, { check, byFiles });
    }
  };
  let unjudged = false;
  const fail = (path: string, why: Sentence): void => {
    unjudged = true;
    problems.push({ ko: `${path}: ${why.ko}`, en: `${path}: ${why.en}` });
  };
  const judge = async (path: string, job: Parameters<typeof runJob>[0]): Promise<NotebookVerdict> => {
    const verdict = await runJob(job, options.signal);
    if (verdict.notStarted !== undefined)
      fail(path, {
        ko: `채점하는 프로세스를 시작하지 못했습니다: ${verdict.notStarted}`,
        en: `the process that grades could not be started: ${verdict.notStarted}`,
      });
    return verdict;
  };
  const counting = new Map(options.exercises.map(({ exercise }) => [exercise.id, exercise]));
  for (const submitted of submission.notebooks) {
    const notebook = readNotebook(submitted);
    if ("ko" in notebook) {
      problems.push(notebook);
      continue;
    }
    if (!notebook.cells.some(({ source }) => counting.has(/^\s*%%check\s+(\S+)/.exec(source)?.[1] ?? "")))
      continue;
    const base = { lesson: notebook.lessons[0], cells: notebook.cells, cellTimeout: options.cellTimeout };
    const verdict = await judge(submitted.path, { ...base, files: {}, mode: "cells" });
    take(verdict.checks, false);
    let failed = verdict.failed;
    const open = (): boolean =>
      notebook.cells.some(({ source }) => {
        const id = /^\s*%%check\s+(\S+)/.exec(source)?.[1] ?? "";
        return counting.get(id)?.kind === "build" && best.get(id)?.check.passed !== true;
      });
    // Files edited outside cells, in JupyterLab's editor, are the student's work too.
    if (open() && submitted.app.size > 0) await judgeFiles(submitted.app);
    if (open() && options.typescript && verdict.failed.some(({ why }) => why === "typescript")) {
      const run = await runInKernel(notebook, options);
      options.signal.throwIfAborted();
      if ("failure" in run)
        fail(submitted.path, {
          ko: `실제 커널에서 실행하지 못했습니다: ${run.failure.ko}`,
          en: `could not be run on the real kernel: ${run.failure.en}`,
        });
      else {
        // What the simulated machine said rests on cells that it did not run.
        failed = run.failed;
        await judgeFiles(run.app);
      }
    }
    notes.push(
      ...failed.map(({ index, why, message }) => ({
        notebook: submitted.path,
        cell: index + 1,
        why,
        message,
      })),
    );

    async function judgeFiles(app: ReadonlyMap<string, Uint8Array>): Promise<void> {
      const files = Object.fromEntries(
        [...app].map(([name, data]) => [name, Buffer.from(data).toString("base64")]),
      );
      take((await judge(submitted.path, { ...base, files, mode: "project" })).checks, true);
    }
  }
  const exercises = options.exercises.map(({ lesson, exercise }): ExerciseMark => {
    const found = best.get(exercise.id);
    const one = { exercise: exercise.id, title: exercise.title, lesson };
    if (found === undefined || found.check.empty) return { ...one, result: "none" };
    return {
      ...one,
      result: found.check.passed ? "passed" : "not-yet",
      check: found.check,
      ...(found.check.passed && found.byFiles ? { byFiles: true } : {}),
    };
  });
  return {
    submission,
    exercises,
    passed: exercises.filter(({ result }) => result === "passed").length,
    notes,
    problems,
    unjudged,
  };
}

const metRows = ({ rows }: JudgedCheck): number => rows.filter(({ met }) => met).length;

interface KernelRun {
  /** The files of its `app/` afterwards. */
  readonly app: ReadonlyMap<string, Uint8Array>;
  readonly failed: NotebookVerdict["failed"];
}

/** Cells that are as they should be, or never had to run. */
const WELL: ReadonlySet<CellStatus> = new Set(["ok", "expected-error", "skipped", "empty"]);

const WHY: Partial<Record<CellStatus, CellNote["why"]>> = {
  timeout: "timeout",
  dead: "died",
  "not-run": "died",
};

/** Runs the whole notebook on a fresh kernel. What its checks showed is not looked at. */
async function runInKernel(
  { submitted, lessons }: ReadNotebook,
  { course, cellTimeout, env, signal, runOnKernel = runAll }: MarkOptions,
): Promise<KernelRun | { readonly failure: Sentence }> {
  const folder = mkdtempSync(join(tmpdir(), "layerbook-grade-"));
  try {
    const entry = course.lessons.find(({ lesson }) => lesson.head.id === lessons[0]);
    for (const [name, bytes] of entry === undefined ? [] : lessonFiles(course, entry)) {
      const file = join(folder, name.slice(name.indexOf("/") + 1));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    const file = join(folder, "submitted.ipynb");
    writeFileSync(file, submitted.text);
    const [outcome] = await runOnKernel({
      files: [file],
      // Not the one that the notebook names: any kernel of this machine could stand there.
      kernel: KERNEL_NAME,
      env,
      timeout: cellTimeout,
      keepGoing: true,
      jobs: 1,
      check: false,
      outDir: join(folder, "out"),
      signal,
    });
    if (outcome?.result === undefined)
      return { failure: outcome?.failure ?? { ko: "결과가 없습니다.", en: "no outcome" } };
    const app = new Map(
      [...readFolder(folder)].flatMap(([name, data]) =>
        name.startsWith("app/") ? [[name.slice(4), data] as const] : [],
      ),
    );
    const failed = outcome.result.cells
      .filter(({ status }) => !WELL.has(status))
      .map(({ index, status, error }) => ({
        index,
        why: WHY[status] ?? ("error" as const),
        message: (error?.message ?? "").slice(0, 2000),
      }));
    return { app, failed };
  } catch (error) {
    if (error instanceof ServerError || error instanceof CliError) return { failure: error.sentence };
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
