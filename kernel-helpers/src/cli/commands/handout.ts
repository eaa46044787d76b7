/** `layerbook handout`: notebooks and lessons as HTML, Markdown and PDF. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";

import { lessonId, makeHandout, type Edition, type HandoutSource, type Problem } from "../../handout";
import { appendixOf } from "../../handout/book";
import { secretsOfLesson, type Secret } from "../../handout/leaks";
import { KeptPages, type KeptPage } from "../../handout/kept-pages";
import {
  CONTENT,
  findLesson,
  lessonCells,
  lessonNames,
  readCommons,
  type CourseCommons,
  lessonNotebook,
  readLesson,
} from "../../handout/lesson-source";
import { PdfError, PdfPrinter } from "../../handout/pdf";
import { runAll, ServerError } from "../../notebook";
import { NotebookError } from "../../notebook/format";
import { parseNotebook } from "../../notebook/read";
import { notebookText } from "../../notebook/write";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say, type CommandIo } from "../io";
import { checkedOptions } from "../options";
import { cacheFolder } from "../state";

export const help: CommandModule["help"] = {
  ko: `
노트북이나 수업(L01, PRJ)을 인쇄할 수 있는 자료로 만듭니다. HTML은 파일 하나에 글꼴까지 들어 있어 인터넷 없이 열립니다.

  --to html,pdf,md        만들 형식 (기본값: html)
  --out DIR               쓸 폴더 (기본값: .)
  --edition 이름          student(기본값), slides, teacher, solution, exam.
                          student가 아닌 것은 수업 이름(L01)으로만 만들 수 있습니다
  --execute               출력이 없거나 오래된 노트북을 먼저 실행합니다 (파일은 고치지 않습니다)
  --book                  여러 개를 한 권으로 묶습니다 · --title 제목 (course는 모든 수업)
  --allow-problems        글꼴에 없는 글자나 끊어진 링크가 있어도 씁니다

출력이 지금의 코드에서 나온 것이 아니거나, 글꼴에 없는 글자가 있거나, 학습자용에 풀이가 새면 만들지 않고 어느 셀인지 말합니다.
`,
  en: `
Makes printable handouts of notebooks and lessons (L01, PRJ). The HTML is one file with its fonts inside; it needs no network.

  --to html,pdf,md        forms to make (default: html)
  --out DIR               folder to write to (default: .)
  --edition NAME          student (default), slides, teacher, solution, exam;
                          others than student are made from a lesson's id (L01)
  --execute               run notebooks whose outputs are missing or stale first (the files are not changed)
  --book                  bind several into one · --title TITLE (course: all lessons)
  --allow-problems        write in spite of missing glyphs or broken links

Refuses, naming the cell, when outputs do not belong to the code, a character is in no font, or a solution would leak.
`,
};

const OPTIONS = {
  to: { type: "string", default: "html" },
  out: { type: "string", default: "." },
  edition: { type: "string", default: "student" },
  execute: { type: "boolean" },
  book: { type: "boolean" },
  title: { type: "string" },
  timeout: { type: "string", default: "120" },
  "allow-problems": { type: "boolean" },
} as const;

const EDITIONS: readonly Edition[] = ["student", "slides", "teacher", "solution", "exam"];
const FORMS = ["html", "md", "pdf"] as const;
type Form = (typeof FORMS)[number];

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const forms = [...new Set(values.to.split(",").map((form) => form.trim()))];
  const unknownForm = forms.find((form) => !FORMS.includes(form as Form));
  if (unknownForm !== undefined) {
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--to ${unknownForm}\`은 만들 수 없는 형식입니다. html, pdf, md 가운데 고르세요.`,
      en: `--to ${unknownForm} is not one of html, pdf, md`,
    });
  }
  const edition = values.edition as Edition;
  if (!EDITIONS.includes(edition)) {
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--edition ${values.edition}\`은 없습니다. ${EDITIONS.join(", ")} 가운데 고르세요.`,
      en: `--edition ${values.edition} is not one of ${EDITIONS.join(", ")}`,
    });
  }
  if (positionals.length === 0) {
    throw usageError(
      "LB_ARGUMENTS",
      { ko: "노트북이나 수업을 적으세요.", en: "name notebooks or lessons" },
      { ko: "보기: layerbook handout L01 --to html,pdf", en: "example: layerbook handout L01 --to html,pdf" },
    );
  }
  const kept =
    forms.join() === "html" && !values.execute && !values.book && !values["allow-problems"]
      ? keptPages(io, edition, values.title)
      : undefined;
  const work = new Work(io, edition, values.execute ?? false, Number(values.timeout) * 1000, kept);
  try {
    const sources = await work.read(positionals);
    const groups = values.book || sources.length === 1 ? [sources] : sources.map((source) => [source]);
    return await write(groups, forms as Form[], edition, {
      io,
      out: resolve(io.cwd, values.out),
      title: values.title,
      force: values["allow-problems"] ?? false,
      name: values.book ? "book" : undefined,
      kept,
    });
  } finally {
    work.clean();
  }
};

interface WriteOptions {
  readonly io: CommandIo;
  readonly out: string;
  readonly title?: string;
  readonly force: boolean;
  readonly name?: string;
  readonly kept?: KeptPages;
}

/** A notebook as it was read, or the page that an earlier run made of the same one. */
interface Source extends HandoutSource {
  readonly key?: string;
  readonly page?: KeptPage;
}

/** Where pages are kept from run to run; only the program in one file knows all that it consists of. */
function keptPages(io: CommandIo, edition: Edition, title: string | undefined): KeptPages | undefined {
  if (basename(__filename) !== "layerbook-handout.js") return undefined;
  return new KeptPages(
    join(cacheFolder(undefined, io.env), "handouts"),
    __filename,
    JSON.stringify([edition, title]),
  );
}

async function write(
  groups: readonly (readonly Source[])[],
  forms: readonly Form[],
  edition: Edition,
  options: WriteOptions,
): Promise<number> {
  const { io } = options;
  let failed = false;
  let isKept = false;
  const printer = forms.includes("pdf") ? await openPrinter(io) : undefined;
  try {
    mkdirSync(options.out, { recursive: true });
    for (const sources of groups) {
      io.signal.throwIfAborted();
      const stem = options.name ?? basename(sources[0]?.file ?? "handout").replace(/\.ipynb$/, "");
      const file = (extension: string): string =>
        join(options.out, `${stem}${edition === "student" ? "" : `-${edition}`}.${extension}`);
      const told = (path: string): void => io.out(`${relative(io.cwd, path) || path}\n`);
      const page = sources[0]?.page;
      if (page) {
        for (const problem of page.losses) io.err(problemLine(problem, io));
        page.writeTo(file("html"));
        told(file("html"));
        continue;
      }
      const handout = makeHandout(sources, {
        edition,
        title: options.title,
        markdown: forms.includes("md"),
        secrets: sources.flatMap(({ notebook }) => secretsFor(lessonId(notebook), edition)),
        appendix: options.name === undefined ? undefined : (sections) => appendixOf(sections),
      });
      for (const problem of [...handout.errors, ...handout.losses]) io.err(problemLine(problem, io));
      const fatal = handout.errors.filter(
        (problem) => !options.force || problem.code === "LB_STALE_OUTPUT" || problem.code === "LB_LEAK",
      );
      if (fatal.length > 0) {
        failed = true;
        continue;
      }
      const put = (extension: string, data: string | Buffer): void => {
        writeFileSync(file(extension), data);
        told(file(extension));
      };
      if (forms.includes("html")) {
        const html = Buffer.from(handout.page.html);
        put("html", html);
        if (sources[0]?.key !== undefined && handout.errors.length === 0) {
          options.kept?.keep(sources[0].key, html, handout.asked, handout.losses);
          isKept = true;
        }
      }
      if (forms.includes("md")) put("md", handout.markdown);
      if (printer) {
        const fitPages =
          edition === "student" && sources.length === 1 && sources[0]?.notebook.metadata["layerbook"]
            ? 2
            : undefined;
        put("pdf", (await printer.print(handout.page.html, { fitPages })).bytes);
      }
    }
  } finally {
    await printer?.close();
    if (isKept) options.kept?.prune();
  }
  return failed ? 1 : 0;
}

/** What readers of *edition* must not find, when the notebook is a lesson of ours. */
function secretsFor(id: string, edition: Edition): Secret[] {
  const name = id === "" ? undefined : findLesson(id);
  return name === undefined
    ? []
    : secretsOfLesson(readLesson(name, CONTENT, (commons ??= readCommons())), edition);
}

/** Read for the first lesson, used for all of a run. */
let commons: CourseCommons | undefined;

async function openPrinter(io: CommandIo): Promise<PdfPrinter> {
  try {
    return await PdfPrinter.open(io.env);
  } catch (error) {
    if (error instanceof PdfError) throw new CliError(error.code, error.sentence, { hint: error.hint });
    throw error;
  }
}

function problemLine(problem: Problem, io: CommandIo): string {
  const name = relative(io.cwd, problem.file) || problem.file;
  const cell =
    problem.index === undefined
      ? ""
      : say(
          io,
          ` ${problem.index + 1}번째 셀(${problem.cell})`,
          ` cell ${problem.index + 1} (${problem.cell})`,
        );
  const sign = problem.code === "LB_LOSS" ? "!" : "✕";
  const fix =
    problem.code === "LB_STALE_OUTPUT"
      ? say(io, " 다시 실행해 만들려면: --execute", " to run it again first: --execute")
      : "";
  return `${sign} ${name}${cell}: ${io.locale === "ko" ? problem.ko : problem.en}${fix} [${problem.code}]\n`;
}

/** Reads notebooks and lessons; runs copies of those that need it. */
class Work {
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
