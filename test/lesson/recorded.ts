/** What real BuildKit did with the builds of the course: test/fidelity/scenarios/course (lessons) and course-exercises.json (exercises). */

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { BuildRecord } from "../../kernel-helpers/src/build/types";
import type { ReadableFileSystem } from "../../kernel-helpers/src/platform/files";

const FIDELITY = join(__dirname, "../fidelity");

/** One step's name and what became of it; null where that is a matter of timing. FROM rows say only whether an image was pulled and are left out. */
export type Steps = Readonly<Record<string, string | null>>;

interface RecordedBuild {
  readonly note: string;
  readonly expect: {
    readonly exitCode: number;
    readonly steps: readonly { readonly name: string; readonly status: string | null }[];
  };
}

/** The recorded builds of a lesson by the cell that makes them, in order; none for a lesson without builds. */
export function recordedLesson(id: string): readonly { readonly cell: string; readonly steps: Steps }[] {
  const file = join(FIDELITY, `scenarios/course/course-${id.toLowerCase()}.json`);
  if (!existsSync(file)) return [];
  const { builds } = JSON.parse(readFileSync(file, "utf8")) as { builds: readonly RecordedBuild[] };
  return builds.map(({ note, expect }) => ({ cell: note, steps: stepsOf(expect.steps) }));
}

/** One build of an exercise: what it was made from, and what became of its steps. */
export interface ExerciseBuild {
  readonly inputs: string;
  readonly steps: Steps;
}

let exercises: Readonly<Record<string, readonly ExerciseBuild[]>> | undefined;

/** The recorded builds of one way through an exercise: `l05-e1-solution-1`; undefined when there is no recording. */
export function recordedExercise(way: string): readonly ExerciseBuild[] | undefined {
  exercises ??= JSON.parse(readFileSync(join(FIDELITY, "course-exercises.json"), "utf8")) as Record<
    string,
    ExerciseBuild[]
  >;
  return exercises[way];
}

export function stepsOf(
  steps: readonly { readonly name: string; readonly status?: string | null }[],
): Record<string, string | null> {
  return Object.fromEntries(
    steps
      .filter(({ name }) => !/\] FROM /.test(name))
      .map(({ name, status }) => [name, status ?? null] as const),
  );
}

/** Those of *answered* for which *recorded* is sure, by its names: BuildKit shows values of secrets, Layerbook masks them. */
export function comparable(recorded: Steps, answered: Steps): Steps {
  return Object.fromEntries(
    Object.entries(answered).map(([shown, status]) => {
      const name = shown.includes("****") ? unmasked(shown, Object.keys(recorded)) : shown;
      return [name, recorded[name] === null ? null : status];
    }),
  );
}

function unmasked(name: string, recorded: readonly string[]): string {
  const parts = name.split("****").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^${parts.join('[^\\s"]+')}$`);
  return recorded.find((one) => pattern.test(one)) ?? name;
}

/** What a build is made from: the Dockerfile and every file of the context with its mode; 12 hexadecimal digits. */
export function inputsOf(record: BuildRecord, files: ReadableFileSystem): string {
  const hash = createHash("sha256").update(record.dockerfile);
  const visit = (folder: string): void => {
    for (const name of files.readdir(folder)) {
      const path = folder === "/" ? `/${name}` : `${folder}/${name}`;
      const stat = files.lstat(path);
      hash.update(`\0${path}\0${stat?.mode ?? 0}\0`);
      if (stat?.type === "dir") visit(path);
      else if (stat?.type === "file") hash.update(files.readFile(path).read());
      else hash.update(stat?.linkname ?? "");
    }
  };
  visit("/");
  return hash.digest("hex").slice(0, 12);
}
