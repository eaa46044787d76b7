/** The learners' table as cells of text, the same for terminal, CSV and HTML. */

import { percent } from "../../lesson";
import type { Locale } from "../../report/locale";
import type { ClassTable, LearnerRow } from "./table";

/** Names of the columns. */
export function learnerHead(locale: Locale): readonly string[] {
  return locale === "ko"
    ? [
        "학습자",
        "문제",
        "마친 수업",
        "다음",
        "막힌 문제",
        "힌트",
        "예측 적중률",
        "사전",
        "사후",
        "만난 오개념",
      ]
    : [
        "learner",
        "exercises",
        "lessons",
        "next",
        "stuck at",
        "hints",
        "guesses",
        "before",
        "after",
        "misconceptions",
      ];
}

/** Columns of numbers, 0-based. */
export const NUMBERS: readonly number[] = [1, 2, 5, 6, 7, 8];

/** One learner's cells; *most* bounds the lists. */
export function learnerCells(
  row: LearnerRow,
  locale: Locale,
  items: number,
  most = Infinity,
): readonly string[] {
  const ko = locale === "ko";
  const list = (all: readonly string[]): string =>
    all.length === 0
      ? "–"
      : all.slice(0, most).join(", ") + (all.length > most ? ` +${all.length - most}` : "");
  const points = (value: number | undefined, answered: number): string =>
    value !== undefined ? String(value) : answered > 0 ? `(${answered}/${items})` : "–";
  return [
    row.name,
    `${row.passed}/${row.exercises}`,
    String(row.lessonsDone),
    row.next ?? (ko ? "마침" : "done"),
    list(row.stuck.map(({ exercise, tries }) => `${exercise} ${ko ? `${tries}번` : `x${tries}`}`)),
    String(row.hints),
    percent(row.hitRate),
    points(row.quiz.pre, row.quiz.answered.pre),
    points(row.quiz.post, row.quiz.answered.post),
    list(row.misconceptions.map(({ id, times }) => `${id} ${ko ? `${times}번` : `x${times}`}`)),
  ];
}

/** Names of the exercises' columns, then a row each; exercises that nobody has tried are left out. */
export function exerciseRows(table: ClassTable, locale: Locale): readonly (readonly string[])[] {
  const head =
    locale === "ko"
      ? ["문제", "제목", "푼 사람", "막힌 사람", "아직", "평균 시도", "힌트"]
      : ["exercise", "title", "passed", "stuck", "untried", "mean tries", "hints"];
  return [
    head,
    ...table.exercises
      .filter((row) => row.passed + row.stuck > 0)
      .map((row) => [
        row.exercise,
        row.title,
        String(row.passed),
        String(row.stuck),
        String(row.untried),
        row.meanTries === undefined ? "–" : row.meanTries.toFixed(1),
        String(row.hints),
      ]),
  ];
}

/** A row per misconception that was met, under its names. */
export function misconceptionRows(table: ClassTable, locale: Locale): readonly (readonly string[])[] {
  const head =
    locale === "ko" ? ["오개념", "내용", "사람", "번"] : ["misconception", "", "learners", "times"];
  return [
    head,
    ...table.misconceptions.map((row) => [row.id, row.text, String(row.learners), String(row.times)]),
  ];
}

/** What the quiz says of the class, as a sentence. */
export function quizSentence({ quiz }: ClassTable, locale: Locale): string {
  const ko = locale === "ko";
  const round = ({ learners, mean }: ClassTable["quiz"]["pre"]): string =>
    mean === undefined
      ? ko
        ? "끝낸 사람이 없습니다"
        : "nobody finished it"
      : ko
        ? `평균 ${mean.toFixed(1)}점(${learners}명)`
        : `mean ${mean.toFixed(1)} (${learners} learners)`;
  const gain =
    quiz.gain === undefined ? "" : ko ? `. 향상도 ${percent(quiz.gain)}` : `; gain ${percent(quiz.gain)}`;
  return ko
    ? `개념 검사(${quiz.items}점 만점): 사전 ${round(quiz.pre)}, 사후 ${round(quiz.post)}${gain}`
    : `Quiz (of ${quiz.items}): before ${round(quiz.pre)}, after ${round(quiz.post)}${gain}`;
}
