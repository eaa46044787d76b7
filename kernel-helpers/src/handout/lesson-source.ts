/** Lessons of the course as notebooks, any edition, straight from `content/`. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import type { ContextChanges } from "../build/types";
import { compileLesson, notebookText, type NotebookCell } from "../lesson/compile";
import { CONTENT, readExtras } from "../lesson/course";
import { parseExercises, type ExerciseFile } from "../lesson/read-exercises";
import { parseLesson, type Lesson } from "../lesson/source";
import { parseNotebook } from "../notebook/read";
import type { Notebook } from "../notebook/format";
import { LESSON_LINK, type Edition } from "./document";

export { CONTENT };

export interface CourseLesson {
  readonly lesson: Lesson;
  readonly exercises?: ExerciseFile;
  /** Sample files that lie in the context from the start: text by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** Names of all lesson sources without `.md`, in order. */
export function lessonNames(content = CONTENT): string[] {
  const folder = join(content, "lessons");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^\d\d-[\w-]+\.md$/.test(name))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** The lesson that *asked* means (`L05`, `PRJ`, `5`, `05`, `05-order`), or undefined. */
export function findLesson(asked: string, content = CONTENT): string | undefined {
  const number = /^L?(\d{1,2})$/i.exec(asked)?.[1];
  const id = /^[A-Z]{3}$/i.test(asked) ? asked.toUpperCase() : undefined;
  return lessonNames(content).find(
    (name) =>
      name === asked ||
      (number !== undefined && Number(name.slice(0, 2)) === Number(number)) ||
      (id !== undefined && idOf(name, content) === id),
  );
}

/** The id in the head of a lesson's source; of most lessons it is in the name, too (`05-order`: `L05`), of `17-project` it is not. */
function idOf(name: string, content: string): string | undefined {
  return /^id: *"?(\w+)"?$/m.exec(readFileSync(join(content, "lessons", `${name}.md`), "utf8"))?.[1];
}

/** What all lessons have in common. */
export interface CourseCommons {
  /** The sets of `content/apps/`: text by path, by name of the set. */
  readonly sets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly extras: ReturnType<typeof readExtras>;
}

/** Reads what all lessons have in common: once for several of them. */
export function readCommons(content = CONTENT): CourseCommons {
  return { sets: sampleFiles(content), extras: readExtras(content) };
}

/** Reads a lesson with its exercises and sample files. Throws LessonError for faults in the sources. */
export function readLesson(name: string, content = CONTENT, commons = readCommons(content)): CourseLesson {
  const lesson = parseLesson(`${name}.md`, readFileSync(join(content, "lessons", `${name}.md`), "utf8"));
  const { sets, extras } = commons;
  const file = join(content, "exercises", `${lesson.head.id}.yaml`);
  const shared = Object.fromEntries(
    Object.entries(sets).map(([set, files]) => [set, { write: files } satisfies ContextChanges]),
  );
  const own = existsSync(file)
    ? parseExercises(`${lesson.head.id}.yaml`, readFileSync(file, "utf8"), shared)
    : { predictions: [], exercises: [] };
  const exercises: ExerciseFile = { ...own, ...extras };
  const wanted = (lesson.head as { files?: readonly string[] }).files ?? [];
  return {
    lesson,
    exercises,
    files: Object.assign({}, ...wanted.map((set) => sets[set] ?? {})) as Record<string, string>,
  };
}

/** One edition of a lesson as a notebook without outputs. A link to another lesson's notebook leads nowhere on paper: its text stays. */
export function lessonNotebook(course: CourseLesson, edition: Edition): Notebook {
  const { lesson, exercises } = course;
  const whole = compileLesson(lesson, edition, exercises);
  return parseNotebook(
    notebookText({ ...whole, cells: lessonCells(course, edition) }),
    `${lesson.head.slug}.md`,
  );
}

/** The cells of `lessonNotebook`, as they are compiled. */
export function lessonCells({ lesson, exercises }: CourseLesson, edition: Edition): NotebookCell[] {
  return compileLesson(lesson, edition, exercises).cells.map((cell) =>
    cell.cell_type === "markdown"
      ? { ...cell, source: cell.source.map((line) => line.replace(LESSON_LINK, "$1")) }
      : cell,
  );
}

function sampleFiles(content: string): Record<string, Record<string, string>> {
  const folder = join(content, "apps");
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => [entry.name, filesBelow(join(folder, entry.name))]),
  );
}

function filesBelow(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(folder, file).split(sep).join("/"), readFileSync(file, "utf8")]),
  );
}
