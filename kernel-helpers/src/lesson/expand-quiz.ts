/** Turns `<!-- quiz: pre -->` and `<!-- quiz: post -->` into cells: each item as text with its own order of options, and a `%%quiz` cell for the answer. */

import type { Edition } from "./compile";
import { QUIZ_SEED, type Quiz, type QuizItem, type QuizRound, shuffledOptions } from "./quiz";
import type { LessonCell } from "./source";

/** How a round is called in cells and texts. */
export const ROUND_NAMES: Readonly<Record<QuizRound, string>> = { pre: "사전", post: "사후" };

/** The cells of *round*; editions for teachers show the answer after each item. */
export function expandQuiz(
  cell: LessonCell,
  quiz: Quiz,
  round: QuizRound,
  edition: Edition,
): readonly LessonCell[] {
  return quiz.items.flatMap((item, i) => {
    const id = `${cell.id}-${item.id.toLowerCase()}`;
    const part = (name: string, kind: "markdown" | "code", source: string): LessonCell => ({
      kind,
      id: `${id}-${name}`,
      source,
      tags: ["quiz"],
      audience: cell.audience,
      line: cell.line,
    });
    const cells = [
      part("text", "markdown", itemText(item, round, i + 1, quiz.items.length)),
      part("answer", "code", `%%quiz ${ROUND_NAMES[round]} ${item.id}\n답: \n확신: `),
    ];
    if (edition === "teacher" || edition === "solution")
      cells.push({
        ...part("solution", "markdown", solutionText(item, round)),
        tags: [],
        audience: "solution",
      });
    return cells;
  });
}

/** One item as Markdown, its options numbered in the order of *round*. */
function itemText(item: QuizItem, round: QuizRound, number: number, of: number): string {
  const options = shuffledOptions(item, round, QUIZ_SEED).map((option, i) => `${i + 1}. ${option.text_ko}`);
  return [
    `### 문항 ${number} / ${of}`,
    ...(item.dockerfile === undefined ? [] : ["```docker\n" + item.dockerfile.replace(/\n$/, "") + "\n```"]),
    ...(item.change_ko === undefined ? [] : [`**상황** ${item.change_ko}`]),
    item.stem_ko,
    options.join("\n"),
  ].join("\n\n");
}

function solutionText(item: QuizItem, round: QuizRound): string {
  const options = shuffledOptions(item, round, QUIZ_SEED);
  const right = options.findIndex((option) => option.correct) + 1;
  const notes = options.map(
    (option, i) =>
      `- ${i + 1}번${option.misconception === undefined ? "" : ` (${option.misconception})`}: ${option.feedback_ko}`,
  );
  return `**${item.id} 풀이**: ${right}번. ${item.concept} (${item.lessons.join(", ")})\n\n${item.explanation_ko}\n\n${notes.join("\n")}`;
}
