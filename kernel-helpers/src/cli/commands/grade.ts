/** `layerbook grade`: runs submissions anew, judges them by the teacher's exercises, fills the worksheet, writes feedback. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { readCourse, type Course } from "../../lesson/course";
import { makeFolder } from "../../platform/node/make-folder";
import { columns } from "../../report/text";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { formatCsv } from "../class/csv";
import { feedbackComment, feedbackHtml, feedbackMarkdown } from "../grade/feedback";
import { type MarkOptions, markStudent, readNotebook, type StudentMark } from "../grade/mark";
import { readSubmissions, type Submission } from "../grade/submissions";
import { fillWorksheet } from "../grade/worksheet";
import { type CommandIo, say } from "../io";
import { checkedOptions, wholeNumber } from "../options";

export const help: CommandModule["help"] = {
  ko: `
제출물(Moodle의 '모든 제출물 다운로드' ZIP, nbgrader의 submitted 폴더, 학생마다 폴더가 있는 폴더)을 채점합니다. 학생의 노트북을
수업의 처음 파일에서부터 새로 실행하고, 이 컴퓨터에 있는 문제로 검사합니다. 저장된 출력과 진도 파일은 보지 않습니다.

셀은 흉내 낸 기계에서만 돌고, 셀마다 시간과 메모리에 한도가 있습니다. TypeScript 셀은 실행하지 않고 알려 줍니다.

  --out DIR            결과를 쓸 폴더 (기본값: graded). 학생마다 피드백 파일 하나, grades.csv
  --worksheet FILE     Moodle의 오프라인 채점표. 성적과 피드백만 채워 --out 폴더에 씁니다. 원본은 그대로입니다
  --overwrite          채점표에 이미 있는 성적도 바꿉니다
  --grade-column NAME · --feedback-column NAME   채점표의 열 이름이 다를 때
  --lesson ID[,ID…]    채점할 수업 (기본값: 제출물에 검사 셀이 있는 수업 모두)
  --max N              만점 (기본값: 100; 채점표에 있으면 그것)
  --format html|md     피드백 파일의 형식 (기본값: html)
  --timeout S          셀 하나의 제한 시간(초, 기본값: 60)
  --jobs N             한꺼번에 채점할 학생 수 (기본값: 2)
  --typescript         TypeScript 셀이 있는 노트북을 실제 커널에서 실행하고, 남은 app/ 폴더를 검사합니다.
                       TypeScript 없이 이미 푼 노트북은 실행하지 않습니다.
                       학생의 코드가 이 컴퓨터에서 내 권한으로 돕니다. 버려도 되는 컨테이너에서만 쓰세요
  --json               표 대신 JSON
`,
  en: `
Grades submissions (Moodle's archive of all submissions, nbgrader's submitted folder, a folder with one per student). Notebooks
are run anew from the lesson's own files and judged by the exercises of this machine. Stored outputs and progress do not count.

Cells run in the simulated machine only, with limits of time and memory. TypeScript cells are named and not run.

  --out DIR            where results go (default: graded): a feedback file per student, grades.csv
  --worksheet FILE     Moodle's offline grading worksheet; grade and feedback are filled in a copy in --out
  --overwrite          also change grades that are there
  --grade-column NAME · --feedback-column NAME   when the worksheet's columns have other names
  --lesson ID[,ID…]    lessons to grade (default: all that submissions have checks of)
  --max N              full grade (default: 100; the worksheet's own when it has one)
  --format html|md     form of the feedback files (default: html)
  --timeout S          seconds for one cell (default: 60)
  --jobs N             students at once (default: 2)
  --typescript         run notebooks with TypeScript cells on a real kernel and judge the app/ folder they leave, when
                       exercises are open without them:
                       students' code then runs with your rights; only in a container you can throw away
  --json               JSON instead of a table
`,
};

const OPTIONS = {
  out: { type: "string" },
  worksheet: { type: "string" },
  overwrite: { type: "boolean" },
  "grade-column": { type: "string" },
  "feedback-column": { type: "string" },
  lesson: { type: "string" },
  max: { type: "string" },
  format: { type: "string" },
  timeout: { type: "string" },
  jobs: { type: "string", short: "j" },
  typescript: { type: "boolean" },
  json: { type: "boolean" },
} as const;

export const run: CommandModule["run"] = async (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const [path] = positionals;
  if (path === undefined || positionals.length > 1)
    throw usageError(
      "LB_ARGUMENTS",
      { ko: "제출물의 ZIP 파일이나 폴더를 하나 적으세요.", en: "name one archive or folder of submissions" },
      { ko: "보기: layerbook grade 제출물.zip", en: "example: layerbook grade submissions.zip" },
    );
  const format = values.format ?? "html";
  if (format !== "html" && format !== "md")
    throw usageError("LB_FLAG_VALUE", {
      ko: `\`--format\`에는 html이나 md를 씁니다: ${format}`,
      en: `--format takes html or md, not ${format}`,
    });
  const maximum = wholeNumber(values.max, "--max", 1) ?? 100;
  const cellTimeout = (wholeNumber(values.timeout, "--timeout", 1) ?? 60) * 1000;
  const jobs = Math.max(1, Math.min(16, wholeNumber(values.jobs, "--jobs", 1) ?? 2));
  // Read before anything runs: a wrong file is told at once, not after half an hour.
  const worksheet = values.worksheet === undefined ? undefined : readText(io, values.worksheet);
  const sheet = {
    maximum,
    overwrite: values.overwrite ?? false,
    gradeColumn: values["grade-column"],
    feedbackColumn: values["feedback-column"],
  };
  if (worksheet !== undefined) fillWorksheet(worksheet, [], sheet);
  const out = resolve(io.cwd, values.out ?? "graded");
  if (
    values.worksheet !== undefined &&
    resolve(io.cwd, values.worksheet) === join(out, basename(values.worksheet))
  )
    throw usageError("LB_ARGUMENTS", {
      ko: "채점표가 --out 폴더 안에 있어 덮어쓰게 됩니다. 다른 폴더를 주세요.",
      en: "the worksheet lies in the --out folder and would be overwritten; name another folder",
    });
  const course = readCourse();
  const submissions = readSubmissions(resolve(io.cwd, path));
  const exercises = exercisesOf(course, submissions, values.lesson);
  // One check of another lesson in one notebook would lower every grade: the teacher sees what counts before anything runs.
  const counted = [...new Set(exercises.map(({ lesson }) => lesson))].join(", ");
  io.err(
    say(
      io,
      `채점하는 수업: ${counted} (문제 ${exercises.length}개). 바꾸려면 --lesson\n`,
      `lessons that count: ${counted} (${exercises.length} exercises); --lesson to change\n`,
    ),
  );
  const options: MarkOptions = {
    exercises,
    course,
    cellTimeout,
    typescript: values.typescript ?? false,
    env: io.env,
    signal: io.signal,
  };
  const marks = await markAll(submissions, options, jobs, io);
  makeFolder(out);
  const taken = new Set<string>();
  for (const mark of marks) {
    let name = safeName(mark.submission.folder);
    while (taken.has(name.toLowerCase())) name += "_"; // Windows and macOS take `Kim` and `kim` for one
    taken.add(name.toLowerCase());
    const folder = join(out, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, `피드백.${format}`),
      format === "html" ? feedbackHtml(mark) : feedbackMarkdown(mark),
    );
  }
  const table = gradeTable(marks, maximum, io);
  writeFileSync(join(out, "grades.csv"), formatCsv(table));
  if (values.json) io.out(JSON.stringify(jsonOf(marks, maximum), null, 1) + "\n");
  else io.out(columns(table, [1, 2]).join("\n") + "\n");
  const unjudged = marks.filter((mark) => mark.unjudged).map((mark) => mark.submission.name);
  if (worksheet !== undefined) {
    // A grade that this machine is to blame for is none.
    const judged = marks.filter((mark) => !mark.unjudged);
    const entries = judged.map((mark) => ({
      ...(mark.submission.id === undefined ? {} : { id: mark.submission.id }),
      name: mark.submission.name,
      share: shareOf(mark),
      comment: feedbackComment(mark),
    }));
    const filled = fillWorksheet(worksheet, entries, sheet);
    const file = join(out, basename(values.worksheet ?? "worksheet.csv"));
    writeFileSync(file, filled.text);
    io.err(
      say(
        io,
        `채점표: ${filled.filled}명을 채웠습니다: ${file}\n`,
        `worksheet: ${filled.filled} filled in: ${file}\n`,
      ),
    );
    if (filled.missing.length > 0)
      io.err(
        say(
          io,
          `채점표에 없음: ${filled.missing.join(", ")}\n`,
          `not in the worksheet: ${filled.missing.join(", ")}\n`,
        ),
      );
    const blank = filled.without.filter((name) => !unjudged.includes(name));
    if (blank.length > 0)
      io.err(
        say(
          io,
          `제출물이 없어 비워 둠: ${blank.join(", ")}\n`,
          `left empty, nothing was handed in: ${blank.join(", ")}\n`,
        ),
      );
    if (filled.kept.length > 0)
      io.err(
        say(
          io,
          `이미 성적이 있거나 바꿀 수 없어 그대로 둠: ${filled.kept.join(", ")} (--overwrite)\n`,
          `left alone, graded already or locked: ${filled.kept.join(", ")} (--overwrite)\n`,
        ),
      );
  }
  io.err(say(io, `피드백: ${out}\n`, `feedback: ${out}\n`));
  if (unjudged.length === 0) return 0;
  io.err(
    say(
      io,
      `이 컴퓨터에서 실행하지 못해 성적을 주지 않음: ${unjudged.join(", ")} [LB_NOT_JUDGED]\n`,
      `not graded, this machine could not run them: ${unjudged.join(", ")} [LB_NOT_JUDGED]\n`,
    ),
  );
  return 1;
};

/** The exercises that count: of the lessons asked for, or of those that any submission has a check of. */
function exercisesOf(
  course: Course,
  submissions: readonly Submission[],
  asked?: string,
): MarkOptions["exercises"] {
  const wanted = new Set(
    asked?.split(",").map((id) => id.trim()) ??
      submissions.flatMap(({ notebooks }) =>
        notebooks.flatMap((submitted) => {
          const notebook = readNotebook(submitted);
          return "ko" in notebook ? [] : notebook.lessons;
        }),
      ),
  );
  const known = course.lessons.filter(({ exercises }) => (exercises?.exercises.length ?? 0) > 0);
  const ids = known.map(({ lesson }) => lesson.head.id);
  for (const id of asked === undefined ? [] : wanted)
    if (!ids.includes(id))
      throw usageError("LB_NO_LESSON", {
        ko: `${id} 수업에는 문제가 없습니다. 문제가 있는 수업: ${ids.join(", ")}`,
        en: `there are no exercises of ${id}; lessons with exercises: ${ids.join(", ")}`,
      });
  const exercises = known
    .filter(({ lesson }) => wanted.has(lesson.head.id))
    .flatMap(({ lesson, exercises: file }) =>
      (file?.exercises ?? []).map((exercise) => ({ lesson: lesson.head.id, exercise })),
    );
  if (exercises.length === 0)
    throw new CliError("LB_NO_CHECKS", {
      ko: "제출된 노트북에 이 강의의 검사 셀(%%check)이 없습니다. --lesson으로 채점할 수업을 알려 주세요.",
      en: "no submitted notebook has a check cell of this course; name the lessons with --lesson",
    });
  return exercises;
}

async function markAll(
  submissions: readonly Submission[],
  options: MarkOptions,
  jobs: number,
  io: CommandIo,
): Promise<StudentMark[]> {
  const marks: StudentMark[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let i = next++; i < submissions.length; i = next++) {
      const submission = submissions[i];
      if (submission === undefined) return;
      io.signal.throwIfAborted();
      const mark = await markStudent(submission, options);
      marks[i] = mark;
      io.err(`● ${submission.name} ${mark.passed}/${mark.exercises.length}\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, submissions.length) }, work));
  return marks;
}

const shareOf = (mark: StudentMark): number =>
  mark.exercises.length === 0 ? 0 : mark.passed / mark.exercises.length;
const gradeOf = (mark: StudentMark, maximum: number): number =>
  Math.round(shareOf(mark) * maximum * 100) / 100;

function gradeTable(marks: readonly StudentMark[], maximum: number, io: CommandIo): string[][] {
  const ids = (marks[0]?.exercises ?? []).map(({ exercise }) => exercise);
  const result = {
    passed: say(io, "통과", "passed"),
    "not-yet": say(io, "아직", "not yet"),
    none: "–",
  };
  return [
    io.locale === "ko"
      ? ["학생", "문제", "점수", ...ids, "셀"]
      : ["student", "exercises", "grade", ...ids, "cells"],
    ...marks.map((mark) => [
      mark.submission.name,
      `${mark.passed}/${mark.exercises.length}`,
      String(gradeOf(mark, maximum)),
      ...mark.exercises.map((entry) => result[entry.result]),
      notesOf(mark, io),
    ]),
  ];
}

/** What the teacher should look at. */
function notesOf({ notes, problems }: StudentMark, io: CommandIo): string {
  const count = (why: string): number => notes.filter((note) => note.why === why).length;
  return [
    ...problems.map((problem) => problem[io.locale]),
    ...(count("typescript") > 0
      ? [say(io, "TypeScript 셀을 실행하지 않음", "TypeScript cells not run")]
      : []),
    ...(count("timeout") > 0 ? [say(io, "시간을 넘긴 셀", "cells timed out")] : []),
    ...(count("died") > 0 ? [say(io, "커널이 끝남", "the kernel ended")] : []),
    ...(count("ended") > 0 ? [say(io, "실행기를 끝낸 셀", "cells that ended the process")] : []),
  ].join("; ");
}

function jsonOf(marks: readonly StudentMark[], maximum: number): object {
  return {
    schema: 1,
    maximum,
    students: marks.map((mark) => ({
      name: mark.submission.name,
      ...(mark.submission.id === undefined ? {} : { id: mark.submission.id }),
      grade: gradeOf(mark, maximum),
      passed: mark.passed,
      exercises: mark.exercises.map(({ check, ...entry }) => ({
        ...entry,
        ...(check === undefined ? {} : { feedback: check.feedback, misconceptions: check.misconceptions }),
      })),
      notes: mark.notes,
      problems: mark.problems,
      ...(mark.unjudged ? { unjudged: true } : {}),
    })),
  };
}

/** A folder's name on every system: the names come from an archive that others made. */
function safeName(name: string): string {
  const plain = name.replace(/[<>:"/\\|?*\u0000-\u001f]/g, "_").replace(/[. ]+$/, "");
  return plain === "" || /^\.+$/.test(plain) ? "_" : plain.slice(0, 120);
}

function readText(io: CommandIo, name: string): string {
  const file = resolve(io.cwd, name);
  if (!existsSync(file))
    throw new CliError("LB_NO_FILE", { ko: `${file}이(가) 없습니다.`, en: `there is no ${file}` });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(file));
  } catch (error) {
    // Read as something else, every name in it would be written back changed.
    throw new CliError(
      "LB_WORKSHEET",
      { ko: `${file}은(는) UTF-8 파일이 아닙니다.`, en: `${file} is not UTF-8` },
      {
        cause: error,
        hint: {
          ko: "Moodle에서 받은 그대로 주세요. 엑셀에서 저장했다면 'CSV UTF-8' 형식으로 다시 저장하세요.",
          en: "give the file as Moodle made it; from a spreadsheet, save it as CSV UTF-8",
        },
      },
    );
  }
}
