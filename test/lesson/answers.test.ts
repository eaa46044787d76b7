import assert from "node:assert/strict";
import {
  parseExercises,
  markAnswer,
  markChoice,
  markGrid,
  parseGuess,
  isGuessError,
  quizReport,
  typedNumber,
  EMPTY_PROGRESS,
  recordTry,
  recordHint,
  progressTable,
  parseProgress,
  shuffledOptions,
  parseQuizAnswer,
  type Exercise,
  type Quiz,
} from "../../kernel-helpers/src/lesson";

const FILE = `
exercises:
  - id: L01-E2
    kind: choice
    title: 다시 빌드해야 하는가?
    goal: 모두 고르세요.
    hints: [하나, 둘, 셋]
    options:
      - {text: server.js 수정, correct: true, feedback: 파일은 이미지에 담깁니다.}
      - {text: -p 8080:80, correct: false, feedback: 실행할 때 정하는 값은 이미지에 담기지 않습니다., misconception: N9}
  - id: L03-E1
    kind: grid
    title: 판정하기
    goal: 표를 채우세요.
    hints: [하나, 둘, 셋]
    rows: [S2, 없음]
    columns: [WORKDIR, RUN]
    cells: [[[재사용], [다시]], [[재사용], [재사용]]]
    feedback:
      - {row: S2, column: RUN, answer: 재사용, text: 키 카드를 열어 보세요.}
  - id: L05-E3
    kind: answer
    title: 한 주의 비용
    goal: 세어 보세요.
    hints: [하나, 둘, 셋]
    blanks: [{name: 가, accept: ["26", 26번]}, {name: 나, accept: [1]}]
    feedback:
      - {blank: 가, answer: 27, text: 첫 빌드는 빼고 세었는지 확인하세요.}
`;
const exercises = parseExercises("L.yaml", FILE).exercises;
function find<K extends Exercise["kind"]>(kind: K): Extract<Exercise, { kind: K }> {
  return exercises.find((exercise) => exercise.kind === kind) as Extract<Exercise, { kind: K }>;
}

describe("answers typed into a cell", () => {
  it("reads what beginners type: a counter behind the number, rows without their names", () => {
    const both = (first: string) => markAnswer(find("answer"), `가: ${first}\n나: 1개`);
    assert.equal(both("26회").passed, true);
    assert.match(both("27번").feedback, /첫 빌드는 빼고/);
    assert.match(both("30").feedback, /‘가’ 칸을/);
    assert.equal(markGrid(find("grid"), "재사용, 다시\n재사용, 재사용").passed, true);
    assert.match(markGrid(find("grid"), "재사용, 재사용\n재사용, 재사용").feedback, /키 카드/);
    assert.equal(markGrid(find("grid"), "S2: 재사용 다시 실행\n없음: 재사용 재사용").passed, true);
  });

  it("says of a missing choice that it is missing", () => {
    assert.match(markChoice(find("choice"), "2").feedback, /^아직 고르지 않은 것이 있습니다\. 파일은/);
  });

  it("marks choices and gives the feedback of the first option that is off", () => {
    assert.equal(markChoice(find("choice"), "1").passed, true);
    assert.equal(markChoice(find("choice"), "").empty, true);
    const mark = markChoice(find("choice"), "1, 2");
    assert.deepEqual(
      [mark.feedback, mark.misconceptions],
      ["실행할 때 정하는 값은 이미지에 담기지 않습니다.", ["N9"]],
    );
    assert.match(markChoice(find("choice"), "1 7").feedback, /7번은 없습니다/);
  });

  it("marks tables by row name or number, with synonyms and marks", () => {
    assert.equal(markGrid(find("grid"), "S2: 재사용 다시\n없음: CACHED ●").passed, true);
    assert.equal(markGrid(find("grid"), "2: 재사용 | 재사용\n1: 유지, ▲").passed, true);
    assert.equal(
      markGrid(find("grid"), "S2: 재사용 재사용\n없음: 재사용 재사용").feedback,
      "키 카드를 열어 보세요.",
    );
    assert.match(markGrid(find("grid"), "S2: 재사용 다시").feedback, /‘없음’ 행/);
    assert.match(markGrid(find("grid"), "S9: 재사용 다시").feedback, /행이 없습니다/);
    assert.match(markGrid(find("grid"), "S2: 재사용\n없음: 재사용 재사용").feedback, /2개/);
  });

  it("marks short answers with or without names", () => {
    assert.equal(markAnswer(find("answer"), "26 / 1").passed, true);
    assert.equal(markAnswer(find("answer"), "가: 26번\n나: 1").passed, true);
    assert.equal(markAnswer(find("answer"), "27 / 1").feedback, "첫 빌드는 빼고 세었는지 확인하세요.");
    assert.match(markAnswer(find("answer"), "26").feedback, /‘나’/);
  });

  it("refuses exercise files that would fail a learner", () => {
    assert.throws(
      () =>
        parseExercises("x.yaml", "exercises:\n  - {id: A, kind: choice, title: t, goal: g, hints: [a]}\n"),
      /힌트는 세 개/,
    );
    assert.throws(
      () =>
        parseExercises("x.yaml", "exercises:\n  - {id: A, kind: nope, title: t, goal: g, hints: [a,b,c]}\n"),
      /unknown kind/,
    );
    assert.throws(() => parseExercises("x.yaml", "exercises: [\n"), /LB_EXERCISE|YAML/);
  });
});

describe("predictions", () => {
  it("reads verdicts by number, instruction or text", () => {
    const guess = parseGuess(undefined, "# 예측\n2: 재사용\nCOPY: 다시\n[4/4] RUN npm install: ●\n");
    assert.ok(!isGuessError(guess));
    assert.deepEqual(
      guess.steps.map((step) => step.verdict),
      ["hit", "miss", "hit"],
    );
  });

  it("says which line it cannot read", () => {
    const guess = parseGuess(undefined, "2: 재사용\nCOPY 아마도\n");
    assert.ok(isGuessError(guess) && guess.line === 2);
    assert.ok(isGuessError(parseGuess(undefined, "\n")));
  });
});

describe("progress", () => {
  it("keeps a passed exercise passed, opens hints one by one and the solution last", () => {
    let progress = recordTry(EMPTY_PROGRESS, "L01-E1", ["N9"]);
    for (let i = 1; i <= 4; i++) {
      const next = recordHint(progress, "L01-E1");
      assert.equal(next.hint, Math.min(i, 3));
      progress = next.progress;
    }
    progress = recordTry(recordTry(progress, "L01-E1", []), "L01-E1", [], 1700000000);
    progress = recordTry(progress, "L01-E1", []);
    const [row] = progressTable(progress, [{ id: "L01", title: "닫힌 이미지", exercises: ["L01-E1"] }]);
    assert.deepEqual([row?.passed, row?.done, row?.hints, progress.misconceptions["N9"]], [1, true, 3, 1]);
    assert.deepEqual(parseProgress(JSON.stringify(progress)), progress);
    assert.equal(parseProgress("{"), undefined);
    assert.equal(parseProgress('{"schema":9}'), undefined);
  });

  it("reports the quiz: score, gain, surely wrong", () => {
    const option = (id: string, correct: boolean): Quiz["items"][number]["options"][number] => ({
      id,
      text_ko: id,
      correct,
      feedback_ko: "",
      ...(correct ? {} : { misconception: "M1" }),
    });
    const quiz: Quiz = {
      title: "",
      misconceptions_ko: {},
      items: ["a", "b"].map((id) => ({
        id,
        lessons: ["L04"],
        concept: "",
        stem_ko: "",
        options: [option("A", true), option("B", false)],
        explanation_ko: "",
      })),
    };
    const shown = shuffledOptions(quiz.items[0]!, "pre", "김");
    assert.deepEqual(shown, shuffledOptions(quiz.items[0]!, "pre", "김"));
    assert.deepEqual(parseQuizAnswer("2 확신한다", shown), { option: shown[1]?.id, confidence: "sure" });
    assert.equal(parseQuizAnswer("9", shown), undefined);
    for (const text of [
      "0",
      "-1",
      "2.5",
      "12",
      "1, 2",
      "1번과 2번",
      "셋",
      "",
      "답: \n확신: 2",
      "답: \n확신: 확신한다",
    ])
      assert.equal(parseQuizAnswer(text, shown), undefined, text);
    for (const text of [
      "답: 2",
      "답:2번",
      "답 : ２.",
      " 답：2\n확신:",
      "2",
      "답:\n2",
      "확신: 반반이다\n답: 2",
      "답: 2\n확신: 확신하지 않는다",
    ])
      assert.deepEqual(parseQuizAnswer(text, shown), { option: shown[1]?.id, confidence: "half" }, text);
    assert.equal(parseQuizAnswer("답: 1\n확신: 찍었다", shown)?.confidence, "guess");
    assert.equal(parseQuizAnswer("답: 1\n확신: 확신한다", shown)?.confidence, "sure");
    assert.deepEqual([typedNumber("답: 9\n확신: "), typedNumber("답: \n확신: 반반이다")], [9, undefined]);
    const report = quizReport(quiz, {
      ...EMPTY_PROGRESS,
      quiz: {
        pre: { a: { option: "B", confidence: "sure" } },
        post: { a: { option: "A", confidence: "half" }, b: { option: "B", confidence: "sure" } },
      },
    });
    assert.deepEqual(
      [report.pre, report.post, report.gain, report.surelyWrong],
      [0, 1, 0.5, [{ item: "b", misconception: "M1", lesson: "L04" }]],
    );
  });
});
