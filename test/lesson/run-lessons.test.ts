/** Every student notebook, cell by cell as a learner runs it: nothing fails but what is meant to, the steps go as the text says and as they went in BuildKit. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { Lab } from "../../kernel-helpers/src";
import type { BuildRecord } from "../../kernel-helpers/src/build/types";
import { DockerEngine, parseBuildFlags, runShell } from "../../kernel-helpers/src/docker";
import { splitCell, splitWords } from "../../kernel-helpers/src/kernel/magics/split";
import { compileLesson } from "../../kernel-helpers/src/lesson";
import { readCourse, type Course, type CourseLesson } from "../../kernel-helpers/src/lesson/course";
import { EXPECTED_STEPS } from "./expected-steps";
import { comparable, recordedLesson, stepsOf } from "./recorded";

/** A minute after another: cells are run by somebody who reads. */
const START = 1704067200;

/** What one cell did: the builds it made, what it printed, and why it failed if it did. */
interface CellRun {
  readonly id: string;
  readonly builds: readonly BuildRecord[];
  readonly output: string;
  readonly failure?: string;
}

/** `FROM ●`, `COPY ▲` … : `=` reused, `!` ran, `x` failed, `-` not reached. */
function statuses(record: BuildRecord): string {
  const marks: Readonly<Record<string, string>> = { CACHED: "=", DONE: "!", ERROR: "x", CANCELED: "-" };
  return record.steps
    .filter((step) => step.instruction !== "FROM")
    .map((step) => `${step.instruction}${marks[step.status ?? ""] ?? "-"}`)
    .join(" ");
}

/** Runs the code cells of one lesson in order in one Lab. */
async function runLesson(course: Course, entry: CourseLesson): Promise<CellRun[]> {
  const lab = await Lab.open();
  const engine = new DockerEngine(lab);
  for (const set of entry.lesson.head.files)
    for (const [path, bytes] of course.apps.get(set) ?? []) lab.context.write(path, bytes);
  const runs: CellRun[] = [];
  let minutes = 0;
  for (const cell of compileLesson(entry.lesson, "student", entry.exercises).cells) {
    if (cell.cell_type !== "code") continue;
    const builds: BuildRecord[] = [];
    let output = "";
    let failure: string | undefined;
    const now = START + 60 * ++minutes;
    const shell = async (script: string): Promise<void> => {
      const code = await runShell({
        script,
        engine,
        context: lab.context,
        now,
        onOutput: (_stream, data) => (output += data),
        built: (record) => builds.push(record as BuildRecord),
      });
      if (code !== 0) failure = `exit status ${code}: ${output}`;
    };
    const source = splitCell(cell.source.join(""));
    if (source.kind === "plain") {
      for (const line of source.lines) if (line.kind === "shell") await shell(line.argumentText);
    } else if (source.name === "sh") {
      await shell(source.body);
    } else if (source.name === "writefile") {
      const words = splitWords(source.argumentText);
      const mode = words.includes("--mode")
        ? parseInt(words[words.indexOf("--mode") + 1] ?? "", 8)
        : undefined;
      const path = words.at(-1) ?? "";
      // A learner's answer lies beside the context, not in it.
      if (!path.startsWith("../"))
        lab.context.write(path, source.body.replace(/\n?$/, "\n"), {
          mtime: now,
          ...(mode === undefined ? {} : { mode }),
        });
    } else if (source.name === "dockerfile") {
      const flags = parseBuildFlags(splitWords(source.argumentText));
      const secrets = Object.fromEntries(
        flags.secrets.map(({ id, file }) => [id, lab.context.readText(file ?? "")]),
      );
      const record = await lab.build({
        ...flags.options,
        file: flags.options.file ?? "Dockerfile",
        secrets,
        dockerfile: source.body,
      });
      builds.push(record);
      if (record.exitCode !== 0) failure = record.error?.message ?? "failed";
    } else
      assert.ok(
        ["predict", "check", "hint", "note", "quiz"].includes(source.name),
        `${cell.id}: %%${source.name}`,
      );
    runs.push({ id: cell.id, builds, output, ...(failure === undefined ? {} : { failure }) });
  }
  return runs;
}

describe("lesson notebooks run", function () {
  this.timeout(60_000);
  const course = readCourse(join(__dirname, "../../content"));
  for (const entry of course.lessons) {
    const { head, cells } = entry.lesson;
    it(`${head.id} ${head.title}`, async () => {
      const failing = new Set(
        cells
          .filter((cell) => cell.tags.includes("raises-exception"))
          .map((cell) => `${head.id}-${cell.id}`.toLowerCase()),
      );
      const runs = await runLesson(course, entry);
      const seen: Record<string, string> = {};
      for (const { id, builds, output } of runs) {
        if (builds.length > 0) seen[id] = builds.map(statuses).join(" / ");
        if (process.env["SHOW_STEPS"])
          process.stdout.write(
            `${id}${seen[id] ? `: ${seen[id]}` : ""}\n${output.replace(/^/gm, "      | ")}\n`,
          );
      }
      const wrong = runs
        .filter(({ id, failure }) => failing.has(id) !== (failure !== undefined))
        .map(({ id, failure }) => `${id}: ${failure ?? "did not fail"}`);
      assert.deepEqual(wrong, []);
      assert.deepEqual(seen, EXPECTED_STEPS[head.id] ?? {});
      const recorded = recordedLesson(head.id);
      const built = runs.flatMap(({ id: cell, builds }) =>
        builds.map((record) => ({ cell, steps: stepsOf(record.steps) })),
      );
      assert.deepEqual(
        built.map(({ cell, steps }, i) => ({ cell, steps: comparable(recorded[i]?.steps ?? {}, steps) })),
        recorded,
        "BuildKit did otherwise, or the lesson's builds changed: record it anew (test/fidelity/README.md)",
      );
    });
  }
});
