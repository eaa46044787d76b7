/** Guesses as beginners type them: verdicts alone, commands without RUN, nothing at all. */
import assert from "node:assert/strict";
import type { BuildRecord } from "../../kernel-helpers/src/build/types";
import { compareGuess, isGuessError, parseGuess } from "../../kernel-helpers/src/lesson";

describe("guesses of beginners", () => {
  it("takes verdicts alone in the order of the steps, and a command without its RUN", () => {
    const step = (name: string, status: string) => ({ name, status, instruction: name.split(" ")[1] });
    const record = {
      steps: [
        step("[1/3] FROM debian", "DONE"),
        step("[2/3] RUN apt-get update", "CACHED"),
        step("[3/3] RUN date > /built-at", "DONE"),
      ],
    } as unknown as BuildRecord;
    for (const body of ["재사용\n다시 실행", "# 순서대로\n●\n△", "date: 다시\napt-get update: 재사용"]) {
      const guess = parseGuess(undefined, body);
      assert.ok(!isGuessError(guess), body);
      assert.deepEqual(
        compareGuess(undefined, guess, record).map((row) => [row.guessed, row.right]),
        [
          ["hit", true],
          ["miss", true],
        ],
        body,
      );
    }
  });

  it("does not judge by a build that is not the one asked about", () => {
    const record = {
      steps: ["[1/3] FROM node", "[2/3] WORKDIR /app", "[3/3] RUN npm ci"].map((name) => ({
        name,
        status: "CACHED",
        instruction: name.split(" ")[1],
      })),
    } as unknown as BuildRecord;
    const prediction = {
      id: "L09-P1",
      question: "",
      feedback: [{ step: "RUN npm ci", guessed: "hit" as const, text: "환경에 들어갑니다." }],
    };
    for (const [body, right] of [
      ["WORKDIR: 재사용\nRUN: 재사용", undefined],
      ["WORKDIR: 재사용\nRUN: 다시", undefined],
    ] as const) {
      const guess = parseGuess(prediction, body);
      assert.ok(!isGuessError(guess));
      const [workdir, run] = compareGuess(prediction, guess, record);
      assert.equal(workdir?.right, true);
      assert.equal(run?.right, right);
      assert.match(run?.feedback ?? "", /예측이 묻는 빌드가 아닙니다.*환경에 들어갑니다\.$/);
    }
  });

  it("asks for what the prediction asks for", () => {
    const option = (text: string, correct: boolean) => ({ text, correct, feedback: "" });
    const choice = {
      id: "L01-P1",
      question: "",
      feedback: [],
      options: [option("4", true), option("6", false)],
    };
    const nothing = parseGuess(choice, "");
    assert.ok(isGuessError(nothing) && /번호/.test(nothing.ko) && !/단계/.test(nothing.ko));
    const steps = parseGuess(undefined, "");
    assert.ok(isGuessError(steps) && /RUN: 다시/.test(steps.ko));
  });
});
