/** Submissions by student: from Moodle's archive of all submissions, nbgrader's folders, or a folder per student. */

import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";

import { findStudent } from "../class/layouts";
import { CliError, type Sentence } from "../cli-error";
import { type Files, LIMITS, readFolder, readZip } from "./archive";

/** A notebook as it was handed in. */
export interface SubmittedNotebook {
  /** Path in the submission. */
  readonly path: string;
  readonly text: string;
  /** The files of the `app/` beside it, by path in it; empty when none was handed in. */
  readonly app: ReadonlyMap<string, Uint8Array>;
}

export interface Submission {
  readonly name: string;
  /** Moodle's participant number. */
  readonly id?: string;
  /** The folder of the student in the archive: feedback goes into one of the same name. */
  readonly folder: string;
  readonly notebooks: readonly SubmittedNotebook[];
  /** What of it could not be read. */
  readonly problems: readonly Sentence[];
}

/** A student's own archive in the archive of all: smaller limits. */
const INNER = { ...LIMITS, entries: 5_000, totalBytes: 128 * 1024 * 1024 };

/** Reads *path* (absolute): a ZIP file or a folder. Submissions by name. Throws CliError `LB_NO_FILE`, `LB_ZIP…`, `LB_NO_SUBMISSIONS`. */
export function readSubmissions(path: string): readonly Submission[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new CliError("LB_NO_FILE", { ko: `${path}이(가) 없습니다.`, en: `there is no ${path}` });
  if (!stat.isDirectory() && stat.size > LIMITS.totalBytes)
    throw new CliError("LB_ZIP_SIZE", {
      ko: `${basename(path)}이(가) 1 GiB보다 큽니다.`,
      en: `${basename(path)} is larger than 1 GiB`,
    });
  const others: string[] = [];
  const leftOut = (file: string): void => void others.push(file);
  const files = stat.isDirectory()
    ? readFolder(path, LIMITS, leftOut)
    : readZip(readFileSync(path), basename(path), LIMITS, leftOut);
  const students = new Map<string, Student>();
  const studentOf = (file: string): { readonly entry: Student; readonly inner: string } => {
    const parts = file.split("/");
    const student = findStudent(parts) ?? { name: basename(path).replace(/\.zip$/i, ""), depth: 0 };
    // A notebook that lies loose names its student: kim.ipynb, 홍길동_12345_assignsubmission_file_02.ipynb.
    const loose = student.depth === parts.length;
    const name = loose ? student.name.replace(/\.\w{1,6}$/i, "") : student.name;
    const key = student.id ?? name;
    const folder =
      student.id === undefined
        ? name
        : loose
          ? `${name}_${student.id}_assignsubmission_file_`
          : (parts[student.depth - 1] ?? name);
    const entry = students.get(key) ?? {
      name,
      ...(student.id === undefined ? {} : { id: student.id }),
      folder,
      files: new Map(),
      others: [],
      problems: [],
    };
    students.set(key, entry);
    return { entry, inner: loose ? (parts.at(-1) ?? file) : parts.slice(student.depth).join("/") };
  };
  for (const [file, bytes] of files) {
    const { entry, inner } = studentOf(file);
    if (/\.zip$/i.test(inner)) addArchive(entry, inner, bytes);
    else entry.files.set(inner, bytes);
  }
  // Who handed in something else handed in something: they are told, and have a row. A loose file names nobody by itself.
  for (const file of others)
    if (file.includes("/") || MOODLE_FILE.test(file)) {
      const { entry, inner } = studentOf(file);
      entry.others.push(inner);
    }
  const found = files.size === 0 ? [] : [...students.values()].map(submissionOf);
  if (found.length === 0)
    throw new CliError(
      "LB_NO_SUBMISSIONS",
      { ko: `${path}에 노트북이 없습니다.`, en: `there are no notebooks in ${path}` },
      {
        hint: {
          ko: "Moodle의 '모든 제출물 다운로드' ZIP, nbgrader의 submitted 폴더, 학생마다 폴더가 있는 폴더 가운데 하나를 주세요.",
          en: "give Moodle's archive of all submissions, nbgrader's submitted folder, or a folder with one per student",
        },
      },
    );
  return found.sort((a, b) => a.name.localeCompare(b.name, "ko"));
}

interface Student {
  readonly name: string;
  readonly id?: string;
  readonly folder: string;
  readonly files: Files;
  /** Paths of files that are neither notebooks nor theirs. */
  readonly others: string[];
  readonly problems: Sentence[];
}

/** What Moodle puts in front of a file of a student without a folder. */
const MOODLE_FILE = /_\d+_assignsubmission_/;

function submissionOf({ files, others, problems, ...student }: Student): Submission {
  const notebooks = notebooksOf(files);
  if (notebooks.length > 0 || problems.length > 0) return { ...student, notebooks, problems };
  const given = [...files.keys(), ...others].slice(0, 5).join(", ");
  const none = {
    ko: `제출물에 노트북(.ipynb)이 없습니다. 있는 것: ${given}`,
    en: `no notebook (.ipynb) was handed in, but: ${given}`,
  };
  return { ...student, notebooks, problems: [none] };
}

function addArchive(entry: Student, name: string, bytes: Uint8Array): void {
  try {
    const leftOut = (path: string): void => void entry.others.push(`${name}/${path}`);
    for (const [path, data] of readZip(bytes, name, INNER, leftOut))
      if (!/\.zip$/i.test(path)) entry.files.set(`${name.replace(/\.zip$/i, "")}/${path}`, data);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    entry.problems.push(error.sentence);
  }
}

function notebooksOf(files: Files): SubmittedNotebook[] {
  return [...files]
    .filter(([path]) => /\.ipynb$/i.test(path) && !/(^|\/)app\//.test(path))
    .map(([path, bytes]) => {
      const beside = `${path.slice(0, path.lastIndexOf("/") + 1)}app/`;
      return {
        path,
        text: new TextDecoder().decode(bytes),
        app: new Map(
          [...files].flatMap(([other, data]) =>
            other.startsWith(beside) ? [[other.slice(beside.length), data] as const] : [],
          ),
        ),
      };
    });
}
