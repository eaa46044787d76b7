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
  const files = stat.isDirectory() ? readFolder(path) : readZip(readFileSync(path), basename(path));
  const students = new Map<
    string,
    { name: string; id?: string; folder: string; files: Files; problems: Sentence[] }
  >();
  for (const [file, bytes] of files) {
    const parts = file.split("/");
    const student = findStudent(parts) ?? { name: basename(path).replace(/\.zip$/i, ""), depth: 0 };
    // A notebook that lies loose names its student: kim.ipynb, 홍길동_12345_assignsubmission_file_02.ipynb.
    const loose = student.depth === parts.length;
    const name = loose ? student.name.replace(/\.(ipynb|zip)$/i, "") : student.name;
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
      problems: [],
    };
    const inner = loose ? (parts.at(-1) ?? file) : parts.slice(student.depth).join("/");
    if (/\.zip$/i.test(inner)) addArchive(entry, inner, bytes);
    else entry.files.set(inner, bytes);
    students.set(key, entry);
  }
  const found = [...students.values()].map(({ files: own, ...student }) => ({
    ...student,
    notebooks: notebooksOf(own),
  }));
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

function addArchive(entry: { files: Files; problems: Sentence[] }, name: string, bytes: Uint8Array): void {
  try {
    for (const [path, data] of readZip(bytes, name, INNER))
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
