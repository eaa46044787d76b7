/** Runs a submitted notebook's cells with the kernel's own magics in a fresh session, judging each check by the teacher's exercises. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { CheckResult, Exercise } from "../../lesson";
import { benchMaker, checkExercise } from "../../lesson";
import { type Course, lessonFiles } from "../../lesson/course";
import { registerMagics } from "../../kernel/magics/builtin";
import { MagicRegistry } from "../../kernel/magics/registry";
import { splitCell } from "../../kernel/magics/split";
import type { CellOutput, Magic } from "../../kernel/magics/types";
import { evaluateCell } from "../../kernel/session/evaluate";
import { nodeHost } from "../../kernel/session/node-host";
import { NotebookSession } from "../../kernel/session/notebook-session";
import { Lab } from "../../lab";
import type { FromGrader, GradeJob } from "./protocol";

/**
 * Runs *job*, telling what happens by *say*. What a cell shows is not looked at: a check's verdict comes from the exercise alone. Cells
 * of TypeScript are named and not run, so that nothing a student wrote runs on this machine outside the simulation.
 */
export async function runSubmitted(
  job: GradeJob,
  course: Course,
  say: (message: FromGrader) => void,
): Promise<void> {
  const { directory } = job;
  placeFiles(job, course);
  let signal = new AbortController().signal;
  const host = { ...nodeHost(), cellSignal: () => signal, notebookName: () => undefined };
  const session = new NotebookSession(directory, host);
  const registry = new MagicRegistry();
  registerMagics(registry);
  let cell = 0;
  registry.register(judgingMagic(course, (check) => say({ kind: "check", check: { ...check, cell } })));
  if (job.mode === "project") await buildOnce(session);
  let serial = 0;
  for (const { index, source } of job.cells) {
    cell = index;
    if (job.skip.includes(index) || source.trim() === "") continue;
    const shape = splitCell(source);
    const isCheck = shape.kind === "cell" && shape.name === "check";
    if (job.mode === "project" && !isCheck) continue;
    if (shape.kind === "plain" && shape.code !== "")
      say({ kind: "failed", index, why: "typescript", message: "" });
    say({ kind: "cell", index });
    const controller = new AbortController();
    signal = controller.signal;
    const until = Date.now() + job.cellTimeout;
    const timer = setTimeout(() => controller.abort(), job.cellTimeout);
    const outcome = await evaluateCell(
      source,
      {
        serial: ++serial,
        parent: {},
        count: serial,
        silent: false,
        allowStdin: false,
        identities: [],
        signal,
      },
      {},
      {
        registry,
        session,
        typescript: () => ({ run: () => Promise.resolve({}) }),
        setLatestCell: () => undefined,
        runInCell: (_context, work) => work(),
        after: (ms, work) => {
          const waiting = setTimeout(work, ms);
          return () => clearTimeout(waiting);
        },
        output: () => SILENT,
        attend: () => {
          if (Date.now() > until) controller.abort();
        },
        input: () => Promise.resolve(""),
      },
    );
    clearTimeout(timer);
    if (controller.signal.aborted) say({ kind: "failed", index, why: "timeout", message: "" });
    else if (outcome.error !== undefined)
      say({ kind: "failed", index, why: "error", message: outcome.error.evalue.slice(0, 2000) });
  }
  say({ kind: "done" });
}

const SILENT: CellOutput = { stream: () => undefined, display: () => undefined, clear: () => undefined };

/** `%%check` that tells the grader instead of the student. */
function judgingMagic(course: Course, judged: (check: CheckResult) => void): Magic {
  const exercises = new Map(
    course.lessons.flatMap(({ exercises: file }) => file?.exercises ?? []).map((entry) => [entry.id, entry]),
  );
  return {
    name: "check",
    kind: "cell",
    summary: "",
    usage: "",
    run: async (call) => {
      const exercise = exercises.get(call.args[0] ?? "");
      if (exercise === undefined) return;
      const result = await judge(exercise, call.body, call.session);
      const { title, passed, empty, rows, feedback, misconceptions } = result;
      judged({ exercise: exercise.id, title, passed, empty, rows, feedback, misconceptions });
    },
  };
}

async function judge(exercise: Exercise, body: string, session: NotebookSession): Promise<CheckResult> {
  const engine = await session.engine();
  const maker = await benchMaker({
    project: () => engine.lab.context.files(),
    engine,
    openLab: () => Lab.openOn(session.host.labMachine()),
  });
  return checkExercise(exercise, body, maker);
}

/** Exercises that look at the image built last need one. */
async function buildOnce(session: NotebookSession): Promise<void> {
  try {
    const lab = await session.lab();
    await lab.build({});
  } catch {
    // The checks say what is missing.
  }
}

/** The lesson's own files, then those of the job. */
function placeFiles(job: GradeJob, course: Course): void {
  const app = join(job.directory, "app");
  mkdirSync(app, { recursive: true });
  const put = (name: string, bytes: Uint8Array): void => {
    const file = join(app, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  };
  const entry = course.lessons.find(({ lesson }) => lesson.head.id === job.lesson);
  if (entry !== undefined && job.mode === "cells")
    for (const [name, bytes] of lessonFiles(course, entry)) {
      const inner = /^[^/]+\/app\/(.*)$/.exec(name)?.[1];
      if (inner !== undefined) put(inner, bytes);
    }
  for (const [name, text] of Object.entries(job.files)) put(name, Buffer.from(text, "base64"));
}
