/** Runs a lesson's notebook cell by cell as a learner does, without a kernel. */

import assert from "node:assert/strict";
import { Lab } from "../../kernel-helpers/src";
import type { BuildRecord } from "../../kernel-helpers/src/build/types";
import { DockerEngine, parseBuildFlags, runShell } from "../../kernel-helpers/src/docker";
import { splitCell, splitWords } from "../../kernel-helpers/src/kernel/magics/split";
import { compileLesson } from "../../kernel-helpers/src/lesson";
import type { Course, CourseLesson } from "../../kernel-helpers/src/lesson/course";

/** A minute after another: cells are run by somebody who reads. */
const START = 1704067200;

/** What one cell did: the builds it made, what it printed, and why it failed if it did. */
export interface CellRun {
  readonly id: string;
  readonly builds: readonly BuildRecord[];
  readonly output: string;
  readonly failure?: string;
}

/** Runs the code cells of one lesson in order in one Lab; *watch* sees the Lab before the first and each cell before it runs. */
export async function runLesson(
  course: Course,
  entry: CourseLesson,
  watch?: { lab(lab: Lab): void; cell(id: string): void },
): Promise<CellRun[]> {
  const lab = await Lab.open();
  watch?.lab(lab);
  const engine = new DockerEngine(lab);
  for (const set of entry.lesson.head.files)
    for (const [path, bytes] of course.apps.get(set) ?? []) lab.context.write(path, bytes);
  const runs: CellRun[] = [];
  let minutes = 0;
  for (const cell of compileLesson(entry.lesson, "student", entry.exercises).cells) {
    if (cell.cell_type !== "code") continue;
    watch?.cell(cell.id);
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
