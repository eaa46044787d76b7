/** `layerbook handout`: notebooks and lessons as HTML, Markdown and PDF. */

import { basename, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";

import { lessonId, makeHandout, type Edition, type Problem } from "../../handout";
import { appendixOf } from "../../handout/book";
import { KeptPages } from "../../handout/kept-pages";
import { PdfError, PdfPrinter } from "../../handout/pdf";
import { makeFolder } from "../../platform/node/make-folder";
import { writeWhole } from "../../platform/node/write-whole";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { secretsFor, type Source, Work } from "../handout-sources";
import { say, type CommandIo } from "../io";
import { checkedOptions, wholeNumber } from "../options";
import { cacheFolder } from "../state";

export const help: CommandModule["help"] = {
  ko: `
노트북이나 수업(L01, PRJ)을 인쇄할 수 있는 자료로 만듭니다. HTML은 파일 하나에 글꼴까지 들어 있어 인터넷 없이 열립니다.

  --to html,pdf,md        만들 형식 (기본값: html)
  --out DIR               쓸 폴더 (기본값: .)
  --edition 이름          student(기본값), slides, teacher, solution, exam.
                          student와 slides가 아닌 것은 수업 이름(L01)으로만 만들 수 있습니다
  --execute               출력이 없거나 오래된 노트북을 먼저 실행합니다 (파일은 고치지 않습니다)
  --timeout 초            실행할 때 셀 하나의 제한 시간 (기본값: 120, 0이면 없음)
  --book                  여러 개를 한 권으로 묶습니다 · --title 제목 (course는 모든 수업)
  --allow-problems        글꼴에 없는 글자나 끊어진 링크가 있어도 씁니다

출력이 지금의 코드에서 나온 것이 아니거나, 글꼴에 없는 글자가 있거나, 학습자용에 풀이가 새면 만들지 않고 어느 셀인지 말합니다.
`,
  en: `
Makes printable handouts of notebooks and lessons (L01, PRJ). The HTML is one file with its fonts inside; it needs no network.

  --to html,pdf,md        forms to make (default: html)
  --out DIR               folder to write to (default: .)
  --edition NAME          student (default), slides, teacher, solution, exam;
                          others than student and slides are made from a lesson's id (L01)
  --execute               run notebooks whose outputs are missing or stale first (the files are not changed)
  --timeout S             seconds for one cell that is run (default: 120; 0: none)
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
  timeout: { type: "string" },
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
  const timeout = (wholeNumber(values.timeout, "--timeout") ?? 120) * 1000;
  const kept =
    forms.join() === "html" && !values.execute && !values.book && !values["allow-problems"]
      ? keptPages(io, edition, values.title)
      : undefined;
  const work = new Work(io, edition, values.execute ?? false, timeout, kept);
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
    makeFolder(options.out);
    for (const sources of groups) {
      io.signal.throwIfAborted();
      const stem = options.name ?? basename(sources[0]?.file ?? "handout").replace(/\.ipynb$/, "");
      const file = (extension: string): string =>
        join(options.out, `${stem}${edition === "student" ? "" : `-${edition}`}.${extension}`);
      const put = (extension: string, data: string | Buffer): void => {
        const path = file(extension);
        writeWhole(path, data);
        io.out(`${relative(io.cwd, path) || path}\n`);
      };
      const page = sources[0]?.page;
      if (page) {
        for (const problem of page.losses) io.err(problemLine(problem, io));
        put("html", page.html);
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
