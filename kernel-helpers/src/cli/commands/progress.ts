/** `layerbook progress`: the learner's table over all lessons of a working folder. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import {
  courseProgress,
  mergeProgress,
  parseProgress,
  percent,
  type Progress,
  quizSentences,
} from "../../lesson";
import { readCourse } from "../../lesson/course";
import { columns } from "../../report/text";
import { CliError } from "../cli-error";
import type { CommandModule } from "../commands";
import { say } from "../io";
import { checkedOptions } from "../options";
import { workingFolder } from "../working-folder";

export const help: CommandModule["help"] = {
  ko: `
지금까지 푼 문제, 예측 적중률, 개념 검사의 결과를 한 표로 보여 줍니다. 수업 폴더마다 있는 .layerbook/progress.json을 모읍니다.

  --dir FOLDER    작업 폴더 (기본값: 이 폴더의 learn/, 없으면 수업이 있는 이 폴더나 그 위, 없으면 프로젝트의 learn/)
  --json          표 대신 JSON을 출력합니다
`,
  en: `
Shows the exercises passed, the share of right predictions and the quiz in one table, from .layerbook/progress.json of every lesson's folder.

  --dir FOLDER    the working folder (default: learn/ here, else this folder or one above with lessons in it, else the project's learn/)
  --json          JSON instead of a table
`,
};

export const run: CommandModule["run"] = (args, io) => {
  const { values } = checkedOptions(() =>
    parseArgs({ args: [...args], options: { dir: { type: "string" }, json: { type: "boolean" } } }),
  );
  const folder = workingFolder(values.dir, io.cwd);
  if (!existsSync(folder)) {
    throw new CliError(
      "LB_NO_FOLDER",
      { ko: `${folder} 폴더가 없습니다.`, en: `there is no folder ${folder}` },
      {
        hint: {
          ko: "수업을 한 번 연 다음에 다시 해 보거나 --dir로 폴더를 알려 주세요.",
          en: "open a lesson first, or name the folder with --dir",
        },
      },
    );
  }
  const course = readCourse();
  const table = courseProgress(mergeProgress(readAll(folder)), course.lessons, course.quiz);
  if (values.json) {
    io.out(JSON.stringify(table, null, 1) + "\n");
    return Promise.resolve(0);
  }
  const head =
    io.locale === "ko"
      ? ["수업", "제목", "문제", "예측 적중률", "힌트", ""]
      : ["lesson", "title", "exercises", "guesses right", "hints", ""];
  const rows = table.lessons.map((row) => [
    row.lesson,
    row.title,
    `${row.passed}/${row.exercises}`,
    percent(row.hitRate),
    String(row.hints),
    row.done ? say(io, "✓ 마침", "✓ done") : "",
  ]);
  io.out(columns([head, ...rows], [2, 3, 4]).join("\n") + "\n\n");
  io.out(
    say(
      io,
      `문제 ${table.exercises}개 가운데 ${table.passed}개를 풀었습니다. 예측 적중률 ${percent(table.hitRate)}.\n`,
      `${table.passed} of ${table.exercises} exercises passed; ${percent(table.hitRate)} of the guesses right.\n`,
    ),
  );
  for (const sentence of quizSentences(table, io.locale)) io.out(`${sentence}\n`);
  io.out(
    table.next === undefined
      ? say(io, "모든 수업을 마쳤습니다.\n", "All lessons are done.\n")
      : say(io, `다음 수업: ${table.next}\n`, `next lesson: ${table.next}\n`),
  );
  return Promise.resolve(0);
};

/** The progress of the folder itself and of every folder in it; what cannot be read is passed over. */
function readAll(folder: string): Progress[] {
  const folders = [
    folder,
    ...readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name)),
  ];
  return folders.flatMap((place) => {
    const file = join(place, ".layerbook/progress.json");
    const progress = existsSync(file) ? parseProgress(readFileSync(file, "utf8")) : undefined;
    return progress === undefined ? [] : [progress];
  });
}
