/** `%%quiz ROUND ITEM` keeps an answer of the concept quiz; `%progress` shows the learner's table over all lessons. */

import type { CourseProgress, Progress, QuizItem, QuizRound } from "../../lesson";
import { learningOf, loadLesson } from "../session/learning";
import { message, progressView } from "./lesson-view";
import { type Magic, type MagicCall, MagicError } from "./types";

export const quizMagic: Magic = {
  name: "quiz",
  kind: "cell",
  summary: "개념 검사의 답과 확신하는 정도를 적어 둡니다. 사후 검사에서는 해설을 보여 줍니다.",
  usage: "%%quiz 사전 CI-01",
  run: (call) => Promise.resolve(quiz(call)),
};

export const progressMagic: Magic = {
  name: "progress",
  kind: "line",
  summary: "지금까지 푼 문제와 예측 적중률을 한 표로 보여 줍니다.",
  usage: "%progress",
  run: (call) => {
    call.output.display(progressView(tableOf(call)));
    return Promise.resolve();
  },
};

function quiz(call: MagicCall): void {
  const { parseQuizAnswer, QUIZ_SEED, recordQuiz, shuffledOptions, typedNumber } = loadLesson();
  const learning = learningOf(call.session);
  const [word = "", id = ""] = call.args;
  const round = roundOf(word);
  const items = learning.quiz()?.items ?? [];
  const item = items.find((entry) => entry.id === id.toUpperCase());
  if (round === undefined || item === undefined) {
    throw new MagicError(
      "LB_UNKNOWN_QUIZ",
      `%%quiz 뒤에 사전이나 사후, 그리고 문항의 이름을 적어 주세요. 예: %%quiz 사전 ${items[0]?.id ?? "CI-01"} (Name the round and the item.)`,
    );
  }
  const shown = shuffledOptions(item, round, QUIZ_SEED);
  const answer = parseQuizAnswer(call.body, shown);
  if (answer === undefined) {
    const number = typedNumber(call.body);
    const isEmpty = call.body.replace(/^[^\S\n]*(답|확신)[^\S\n]*[:：]/gmu, "").trim() === "";
    call.output.display(
      message(
        number !== undefined
          ? `${number}번은 없습니다.`
          : isEmpty
            ? "아직 답이 없습니다."
            : "답으로 읽을 수 없어 적어 두지 않았습니다.",
        `\`답:\` 뒤에 1부터 ${shown.length}까지의 번호를, \`확신:\` 뒤에 찍었다, 반반이다, 확신한다 가운데 하나를 적고 다시 실행하세요.`,
      ),
    );
    return;
  }
  const option = shown.find((entry) => entry.id === answer.option);
  const misconception = option?.correct === false ? option.misconception : undefined;
  const progress = recordQuiz(learning.progress(), round, item.id, answer, misconception);
  learning.save(progress);
  const number = shown.findIndex((entry) => entry.id === answer.option) + 1;
  const sure = { guess: "찍었다", half: "반반이다", sure: "확신한다" }[answer.confidence];
  call.output.display(message("적어 두었습니다.", `${number}번, ${sure}.`));
  if (round === "post" && option !== undefined) explain(call, item, option.correct, option.feedback_ko);
  if (items.every((entry) => progress.quiz[round]?.[entry.id] !== undefined)) finish(call, round);
}

function explain(call: MagicCall, item: QuizItem, correct: boolean, feedback: string): void {
  // The feedback of a right answer begins with a word of its own.
  call.output.display(message(correct ? "맞음." : "다름.", feedback.replace(/^맞습니다\. */, "")));
  call.output.display(message("해설.", `${item.explanation_ko} (${item.lessons.join(", ")})`));
}

/** What is said when a round is complete. */
function finish(call: MagicCall, round: QuizRound): void {
  if (round === "pre") {
    call.output.display(
      message("열 문항을 모두 적었습니다.", "같은 문항을 최종 과제 뒤에 다시 풉니다. 해설은 그때 봅니다."),
    );
    return;
  }
  const { quizSentences } = loadLesson();
  const [first = "", ...others] = quizSentences(tableOf(call), "ko");
  call.output.display(message(first, others.join(" ")));
}

function roundOf(word: string): QuizRound | undefined {
  const { ROUND_NAMES } = loadLesson();
  return (["pre", "post"] as const).find((round) => word === round || word === ROUND_NAMES[round]);
}

/** The table over this notebook and those in the folders beside it. */
function tableOf(call: MagicCall): CourseProgress {
  const { courseProgress, mergeProgress, parseProgress } = loadLesson();
  const { host, directory, stateDirectory } = call.session;
  const { files, paths } = host;
  const learning = learningOf(call.session);
  const above = paths.dirname(directory);
  const own = paths.relative(above, directory);
  const state = paths.relative(directory, stateDirectory);
  const others = files
    .list(above)
    .filter((entry) => entry.directory && entry.name !== own)
    .map((entry) => paths.join(above, entry.name, state, "progress.json"))
    .filter((path) => files.kind(path) === "file")
    .flatMap((path): readonly Progress[] => {
      const progress = parseProgress(files.readText(path));
      return progress === undefined ? [] : [progress];
    });
  return courseProgress(
    mergeProgress([...others, learning.progress()]),
    learning.courseLessons(),
    learning.quiz(),
  );
}
