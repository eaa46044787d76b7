/** What `layerbook handout` makes handouts of: notebooks as they are, lessons run on the spot, pages that were made before. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

import type { Edition, HandoutSource } from "../handout";
import type { KeptPage, KeptPages } from "../handout/kept-pages";
import { secretsOfLesson, type Secret } from "../handout/leaks";
import {
  CONTENT,
  findLesson,
  lessonCells,
  lessonNames,
  lessonNotebook,
  readCommons,
  readLesson,
  type CourseCommons,
} from "../handout/lesson-source";
import { runAll, ServerError } from "../notebook";
import { NotebookError } from "../notebook/format";
import { parseNotebook } from "../notebook/read";
import { notebookText } from "../notebook/write";
import { CliError, usageError } from "./cli-error";
import { say, type CommandIo } from "./io";

/** A notebook as it was read, or the page that an earlier run made of the same one. */
export interface Source extends HandoutSource {
  readonly key?: string;
  readonly page?: KeptPage;
}

/** What readers of *edition* must not find, when the notebook is a lesson of ours. */
export function secretsFor(id: string, edition: Edition): Secret[] {
  const name = id === "" ? undefined : findLesson(id);
  return name === undefined
    ? []
    : secretsOfLesson(readLesson(name, CONTENT, (commons ??= readCommons())), edition);
}

/** Read for the first lesson, used for all of a run. */
let commons: CourseCommons | undefined;

/** Reads notebooks and lessons; runs copies of those that need it. Reject with CliError: LB_NO_FILE, LB_EDITION_NEEDS_LESSON, LB_NOTHING_TO_PRINT, LB_RUN_FAILED. */
export class Work {
  private folder: string | undefined;

  constructor(
    private readonly io: CommandIo,
    private readonly edition: Edition,
    private readonly execute: boolean,
    private readonly timeout: number,
    private readonly kept: KeptPages | undefined,
  ) {}

  async read(names: readonly string[]): Promise<Source[]> {
    const sources: Source[] = [];
    const toRun: { index: number; file: string }[] = [];
    for (const name of names.flatMap((one) => (one === "course" ? lessonNames() : [one]))) {
      const path = resolve(this.io.cwd, name);
      const lesson = isFile(path) ? undefined : findLesson(name);
      if (lesson !== undefined) {
        const course = readLesson(lesson);
        const notebook = lessonNotebook(course, this.edition);
        if (notebook.cells.length === 0) {
          if (names.includes("course")) continue;
          throw nothingFor(course.lesson.head.id, this.edition);
        }
        const file = this.place(lesson, notebook, course.files);
        toRun.push({ index: sources.length, file });
        sources.push({ file, notebook: parseNotebook(readFileSync(file, "utf8"), file) });
        continue;
      }
      if (this.edition !== "student" && this.edition !== "slides") {
        throw usageError("LB_EDITION_NEEDS_LESSON", {
          ko: `${this.edition} 판은 수업 이름(L01)으로만 만들 수 있습니다. 노트북 \`${name}\`에는 풀이와 강사용 글이 없습니다.`,
          en: `the ${this.edition} edition is made from a lesson's id (L01); the notebook "${name}" has no solutions or notes`,
        });
      }
      if (this.execute) toRun.push({ index: sources.length, file: path });
      sources.push(this.notebook(path));
    }
    if (toRun.length > 0) await this.run(sources, toRun);
    return sources;
  }

  private notebook(path: string): Source {
    const bytes = readBytes(path);
    const key = this.kept?.key(path, bytes);
    const page = key === undefined ? undefined : this.kept?.find(key, path);
    return { file: path, key, page, notebook: page ? NOT_READ : parsed(bytes, path) };
  }

  /** A lesson's notebook and files in a folder of their own, as a learner has them. */
  private place(
    lesson: string,
    notebook: HandoutSource["notebook"],
    files: Readonly<Record<string, string>>,
  ): string {
    const folder = join(this.temporary(), lesson);
    mkdirSync(folder, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, "app", path)), { recursive: true });
      writeFileSync(join(folder, "app", path), text);
    }
    const file = join(folder, `${lesson}.ipynb`);
    writeFileSync(file, notebookText(notebook, file));
    return file;
  }

  private async run(sources: Source[], toRun: readonly { index: number; file: string }[]): Promise<void> {
    const out = mkdtempSync(join(this.temporary(), "out-"));
    try {
      const outcomes = await runAll({
        files: toRun.map(({ file }) => file),
        env: this.io.env,
        timeout: this.timeout,
        keepGoing: false,
        jobs: 2,
        check: false,
        outDir: out,
        signal: this.io.signal,
      });
      outcomes.forEach((outcome, i) => {
        const { index = 0, file = "" } = toRun[i] ?? {};
        const bad =
          outcome.result?.cells.find(
            (cell) => cell.error !== undefined && cell.status !== "expected-error",
          ) ??
          outcome.result?.cells.find(
            (cell) =>
              cell.status !== "ok" &&
              cell.status !== "expected-error" &&
              cell.status !== "skipped" &&
              cell.status !== "empty",
          );
        if (!outcome.passed) {
          const place = bad
            ? say(this.io, `${bad.index + 1}번째 셀(${bad.id})`, `cell ${bad.index + 1} (${bad.id})`)
            : "";
          const reason = outcome.failure
            ? say(this.io, outcome.failure.ko, outcome.failure.en)
            : `${place} ${bad?.error ? `${bad.error.name}: ${bad.error.message}` : (bad?.status ?? "")}`;
          throw new CliError("LB_RUN_FAILED", {
            ko: `${basename(file)}을(를) 실행하지 못했습니다: ${reason}`,
            en: `${basename(file)} could not be executed: ${reason}`,
          });
        }
        sources[index] = {
          file,
          notebook: parseNotebook(readFileSync(join(out, basename(file)), "utf8"), file),
        };
      });
    } catch (error) {
      if (error instanceof ServerError) throw new CliError(error.code, error.sentence, { hint: error.hint });
      throw error;
    }
  }

  private temporary(): string {
    return (this.folder ??= mkdtempSync(join(tmpdir(), "layerbook-handout-")));
  }

  clean(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Only some lessons have questions for an exam. */
function nothingFor(id: string, edition: Edition): CliError {
  const others = lessonNames().flatMap((name) => {
    const course = readLesson(name, CONTENT, (commons ??= readCommons()));
    return lessonCells(course, edition).length > 0 ? [course.lesson.head.id] : [];
  });
  return new CliError("LB_NOTHING_TO_PRINT", {
    ko: `${id}에는 ${edition} 판에 넣을 것이 없습니다. 있는 수업: ${others.join(", ")}`,
    en: `${id} has nothing for the ${edition} edition; these lessons do: ${others.join(", ")}`,
  });
}

/** Of a page that is kept, nobody looks at the notebook. */
const NOT_READ: HandoutSource["notebook"] = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [] };

function parsed(bytes: Buffer, path: string): HandoutSource["notebook"] {
  try {
    return parseNotebook(bytes.toString("utf8"), path);
  } catch (error) {
    if (error instanceof NotebookError)
      throw new CliError(error.code, {
        ko: `${path}: ${error.sentence.ko}`,
        en: `${path}: ${error.sentence.en}`,
      });
    throw error;
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT")
      throw usageError(
        "LB_NO_FILE",
        { ko: `노트북도 수업도 아닙니다: ${path}`, en: `neither a notebook nor a lesson: ${path}` },
        {
          ko: "노트북은 파일로, 수업은 L05나 PRJ처럼 이름으로 적습니다. course는 모든 수업입니다.",
          en: "a notebook is named by its file, a lesson by its id (L05, PRJ); course means all lessons",
        },
      );
    if (code === "EISDIR")
      throw usageError("LB_NO_FILE", { ko: `폴더입니다: ${path}`, en: `a folder: ${path}` });
    throw error;
  }
}
