/** `layerbook lesson new|lint|make|import|export`: lessons of one's own, and a learner's work as one zip. */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";

import { LessonError } from "../../lesson";
import { CONTENT, type Course, courseFiles, type CourseLesson, readCourse } from "../../lesson/course";
import { lintCourse } from "../../lesson/lint";
import { newExercisesText, newLessonText } from "../../lesson/new-lesson";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { type CommandIo, say } from "../io";
import { exportWork, importWork, zipOf } from "../lesson-work";
import { checkedOptions } from "../options";
import { workingFolder } from "../working-folder";

export const help: CommandModule["help"] = {
  ko: `
수업을 만들고, 살펴보고, 노트북으로 바꿉니다. 수업의 형식은 content/lessons/README.md에 있습니다.
배우는 사람은 자기 작업을 zip 하나로 브라우저판이나 다른 컴퓨터와 주고받습니다.

  lesson new 제목 [--slug 이름]   새 수업의 뼈대를 씁니다 (lessons/NN-이름.md, exercises/LNN.yaml)
  lesson lint [수업…]             구조, 모르는 낱말, 깨지는 굵은 글씨, 끊어진 링크, 걸리는 시간,
                                  출력 없는 셀, 빌드 없는 주장, 글투를 살핍니다
  lesson make [수업…] --out DIR   학습자용 노트북을 만듭니다
  lesson import FILE.zip          브라우저판의 ‘내 작업 내려받기’를 작업 폴더에 풉니다. 다른 판은 kept/에 남깁니다
  lesson export FILE.zip          작업 폴더의 노트북, app/, 진도를 zip에 담습니다 (빌드 캐시는 빼고)

  --dir FOLDER    import와 export의 작업 폴더 (기본값: 이 폴더의 learn/, 없으면 수업이 있는 이 폴더나 그 위, 없으면 프로젝트의 learn/)
  --content DIR   수업이 있는 폴더 (기본값: LAYERBOOK_CONTENT, 없으면 프로젝트의 content/)
  --json          lint의 결과를 JSON으로 출력합니다
  --strict        lint에서 권하는 것(warning)만 있어도 1로 끝납니다
`,
  en: `
Makes lessons, looks them over, and turns them into notebooks. Their format is in content/lessons/README.md.
A learner's work goes to and from the browser edition, or another machine, as one zip.

  lesson new TITLE [--slug NAME]  write the frame of a lesson (lessons/NN-name.md, exercises/LNN.yaml)
  lesson lint [LESSON…]           structure, unknown terms, emphasis that breaks, dead links, reading time,
                                  cells without output, claims without a build, style
  lesson make [LESSON…] --out DIR make the student's notebooks
  lesson import FILE.zip          put what the browser edition downloaded into the working folder; other versions go to kept/
  lesson export FILE.zip          notebooks, app/ and progress of the working folder as a zip (without build caches)

  --dir FOLDER    the working folder of import and export (default: learn/ here, else this folder or one above with lessons in it, else the project's learn/)
  --content DIR   the folder of the lessons (default: LAYERBOOK_CONTENT, otherwise the project's content/)
  --json          lint's findings as JSON
  --strict        exit with 1 for warnings too
`,
};

const OPTIONS = {
  content: { type: "string" },
  dir: { type: "string" },
  slug: { type: "string" },
  out: { type: "string" },
  json: { type: "boolean" },
  strict: { type: "boolean" },
} as const;

export const run: CommandModule["run"] = (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const [what, ...rest] = positionals;
  const content = values.content === undefined ? CONTENT : resolve(io.cwd, values.content);
  switch (what) {
    case "new":
      return Promise.resolve(create(rest, values.slug, content, io));
    case "lint":
      return Promise.resolve(lint(rest, content, io, values.json === true, values.strict === true));
    case "make":
      return Promise.resolve(make(rest, content, io, values.out));
    case "import":
      return Promise.resolve(importWork(zipOf(rest, what, io), workingFolder(values.dir, io.cwd), io));
    case "export":
      return Promise.resolve(exportWork(workingFolder(values.dir, io.cwd), zipOf(rest, what, io), io));
    default:
      throw usageError(
        "LB_ARGUMENTS",
        {
          ko: `\`lesson ${what ?? ""}\`: new, lint, make, import, export 가운데 하나를 적으세요.`,
          en: `lesson ${what ?? ""}: one of new, lint, make, import, export`,
        },
        {
          ko: '보기: layerbook lesson new "우리 팀의 Dockerfile"',
          en: 'example: layerbook lesson new "Our Dockerfile"',
        },
      );
  }
};

function create(words: readonly string[], slug: string | undefined, content: string, io: CommandIo): number {
  const title = words.join(" ").trim();
  if (title === "")
    throw usageError("LB_ARGUMENTS", { ko: "수업의 제목을 적으세요.", en: "give the lesson a title" });
  const lessons = join(content, "lessons");
  mkdirSync(lessons, { recursive: true });
  const taken = readdirSync(lessons).flatMap((name) => /^(\d\d)-[\w-]+\.md$/.exec(name)?.[1] ?? []);
  const number = Math.max(0, ...taken.map(Number)) + 1;
  if (number > 99)
    throw new CliError("LB_LESSON_NUMBER", { ko: "수업은 99개까지입니다.", en: "99 lessons are the most" });
  const id = `L${String(number).padStart(2, "0")}`;
  const name = (slug ?? title.toLowerCase())
    .replace(/[^a-z0-9]+/gi, "-")
    .replace(/^-+|-+$/g, "")
    .toLowerCase();
  const file = join(lessons, `${id.slice(1)}-${name === "" ? "lesson" : name}.md`);
  const exercises = join(content, "exercises", `${id}.yaml`);
  for (const path of [file, exercises])
    if (existsSync(path))
      throw new CliError("LB_EXISTS", { ko: `${path}이(가) 이미 있습니다.`, en: `${path} exists already` });
  const before = taken.length === 0 ? undefined : idBefore(content);
  const lesson = { id, title, ...(before === undefined ? {} : { after: before }) };
  mkdirSync(dirname(exercises), { recursive: true });
  writeFileSync(file, newLessonText(lesson));
  writeFileSync(exercises, newExercisesText(lesson));
  for (const path of [file, exercises]) io.out(`${relative(io.cwd, path) || path}\n`);
  io.out(say(io, `다음: layerbook lesson lint ${id}\n`, `next: layerbook lesson lint ${id}\n`));
  return 0;
}

/** The last numbered lesson that there is. */
function idBefore(content: string): string | undefined {
  return readCourse(content)
    .lessons.map(({ lesson }) => lesson.head.id)
    .filter((id) => /^L\d\d$/.test(id))
    .at(-1);
}

function lint(
  asked: readonly string[],
  content: string,
  io: CommandIo,
  json: boolean,
  strict: boolean,
): number {
  const course = read(content);
  const findings = lintCourse(course, chosen(course, asked));
  const errors = findings.filter(({ severity }) => severity === "error").length;
  if (json) io.out(JSON.stringify(findings, null, 1) + "\n");
  else {
    for (const { file, line, rule, severity, ko, en } of findings)
      io.out(`${file}:${line}: ${severity === "error" ? "✗" : "·"} ${rule}: ${say(io, ko, en)}\n`);
    io.out(
      say(
        io,
        `고칠 것 ${errors}개, 살펴볼 것 ${findings.length - errors}개\n`,
        `${errors} errors, ${findings.length - errors} warnings\n`,
      ),
    );
  }
  return errors > 0 || (strict && findings.length > 0) ? 1 : 0;
}

function make(asked: readonly string[], content: string, io: CommandIo, out: string | undefined): number {
  const course = read(content);
  const slugs = new Set(chosen(course, asked).map(({ lesson }) => lesson.head.slug));
  const target = resolve(io.cwd, out ?? "notebooks");
  for (const [name, bytes] of courseFiles(course)) {
    if (!slugs.has(name.split("/")[0] ?? "")) continue;
    const file = join(target, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    if (name.endsWith(".ipynb")) io.out(`${relative(io.cwd, file) || file}\n`);
  }
  return 0;
}

/** Reads the course; a mistake in a source is told with its place. */
function read(content: string): Course {
  try {
    return readCourse(content);
  } catch (error) {
    if (!(error instanceof LessonError)) throw error;
    throw new CliError(error.code as `LB_${string}`, {
      ko: `${error.file}:${error.line}: ${error.ko}`,
      en: `${error.file}:${error.line}: ${error.en}`,
    });
  }
}

/** The lessons that *asked* names (`L05`, `5`, `05-order`, `05-order.md`); all without a name. Throws LB_NO_LESSON. */
function chosen(course: Course, asked: readonly string[]): readonly CourseLesson[] {
  if (asked.length === 0) return course.lessons;
  return asked.map((word) => {
    const name = (word.split(/[\\/]/).pop() ?? word).replace(/\.md$/, "");
    const found = course.lessons.find(
      ({ lesson: { head } }) =>
        head.slug === name ||
        head.id.toLowerCase() === name.toLowerCase() ||
        (/^\d+$/.test(name) && Number(head.slug.slice(0, 2)) === Number(name)),
    );
    if (found === undefined) {
      const names = course.lessons.map(({ lesson }) => lesson.head.id).join(", ");
      throw new CliError("LB_NO_LESSON", {
        ko: `${word} 수업이 없습니다. 있는 수업: ${names}`,
        en: `there is no lesson ${word}; there are ${names}`,
      });
    }
    return found;
  });
}
