/** Turns `<!-- exercise: L05-E1 -->` and `<!-- prediction: L05-P1 -->` into the cells a learner sees, from the data in content/exercises/. */

import type { ContextChanges } from "../build/types";
import type { Edition } from "./compile";
import type { Exercise, Prediction } from "./exercise-types";
import { expandQuiz } from "./expand-quiz";
import { expandGlossary } from "./glossary";
import type { ExerciseFile } from "./read-exercises";
import type { LessonCell } from "./source";

/** The cells for *cell* in *edition*, or undefined when *file* has no such exercise or prediction. */
export function expandReference(
  cell: LessonCell,
  file: ExerciseFile | undefined,
  edition: Edition,
): readonly LessonCell[] | undefined {
  if (cell.kind === "quiz") {
    const round = cell.source === "pre" || cell.source === "post" ? cell.source : undefined;
    return round && file?.quiz && expandQuiz(cell, file.quiz, round, edition);
  }
  if (cell.kind === "glossary") return file?.glossary && expandGlossary(cell, file.glossary);
  if (cell.kind === "prediction") {
    const prediction = file?.predictions.find((entry) => entry.id === cell.source);
    return prediction && expandPrediction(cell, prediction, edition);
  }
  const exercise = file?.exercises.find((entry) => entry.id === cell.source);
  return exercise && expandExercise(cell, exercise, edition);
}

function expandPrediction(cell: LessonCell, prediction: Prediction, edition: Edition): LessonCell[] {
  const options = (prediction.options ?? []).map((option, i) => `${i + 1}. ${option.text}`);
  const how =
    options.length > 0
      ? "번호 하나를 아래 셀에 적고 실행하세요."
      : "아래 셀에 `RUN: 다시`처럼 한 줄에 한 단계씩 `재사용` 또는 `다시`를 적고 실행하세요.";
  const cells: LessonCell[] = [
    part(
      cell,
      "text",
      "markdown",
      [
        `**예측** ${prediction.question}`,
        ...(options.length > 0 ? ["", ...options] : []),
        "",
        `${how} 틀려도 괜찮습니다.`,
      ].join("\n"),
      ["prediction"],
    ),
    part(cell, "guess", "code", `%%predict ${prediction.id}\n`, ["prediction"]),
  ];
  if (edition === "teacher" || edition === "solution") {
    const right = (prediction.options ?? [])
      .map((option, i) => ({ option, number: i + 1 }))
      .filter((entry) => entry.option.correct);
    const notes = [
      ...right.map((entry) => `정답: ${entry.number}. ${entry.option.text}`),
      ...(prediction.options ?? [])
        .filter((option) => !option.correct)
        .map((option) => `- “${option.text}”${tagged(option.misconception)}: ${option.feedback}`),
      ...prediction.feedback.map(
        (entry) =>
          `- \`${entry.step}\`을(를) ${entry.guessed === "hit" ? "재사용" : "다시"}(으)로 예측${tagged(entry.misconception)}: ${entry.text}`,
      ),
    ];
    if (notes.length > 0)
      cells.push({
        ...part(cell, "answer", "markdown", `**예측 풀이**\n\n${notes.join("\n")}`, []),
        audience: "solution",
      });
  }
  return cells;
}

function expandExercise(cell: LessonCell, exercise: Exercise, edition: Edition): LessonCell[] {
  // An exercise that goes on with the lesson's own files (its cell says `here`) starts with what is there.
  const opens = exercise.kind === "build" && !cell.tags.includes("here");
  const cells: LessonCell[] = [
    part(cell, "text", "markdown", exerciseText(exercise), ["exercise"]),
    ...(opens ? [part(cell, "open", "code", `%exercise ${exercise.id}`, ["exercise"])] : []),
    part(cell, "check", "code", `%%check ${exercise.id}\n${template(exercise)}`, ["exercise"]),
    part(cell, "hint", "code", `%%hint ${exercise.id}`, ["exercise"]),
  ];
  if (edition === "teacher" || edition === "solution") {
    cells.push({ ...part(cell, "solution", "markdown", solutionText(exercise), []), audience: "solution" });
  }
  return cells;
}

/** What the learner is asked, as Markdown: the same text in notebook and handout. */
function exerciseText(exercise: Exercise): string {
  const head = `### ${exercise.id} ${exercise.title}\n\n${exercise.goal}`;
  switch (exercise.kind) {
    case "choice":
      return `${head}\n\n${exercise.options.map((option, i) => `${i + 1}. ${option.text}`).join("\n")}\n\n맞는 번호를 모두 적고 실행하세요.`;
    case "grid": {
      const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
      const rows = exercise.rows.map((row) => line([row, ...exercise.columns.map(() => "&nbsp;")]));
      return `${head}\n\n${[line(["", ...exercise.columns]), line(["---", ...exercise.columns.map(() => "---")]), ...rows].join("\n")}\n\n행마다 한 줄씩, 열의 순서대로 적고 실행하세요.`;
    }
    case "answer":
      return `${head}\n\n${exercise.blanks.map((blank) => `- ${blank.name}: ____`).join("\n")}`;
    case "edits":
      return `${head}\n\n${exercise.slots.map((slot) => `- ${slot.name}: \`셸 명령 한 줄\``).join("\n")}\n\n아래 셀의 쌍점(:) 뒤에 셸 명령을 적고 실행하세요.`;
    case "build":
      return head;
  }
}

function template(exercise: Exercise): string {
  if (exercise.kind === "grid") return exercise.rows.map((row) => `${row}: `).join("\n");
  if (exercise.kind === "edits") return exercise.slots.map((slot) => `${slot.name}: `).join("\n");
  if (exercise.kind === "answer") return exercise.blanks.map((blank) => `${blank.name}: `).join("\n");
  return "";
}

function solutionText(exercise: Exercise): string {
  const hints = exercise.hints.map((hint, i) => `${i + 1}. ${hint}`).join("\n");
  const head = `**${exercise.id} 풀이**`;
  switch (exercise.kind) {
    case "choice": {
      const numbers = exercise.options.flatMap((option, i) => (option.correct ? [i + 1] : []));
      const notes = exercise.options
        .map((option, i) => `- ${i + 1}번${tagged(option.misconception)}: ${option.feedback}`)
        .join("\n");
      return `${head}: ${numbers.join(", ")}\n\n${notes}\n\n힌트\n\n${hints}`;
    }
    case "grid": {
      const rows = exercise.rows.map(
        (row, r) => `| ${[row, ...(exercise.cells[r] ?? []).map((cell) => cell[0] ?? "")].join(" | ")} |`,
      );
      const notes = exercise.feedback.map(
        (entry) =>
          `- ${[entry.row, entry.column, entry.answer].filter((text) => text !== undefined).join(" · ")}: ${entry.text}`,
      );
      return `${head}\n\n| ${["", ...exercise.columns].join(" | ")} |\n| ${["", ...exercise.columns].map(() => "---").join(" | ")} |\n${rows.join("\n")}\n\n${notes.join("\n")}\n\n힌트\n\n${hints}`;
    }
    case "answer": {
      const answers = exercise.blanks.map((blank) => `- ${blank.name}: ${blank.accept[0] ?? ""}`);
      const notes = exercise.feedback.map((entry) => `- ${entry.blank} = ${entry.answer}: ${entry.text}`);
      return `${head}\n\n${[...answers, ...notes].join("\n")}\n\n힌트\n\n${hints}`;
    }
    case "edits": {
      const answers = Object.entries(exercise.solutions[0] ?? {}).map(
        ([name, command]) => `- ${name}: \`${command}\``,
      );
      const wrong = exercise.wrong.map((way) => `- ${way.slot}: \`${way.command}\`: ${way.feedback}`);
      return `${head}\n\n${answers.join("\n")}\n\n흔한 오답\n\n${wrong.join("\n")}\n\n힌트\n\n${hints}`;
    }
    case "build": {
      const wrong = exercise.wrong.map((way) => `- ${way.title}: ${way.feedback}`).join("\n");
      return `${head}\n\n${filesText(exercise.solutions[0] ?? {})}\n\n흔한 오답\n\n${wrong}\n\n힌트\n\n${hints}`;
    }
  }
}

/** The files of a reference solution as fenced blocks. */
function filesText(changes: ContextChanges): string {
  const files = Object.entries(changes.write ?? {}).map(([path, file]) => {
    const text = typeof file === "string" ? file : (file.text ?? "");
    const language = path.endsWith("Dockerfile") ? "docker" : (path.split(".").pop() ?? "");
    return `\`${path}\`\n\n\`\`\`${language}\n${text.replace(/\n$/, "")}\n\`\`\``;
  });
  const modes = Object.entries(changes.chmod ?? {}).map(([path, mode]) => `- \`chmod ${mode} ${path}\``);
  const removed = (changes.remove ?? []).map((path) => `- \`rm ${path}\``);
  const touched = (changes.touch ?? []).map((path) => `- \`touch ${path}\``);
  return [...files, ...modes, ...removed, ...touched].join("\n\n");
}

function tagged(misconception: string | undefined): string {
  return misconception === undefined ? "" : ` (${misconception})`;
}

function part(
  cell: LessonCell,
  name: string,
  kind: "markdown" | "code",
  source: string,
  tags: readonly string[],
): LessonCell {
  return { kind, id: `${cell.id}-${name}`, source, tags, audience: cell.audience, line: cell.line };
}
