/** `%%predict`, `%%check ID`, `%%hint ID`: the learner guesses, is checked by the result, and is helped step by step. */

import { loadCore } from "../session/core";
import { learningOf, loadLesson } from "../session/learning";
import { checkView, comparisonView, message } from "./lesson-view";
import type { Guess, Prediction } from "../../lesson";
import type { NotebookSession } from "../session/notebook-session";
import { type CellOutput, type Magic, type MagicCall, type MagicCompletion, MagicError } from "./types";

export const predictMagic: Magic = {
  name: "predict",
  kind: "cell",
  summary: "다음 빌드에서 단계마다 재사용될지 다시 실행될지 예측을 남깁니다.",
  usage: "%%predict [L03-P1]",
  run: (call) => Promise.resolve(predict(call)),
  complete: completeIds,
};

export const checkMagic: Magic = {
  name: "check",
  kind: "cell",
  summary: "문제를 결과로 검사합니다. 어떤 풀이든 조건을 만족하면 통과합니다.",
  usage: "%%check L05-E1",
  run: check,
  complete: completeIds,
};

export const hintMagic: Magic = {
  name: "hint",
  kind: "cell",
  summary: "문제의 힌트를 하나씩 엽니다. 모두 세 개입니다.",
  usage: "%%hint L05-E1",
  run: (call) => Promise.resolve(hint(call)),
  complete: completeIds,
};

/** Shows what a build said about the predictions before it. Call it at the end of a cell that may have built. */
export function showPredictionNotes(call: MagicCall): void {
  for (const note of learningOf(call.session).takeNotes()) call.output.display(comparisonView(note));
}

function predict(call: MagicCall): void {
  const { isGuessError, parseGuess } = loadLesson();
  const learning = learningOf(call.session);
  const [id] = call.args;
  const prediction = id === undefined ? undefined : learning.prediction(id);
  if (id !== undefined && prediction === undefined) throw unknownId(id, learning.ids(), "예측");
  if (call.body.trim() === "" && wantsSolutions(call.metadata)) {
    solve(call, prediction);
    return;
  }
  const guess = parseGuess(prediction, call.body);
  if (isGuessError(guess)) call.output.display(message("아직 예측이 없습니다.", guess.ko));
  else leavePrediction(guess, prediction, call.session, call.output);
}

/** Does the client (`layerbook run --predictions solution`) want empty predictions filled in? */
function wantsSolutions(metadata: MagicCall["metadata"]): boolean {
  const own = metadata.layerbook as { predictions?: unknown } | undefined;
  return own?.predictions === "solution";
}

/** Fills in the prediction: the right option, or what the next build will show. */
function solve(call: MagicCall, prediction: Prediction | undefined): void {
  const right = prediction?.options?.findIndex((option) => option.correct) ?? -1;
  if (right >= 0) {
    leavePrediction({ steps: [], option: right + 1 }, prediction, call.session, call.output);
    return;
  }
  learningOf(call.session).predict("as built", prediction);
  call.output.display(message("예측: 풀이로 채움.", "다음 빌드가 예측과 결과를 나란히 보여 줍니다."));
}

/** Keeps a guess and says so; a chosen option is judged at once, its verdict folded away until the learner has seen for themselves. */
export function leavePrediction(
  guess: Guess,
  prediction: Prediction | undefined,
  session: NotebookSession,
  output: CellOutput,
): void {
  const learning = learningOf(session);
  if (prediction !== undefined) learning.left(prediction.id);
  if (prediction?.options !== undefined && guess.option !== undefined) {
    const option = prediction.options[guess.option - 1];
    if (option === undefined) return;
    const comparison = {
      step: prediction.id,
      guessed: undefined,
      actual: "hit" as const,
      right: option.correct,
      ...(option.misconception === undefined ? {} : { misconception: option.misconception }),
    };
    const { recordPredictions } = loadLesson();
    learning.save(recordPredictions(learning.progress(), prediction.id.split("-")[0] ?? "", [comparison]));
    output.display(
      message(
        `예측을 남겼습니다: ${guess.option}. ${option.text.replace(/\.$/, "")}.`,
        "이제 다음 셀을 실행해 확인해 보세요.",
      ),
    );
    output.display({
      ...message(option.correct ? "풀이(맞음)" : "풀이(다름)", option.feedback),
      "text/html": `<details lang="ko"><summary>실행해 본 다음에 여세요: 예측의 풀이</summary>${String(message(option.correct ? "맞음." : "다름.", option.feedback)["text/html"])}</details>`,
    });
    return;
  }
  learning.predict(guess, prediction);
  const text = guess.steps
    .map(
      (step) =>
        `\`${step.step.replace(/^#(\d+)$/, "$1번째 단계")}\` → ${step.verdict === "hit" ? "재사용" : "다시 실행"}`,
    )
    .join(", ");
  output.display(message("예측을 남겼습니다.", `${text}. 다음 빌드가 예측과 결과를 나란히 보여 줍니다.`));
}

async function check(call: MagicCall): Promise<void> {
  const { benchMaker, checkExercise, recordTry } = loadLesson();
  const learning = learningOf(call.session);
  const exercise = exerciseOf(call);
  const { Lab } = loadCore();
  const engine = await call.session.engine();
  const maker = await benchMaker({
    project: () => engine.lab.context.files(),
    engine,
    openLab: () => Lab.openOn(call.session.host.labMachine()),
  });
  const result = await checkExercise(exercise, call.body, maker);
  if (result.empty) {
    call.output.display(
      message(
        `아직 답이 없습니다: ${exercise.id} ${exercise.title.replace(/[.?!]$/, "")}.`,
        "아래 줄에 답을 적고 다시 실행하세요. 막히면 `%%hint`를 써 보세요.",
      ),
    );
    return;
  }
  learning.save(
    recordTry(
      learning.progress(),
      exercise.id,
      result.misconceptions,
      result.passed ? Math.floor(Date.now() / 1000) : undefined,
    ),
  );
  call.output.display(checkView(result));
}

function hint(call: MagicCall): void {
  const { recordHint } = loadLesson();
  const learning = learningOf(call.session);
  const exercise = exerciseOf(call);
  const before = learning.progress().exercises[exercise.id]?.hints ?? 0;
  const { progress, hint: number } = recordHint(learning.progress(), exercise.id);
  learning.save(progress);
  for (let i = 0; i < number; i++) call.output.display(message(`힌트 ${i + 1}/3`, exercise.hints[i] ?? ""));
  if (before >= 3)
    call.output.display(
      message(
        "힌트는 모두 열었습니다.",
        `세 번 시도한 뒤에도 막히면 강사에게 풀이를 물어보세요. 혼자 배운다면 Layerbook을 설치한 컴퓨터의 터미널에서 \`layerbook handout ${exercise.id.split("-")[0] ?? ""} --edition solution\`을 실행해 풀이를 만들어 볼 수 있습니다.`,
      ),
    );
}

function exerciseOf(
  call: MagicCall,
): ReturnType<NonNullable<ReturnType<typeof learningOf>["exercise"]>> & object {
  const learning = learningOf(call.session);
  const [id] = call.args;
  if (id === undefined)
    throw new MagicError(
      "LB_ARGUMENTS",
      `%%${call.name} 뒤에 문제의 이름을 적어 주세요. 예: %%${call.name} L01-E1 (Name the exercise.)`,
    );
  const exercise = learning.exercise(id);
  if (exercise === undefined) throw unknownId(id, learning.ids(), "문제");
  return exercise;
}

function unknownId(id: string, known: readonly string[], what: string): MagicError {
  const lesson = known.filter((other) => other.split("-")[0] === id.toUpperCase().split("-")[0]);
  return new MagicError(
    "LB_UNKNOWN_EXERCISE",
    `"${id}"라는 ${what}이(가) 없습니다. 있는 것: ${(lesson.length > 0 ? lesson : known).slice(0, 12).join(", ")} (No such id.)`,
  );
}

function completeIds(
  code: string,
  offset: number,
  session: MagicCall["session"],
): Promise<MagicCompletion | undefined> {
  const line = code.slice(0, offset);
  if (line.includes("\n")) return Promise.resolve(undefined);
  const typed = /\S*$/.exec(line)?.[0] ?? "";
  const kind = line.startsWith("%%predict") ? "-P" : "-E";
  const matches = learningOf(session)
    .ids()
    .filter((id) => id.includes(kind) && id.startsWith(typed))
    .map((text) => ({ text, type: "keyword" }));
  return Promise.resolve(
    matches.length === 0 ? undefined : { start: offset - typed.length, end: offset, matches },
  );
}
