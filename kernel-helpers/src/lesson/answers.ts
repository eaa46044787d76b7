/** Marks exercises that are answered in the cell itself: choices, tables and short answers. */

import type { AnswerExercise, ChoiceExercise, GridExercise } from "./exercise-types";

/** Right, or the first thing that is not, said so that it leads on without telling the answer. */
export interface Mark {
  readonly passed: boolean;
  /** Nothing was answered yet. */
  readonly empty: boolean;
  /** Korean sentence for the learner; empty when passed. */
  readonly feedback: string;
  readonly misconceptions: readonly string[];
}

const EMPTY: Mark = { passed: false, empty: true, feedback: "", misconceptions: [] };
const PASSED: Mark = { passed: true, empty: false, feedback: "", misconceptions: [] };

/** Compares answers without spaces, punctuation at the ends and case; the syllabus' verdict words stand for each other. */
export function normalizeAnswer(text: string): string {
  const word = text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[\s"“”'‘’.]/g, "")
    .replace(/^(\d+)(?:번|회|개|줄|층|벌|단계)$/, "$1");
  const same: Readonly<Record<string, string>> = {
    cached: "재사용",
    hit: "재사용",
    적중: "재사용",
    유지: "재사용",
    "●": "재사용",
    o: "예",
    y: "예",
    yes: "예",
    "○": "예",
    다시: "다시실행",
    실행: "다시실행",
    깨짐: "다시실행",
    miss: "다시실행",
    미스: "다시실행",
    "▲": "다시실행",
    "△": "다시실행",
    "◆": "다시실행",
    x: "아니요",
    n: "아니요",
    no: "아니요",
    "✕": "아니요",
    아니오: "아니요",
    "-": "아니요",
  };
  return same[word] ?? word;
}

/** `1 2 5`, `1,2,5` or one number a line: the chosen options, 1-based. */
export function markChoice(exercise: ChoiceExercise, body: string): Mark {
  const numbers = [...body.matchAll(/\d+/g)].map((match) => Number(match[0]));
  if (numbers.length === 0) return EMPTY;
  const chosen = new Set(numbers);
  const beyond = numbers.find((n) => n < 1 || n > exercise.options.length);
  if (beyond !== undefined)
    return wrong(`보기는 1번부터 ${exercise.options.length}번까지입니다. ${beyond}번은 없습니다.`);
  for (const [i, option] of exercise.options.entries()) {
    if (chosen.has(i + 1) === option.correct) continue;
    // Of what was not chosen the feedback alone would seem to speak about what was.
    const lead = option.correct ? "아직 고르지 않은 것이 있습니다. " : "";
    return wrong(lead + option.feedback, option.misconception);
  }
  return PASSED;
}

/** One line a row: `row: word word …` (or words divided by `|` or `,`), rows in any order; a row may be named by its number. */
export function markGrid(exercise: GridExercise, body: string): Mark {
  const lines = body.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) return EMPTY;
  const answers = new Map<number, string[]>();
  // Rows without their names, one a line, are taken in their order.
  const isBare = lines.length === exercise.rows.length && lines.every((line) => !line.includes(":"));
  for (const [at, text] of lines.entries()) {
    const line = isBare ? `${at + 1}: ${text}` : text;
    const cut = line.lastIndexOf(":");
    if (cut < 0) return wrong(`\`${line.trim()}\`: 행의 이름 뒤에 쌍점(:)을 쓰고 답을 적어 주세요.`);
    const name = line.slice(0, cut).trim();
    const row = /^\d+$/.test(name)
      ? Number(name) - 1
      : exercise.rows.findIndex((text) => normalizeAnswer(text) === normalizeAnswer(name));
    if (exercise.rows[row] === undefined)
      return wrong(`\`${name}\`이라는 행이 없습니다. 행: ${exercise.rows.join(" / ")}`);
    const rest = line.slice(cut + 1).trim();
    answers.set(
      row,
      // The verdict of two words is one answer.
      (/[|,]/.test(rest) ? rest.split(/[|,]/) : rest.replace(/다시\s+실행/g, "다시실행").split(/\s+/))
        .map((word) => word.trim())
        .filter((word) => word !== ""),
    );
  }
  if ([...answers.values()].every((words) => words.length === 0)) return EMPTY;
  for (const [r, row] of exercise.rows.entries()) {
    const given = answers.get(r);
    if (given === undefined) return wrong(`‘${row}’ 행이 아직 비어 있습니다.`);
    if (given.length !== exercise.columns.length)
      return wrong(
        `‘${row}’ 행에는 답이 ${exercise.columns.length}개 있어야 합니다(${exercise.columns.join(", ")}).`,
      );
    for (const [c, column] of exercise.columns.entries()) {
      const accepted = exercise.cells[r]?.[c] ?? [];
      const answer = given[c] ?? "";
      if (accepted.some((word) => normalizeAnswer(word) === normalizeAnswer(answer))) continue;
      const hint = exercise.feedback.find(
        (entry) =>
          (entry.row === undefined || normalizeAnswer(entry.row) === normalizeAnswer(row)) &&
          (entry.column === undefined || normalizeAnswer(entry.column) === normalizeAnswer(column)) &&
          (entry.answer === undefined || normalizeAnswer(entry.answer) === normalizeAnswer(answer)),
      );
      return wrong(hint?.text ?? `‘${row}’ 행의 ‘${column}’ 칸을 다시 생각해 보세요.`);
    }
  }
  return PASSED;
}

/** `name: answer` a line, or the answers alone in order, divided by lines, `/` or `,`. */
export function markAnswer(exercise: AnswerExercise, body: string): Mark {
  const lines = body
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (lines.length === 0) return EMPTY;
  const named = lines.every((line) => exercise.blanks.some((blank) => line.startsWith(blank.name)));
  const given = named
    ? exercise.blanks.map((blank) =>
        (lines.find((line) => line.startsWith(blank.name)) ?? "")
          .slice(blank.name.length)
          .replace(/^\s*[:=]\s*/, ""),
      )
    : lines.length === exercise.blanks.length
      ? lines
      : lines.join(",").split(/[,/]/);
  if (given.every((answer) => answer.trim() === "")) return EMPTY;
  for (const [i, blank] of exercise.blanks.entries()) {
    const answer = (given[i] ?? "").trim();
    if (answer === "") return wrong(`‘${blank.name}’ 칸이 아직 비어 있습니다.`);
    if (blank.accept.some((word) => normalizeAnswer(word) === normalizeAnswer(answer))) continue;
    const hint = exercise.feedback.find(
      (entry) => entry.blank === blank.name && normalizeAnswer(entry.answer) === normalizeAnswer(answer),
    );
    return wrong(hint?.text ?? `‘${blank.name}’ 칸을 다시 생각해 보세요.`);
  }
  return PASSED;
}

function wrong(feedback: string, misconception?: string): Mark {
  return {
    passed: false,
    empty: false,
    feedback,
    misconceptions: misconception === undefined ? [] : [misconception],
  };
}
