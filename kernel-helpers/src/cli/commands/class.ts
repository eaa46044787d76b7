/** `layerbook class`: the teacher's table over all learners, and the quiz for a learning platform. */

import { statSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { readCourse } from "../../lesson/course";
import { columns } from "../../report/text";
import {
  exerciseRows,
  learnerCells,
  learnerHead,
  misconceptionRows,
  NUMBERS,
  quizSentence,
} from "../class/columns";
import { formatCsv } from "../class/csv";
import { gatherLearners, type Gathered } from "../class/gather";
import { classPage } from "../class/html";
import { moodleXml } from "../class/moodle-xml";
import { type ClassTable, classTable } from "../class/table";
import { CliError, usageError } from "../cli-error";
import type { CommandModule } from "../commands";
import { type CommandIo, say } from "../io";
import { checkedOptions } from "../options";

export const help: CommandModule["help"] = {
  ko: `
폴더 아래에 있는 학습자들의 진도(.layerbook/progress.json)를 모아 한 표로 보여 줍니다: 누가 어느 문제에서 막혔는지, 어떤 오개념을
만났는지, 개념 검사가 앞뒤로 어떻게 달라졌는지. 이름은 이 컴퓨터를 떠나지 않습니다.

폴더는 홈 폴더들(/home, JupyterHub의 홈), learn 폴더들, nbgrader의 submitted/학생/과제, Moodle의 이름_번호_assignsubmission_file_ 가운데
어느 것이어도 됩니다. 깨진 파일과 다른 파일은 이름을 알려 주고 넘어갑니다.

  --csv FILE         표를 CSV로 씁니다(엑셀에서 열립니다)
  --html FILE        표를 한 장의 HTML로 씁니다
  --json             표 대신 JSON을 출력합니다
  --anonymous        이름 대신 학습자 01, 02 …
  --moodle-xml FILE  개념 검사를 Moodle XML로 씁니다(보기마다 피드백이 있습니다). 폴더 없이도 됩니다
`,
  en: `
Gathers the learners' progress (.layerbook/progress.json) below folders into one table: who is stuck at which exercise, which
misconceptions were met, the quiz before and after. Names never leave this machine.

The folders may be homes (/home, a JupyterHub's), learn folders, nbgrader's submitted/STUDENT/ASSIGNMENT or Moodle's
NAME_NUMBER_assignsubmission_file_. Broken and foreign files are named and passed over.

  --csv FILE         the table as CSV
  --html FILE        the table as one HTML page
  --json             JSON instead of a table
  --anonymous        learner 01, 02 … instead of names
  --moodle-xml FILE  the quiz as Moodle XML, with feedback per answer; needs no folder
`,
};

const OPTIONS = {
  csv: { type: "string" },
  html: { type: "string" },
  json: { type: "boolean" },
  anonymous: { type: "boolean" },
  "moodle-xml": { type: "string" },
} as const;

export const run: CommandModule["run"] = (args, io) => {
  const { values, positionals } = checkedOptions(
    () => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }),
    Object.keys(OPTIONS),
  );
  const xml = values["moodle-xml"];
  if (positionals.length === 0 && xml === undefined) {
    throw usageError(
      "LB_ARGUMENTS",
      { ko: "학습자들의 폴더를 적으세요.", en: "name the learners' folder" },
      { ko: "보기: layerbook class /home", en: "example: layerbook class /home" },
    );
  }
  const course = readCourse();
  if (xml !== undefined) {
    if (course.quiz === undefined)
      throw new CliError("LB_NO_QUIZ", {
        ko: "이 강의에는 개념 검사가 없습니다.",
        en: "this course has no quiz",
      });
    write(io, xml, moodleXml(course.quiz));
  }
  if (positionals.length === 0) return Promise.resolve(0);
  const folders = positionals.map((name) => resolve(io.cwd, name));
  for (const folder of folders) mustBeFolder(folder);
  const gathered = gatherLearners(folders);
  if (gathered.learners.length === 0) {
    tellRefused(io, gathered);
    throw new CliError(
      "LB_NO_LEARNERS",
      {
        ko: `${positionals.join(", ")}에 진도 파일이 없습니다.`,
        en: `no progress files in ${positionals.join(", ")}`,
      },
      {
        hint: {
          ko: "학습자가 %%check나 %%predict를 한 번 실행하면 수업 폴더의 .layerbook/progress.json에 생깁니다.",
          en: "they appear in .layerbook/progress.json of a lesson's folder once a learner runs %%check or %%predict",
        },
      },
    );
  }
  const width = String(gathered.learners.length).length;
  const learners = values.anonymous
    ? gathered.learners.map((learner, i) => ({
        ...learner,
        name: `${say(io, "학습자", "learner")} ${String(i + 1).padStart(Math.max(2, width), "0")}`,
      }))
    : gathered.learners;
  // The paths of what was not read name learners too.
  const refused = values.anonymous ? [] : gathered.refused;
  const table = classTable(learners, course.lessons, course.quiz);
  if (values.csv !== undefined)
    write(
      io,
      values.csv,
      formatCsv([
        learnerHead(io.locale),
        ...table.learners.map((row) => learnerCells(row, io.locale, table.quiz.items)),
      ]),
    );
  if (values.html !== undefined) write(io, values.html, classPage(table, refused, io.locale));
  if (values.json)
    io.out(
      JSON.stringify(
        { ...table, refused: refused.map(({ path, reason }) => ({ path, reason: reason[io.locale] })) },
        null,
        1,
      ) + "\n",
    );
  else io.out(text(table, io));
  if (values.anonymous && gathered.refused.length > 0)
    io.err(
      say(
        io,
        `읽지 못한 파일이 ${gathered.refused.length}개 있습니다.\n`,
        `${gathered.refused.length} files were not read.\n`,
      ),
    );
  else tellRefused(io, gathered);
  return Promise.resolve(0);
};

function text(table: ClassTable, io: CommandIo): string {
  const learners = [
    learnerHead(io.locale),
    ...table.learners.map((row) => learnerCells(row, io.locale, table.quiz.items, 3)),
  ];
  const hard = { ...table, exercises: table.exercises.filter((row) => row.stuck > 0) };
  hard.exercises.sort((a, b) => b.stuck - a.stuck);
  const parts = [columns(learners, [...NUMBERS]).join("\n")];
  if (hard.exercises.length > 0)
    parts.push(columns(exerciseRows(hard, io.locale), [2, 3, 4, 5, 6]).join("\n"));
  if (table.misconceptions.length > 0)
    parts.push(columns(misconceptionRows(table, io.locale), [2, 3]).join("\n"));
  parts.push(`${quizSentence(table, io.locale)}.`);
  return parts.join("\n\n") + "\n";
}

function tellRefused(io: CommandIo, { refused }: Gathered): void {
  for (const { path, reason } of refused)
    io.err(say(io, `읽지 않음: ${path}: ${reason.ko}\n`, `not read: ${path}: ${reason.en}\n`));
}

function mustBeFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true)
    throw new CliError("LB_NO_FOLDER", {
      ko: `${folder} 폴더가 없습니다.`,
      en: `there is no folder ${folder}`,
    });
}

function write(io: CommandIo, name: string, text: string): void {
  const file = resolve(io.cwd, name);
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new CliError("LB_FILE", {
      ko: `${file}을(를) 쓸 수 없습니다(${code}).`,
      en: `cannot write ${file} (${code})`,
    });
  }
  io.err(say(io, `씀: ${file}\n`, `wrote ${file}\n`));
}
