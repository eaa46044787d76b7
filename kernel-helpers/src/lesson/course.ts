/** Reads the whole course of `content/` and makes the files of `notebooks/` from it: the one place that knows how the folders hang together. */
import fs from "node:fs";
import path from "node:path";
import type { ContextChanges } from "../build/types";
import { CONTENT } from "../platform/node/places";
import { compileLesson, type Edition, notebookText } from "./compile";
import { type GlossaryTerm, linkTerms, parseGlossary } from "./glossary";
import { parseQuiz, type Quiz } from "./quiz";
import { type ExerciseFile, parseExercises } from "./read-exercises";
import { type Lesson, LessonError, parseLesson } from "./source";

/** A lesson with its exercises, if it has any. */
export interface CourseLesson {
  readonly lesson: Lesson;
  readonly exercises?: ExerciseFile;
}

/** The course as it is written. */
export interface Course {
  /** In the order of their file names. */
  readonly lessons: readonly CourseLesson[];
  /** The file sets of `content/apps/`: name → path → bytes. */
  readonly apps: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  readonly quiz?: Quiz;
  readonly glossary?: readonly GlossaryTerm[];
}

export { CONTENT };

/** Where a lesson's files lie beside its notebook: the build context of its cells. */
const CONTEXT = "app";

/**
 * Reads lessons, exercises and file sets below *content*. Throws LessonError (with file and line) for a mistake in a source, and
 * for a file set that is not there (`LB_LESSON_FILES`).
 */
export function readCourse(content = CONTENT): Course {
  const apps = new Map(
    folders(path.join(content, "apps")).map((name) => [name, readFiles(path.join(content, "apps", name))]),
  );
  const shared = Object.fromEntries([...apps].map(([name, files]) => [name, changesOf(files)]));
  const extras = readExtras(content);
  const lessons = fs
    .readdirSync(path.join(content, "lessons"))
    .filter((name) => /^\d\d-[\w-]+\.md$/.test(name))
    .sort()
    .map((name): CourseLesson => {
      const lesson = parseLesson(name, fs.readFileSync(path.join(content, "lessons", name), "utf8"));
      for (const set of lesson.head.files) if (!apps.has(set)) throw noSuchSet(name, set, [...apps.keys()]);
      return { lesson, exercises: { ...readExercises(content, lesson.head.id, shared), ...extras } };
    });
  return { lessons, apps, ...extras };
}

function readExercises(
  content: string,
  id: string,
  shared: Readonly<Record<string, ContextChanges>>,
): ExerciseFile {
  const file = path.join(content, "exercises", `${id}.yaml`);
  return fs.existsSync(file)
    ? parseExercises(path.basename(file), fs.readFileSync(file, "utf8"), shared)
    : { predictions: [], exercises: [] };
}

/** The quiz and the glossary of *content*, as far as it has them: what lessons stand for them need besides their exercises. */
export function readExtras(content = CONTENT): Pick<ExerciseFile, "quiz" | "glossary"> {
  const [quiz, glossary] = ["quiz.json", "glossary.json"].map((name) => path.join(content, name));
  return {
    ...(quiz !== undefined && fs.existsSync(quiz) ? { quiz: parseQuiz(fs.readFileSync(quiz, "utf8")) } : {}),
    ...(glossary !== undefined && fs.existsSync(glossary)
      ? { glossary: parseGlossary(fs.readFileSync(glossary, "utf8")) }
      : {}),
  };
}

/** The files of one lesson in one edition, relative to the folder that holds all lessons: the notebook, then its context. */
export function lessonFiles(
  course: Course,
  { lesson, exercises }: CourseLesson,
  edition: Edition = "student",
): Map<string, Uint8Array> {
  const { slug } = lesson.head;
  const page = course.lessons.find((other) => other.lesson.cells.some((cell) => cell.kind === "glossary"));
  const compiled = compileLesson(lesson, edition, exercises);
  const linked =
    page === undefined || page.lesson === lesson || course.glossary === undefined
      ? compiled
      : linkTerms(
          compiled,
          lesson.head.terms,
          course.glossary,
          `../${page.lesson.head.slug}/${page.lesson.head.slug}.ipynb`,
        );
  const notebook = notebookText(linked);
  const files = new Map<string, Uint8Array>([[`${slug}/${slug}.ipynb`, Buffer.from(notebook)]]);
  for (const set of lesson.head.files)
    for (const [name, bytes] of course.apps.get(set) ?? []) files.set(`${slug}/${CONTEXT}/${name}`, bytes);
  return files;
}

/** Everything that `notebooks/` holds, by path: the student edition of every lesson. Same content, same bytes. */
export function courseFiles(course: Course): Map<string, Uint8Array> {
  return new Map(course.lessons.flatMap((lesson) => [...lessonFiles(course, lesson)]));
}

/** Paths that differ between *wanted* and what is below *target*: missing, different or no longer wanted; sorted. */
export function courseDifferences(wanted: ReadonlyMap<string, Uint8Array>, target: string): string[] {
  const have = fs.existsSync(target) ? readFiles(target) : new Map<string, Uint8Array>();
  const names = new Set([...wanted.keys(), ...have.keys()]);
  return [...names]
    .filter((name) => {
      const [one, other] = [wanted.get(name), have.get(name)];
      return one === undefined || other === undefined || !Buffer.from(one).equals(other);
    })
    .sort();
}

/** Makes *target* hold exactly *wanted*; answers the paths that were written or removed. */
export function writeCourse(wanted: ReadonlyMap<string, Uint8Array>, target: string): string[] {
  const changed = courseDifferences(wanted, target);
  for (const name of changed) {
    const file = path.join(target, name);
    const bytes = wanted.get(name);
    if (bytes === undefined) fs.rmSync(file);
    else {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, bytes);
    }
  }
  if (fs.existsSync(target)) removeEmptyFolders(target);
  return changed;
}

function removeEmptyFolders(folder: string): void {
  for (const name of folders(folder)) {
    removeEmptyFolders(path.join(folder, name));
    if (fs.readdirSync(path.join(folder, name)).length === 0) fs.rmdirSync(path.join(folder, name));
  }
}

const folders = (folder: string) =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];

/** All files below a folder, by path with `/`, in order. */
function readFiles(folder: string): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  const walk = (below: string): void => {
    for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true })) {
      const name = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory()) walk(name);
      else found.set(name, fs.readFileSync(path.join(folder, name)));
    }
  };
  walk("");
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function changesOf(files: ReadonlyMap<string, Uint8Array>): ContextChanges {
  return {
    write: Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")])),
  };
}

function noSuchSet(file: string, set: string, sets: readonly string[]): LessonError {
  return new LessonError(
    "LB_LESSON_FILES",
    file,
    1,
    `content/apps/에 ${set} 묶음이 없습니다. 있는 묶음: ${sets.join(", ")}`,
    `there is no file set ${set} in content/apps/; there are ${sets.join(", ")}`,
  );
}
