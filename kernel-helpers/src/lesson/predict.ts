/** `%%predict`: reads a guess, and later holds it against what the build did. */

import type { BuildRecord, Step } from "../build/types";
import type { Prediction, Verdict } from "./exercise-types";
import { normalizeAnswer } from "./answers";
import { instructionText } from "./roles";

/** A guess as typed. */
export interface Guess {
  /** Id of the lesson's prediction, or undefined for a free one. */
  readonly prediction?: string;
  /** Verdicts in the order typed. */
  readonly steps: readonly { readonly step: string; readonly verdict: Verdict }[];
  /** Number of the chosen option, 1-based. */
  readonly option?: number;
}

/** A guess that could not be read: which line, and what is expected there. */
export interface GuessError {
  readonly line: number;
  readonly ko: string;
  readonly en: string;
}

/** One step's guess beside its outcome. */
export interface Comparison {
  readonly step: string;
  readonly guessed: Verdict | undefined;
  readonly actual: Verdict;
  readonly right: boolean | undefined;
  /** Feedback for the misconception behind a wrong guess. */
  readonly feedback?: string;
  readonly misconception?: string;
}

/**
 * Reads the body of a `%%predict` cell: lines `STEP: 재사용` / `STEP: 다시` (STEP is a number of `[n/m]`, or the beginning of the
 * instruction), or a single option number. Verdicts alone, one a line, go with the steps in their order. Lines that begin with `#` and
 * empty ones are passed over.
 */
export function parseGuess(prediction: Prediction | undefined, body: string): Guess | GuessError {
  const id = prediction === undefined ? {} : { prediction: prediction.id };
  const lines = body.split("\n");
  const steps: { step: string; verdict: Verdict }[] = [];
  const bare = verdictsAlone(lines);
  if (bare !== undefined && prediction?.options === undefined) return { ...id, steps: bare };
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    if (prediction?.options !== undefined) {
      const number = Number(/^\d+/.exec(line)?.[0] ?? Number.NaN);
      if (number >= 1 && number <= prediction.options.length) return { ...id, steps: [], option: number };
      const named = prediction.options.findIndex(
        (option) => normalizeAnswer(option.text) === normalizeAnswer(line),
      );
      if (named >= 0) return { ...id, steps: [], option: named + 1 };
      return {
        line: i + 1,
        ko: `보기의 번호를 1부터 ${prediction.options.length} 사이에서 하나 적어 주세요. 지금은 \`${line}\`입니다.`,
        en: `type the number of one option; got "${line}"`,
      };
    }
    const cut = line.lastIndexOf(":");
    const verdict = readVerdict(cut < 0 ? "" : line.slice(cut + 1));
    if (cut < 0 || line.slice(0, cut).trim() === "" || verdict === undefined) {
      return {
        line: i + 1,
        ko: `읽지 못한 줄: \`${line}\`. \`COPY: 재사용\`이나 \`RUN: 다시\`처럼 단계와 예측을 쌍점(:)으로 나누어 적어 주세요.`,
        en: `cannot read "${line}"; write "STEP: 재사용" or "STEP: 다시"`,
      };
    }
    steps.push({ step: line.slice(0, cut).trim(), verdict });
  }
  if (steps.length === 0)
    return {
      line: 1,
      ko:
        prediction?.options === undefined
          ? "예측이 비어 있습니다. `RUN: 다시`처럼 한 줄에 한 단계씩 적어 주세요. 틀려도 괜찮습니다."
          : `예측이 비어 있습니다. 보기의 번호를 1부터 ${prediction.options.length} 사이에서 하나 적어 주세요. 틀려도 괜찮습니다.`,
      en: "the prediction is empty; one step a line, or the number of an option",
    };
  return { ...id, steps };
}

/** Verdicts without names, by the place of their step: `#1` is the first step after FROM. Undefined when some line is more than a verdict. */
function verdictsAlone(lines: readonly string[]): { step: string; verdict: Verdict }[] | undefined {
  const words = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const verdicts = words.map(readVerdict);
  if (words.length === 0 || verdicts.includes(undefined)) return undefined;
  return verdicts.flatMap((verdict, i) => (verdict === undefined ? [] : [{ step: `#${i + 1}`, verdict }]));
}

/** Is this a refusal to read the guess? */
export function isGuessError(value: Guess | GuessError): value is GuessError {
  return "ko" in value;
}

function readVerdict(text: string): Verdict | undefined {
  const word = normalizeAnswer(text);
  return word === "재사용" ? "hit" : word === "다시실행" ? "miss" : undefined;
}

/** Said when the cell was run a second time, or others were passed over. */
const OTHER_BUILD =
  "이 빌드는 예측이 묻는 빌드가 아닙니다. 같은 셀을 다시 실행했거나 앞의 셀을 건너뛰었습니다. 차례로 실행했다면:";

/** Every step of the build but FROM (whose row says only that a manifest was looked up), with its guess where there is one. */
export function compareGuess(
  prediction: Prediction | undefined,
  guess: Guess,
  record: BuildRecord,
): readonly Comparison[] {
  let isOtherSaid = false;
  return record.steps
    .filter((step) => step.instruction !== "FROM")
    .map((step, place) => {
      const actual: Verdict = step.status === "CACHED" && !step.skipped ? "hit" : "miss";
      const text = instructionText(step);
      // The whole instruction before its beginning: `COPY a /` also begins `COPY a /b`.
      const own =
        guess.steps.find((entry) => entry.step === step.name || entry.step === text) ??
        guess.steps.find((entry) => entry.step === `#${place + 1}` || names(entry.step, step));
      const guessed = own?.verdict;
      const about = prediction?.feedback.filter((entry) => text.includes(entry.step)) ?? [];
      // Feedback belongs to wrong guesses: what it calls wrong and happened is not the build that the lesson asks about.
      const isOther = about.length > 0 && about.every((entry) => entry.guessed === actual);
      if (isOther && guessed !== undefined) {
        const lead = isOtherSaid ? "" : `${OTHER_BUILD} `;
        isOtherSaid = true;
        return { step: step.name, guessed, actual, right: undefined, feedback: lead + about[0]!.text };
      }
      const right = guessed === undefined ? undefined : guessed === actual;
      const note = right === false ? about.find((entry) => entry.guessed === guessed) : undefined;
      return {
        step: step.name,
        guessed,
        actual,
        right,
        ...(note === undefined
          ? {}
          : {
              feedback: note.text,
              ...(note.misconception === undefined ? {} : { misconception: note.misconception }),
            }),
      };
    });
}

/** Does what the learner typed name this step? `3`, `3/4`, `[3/4]`, `COPY`, `COPY . /app`, `npm install`. */
function names(typed: string, step: Step): boolean {
  const number = /^\[?\s*(\d+)(\s*\/\s*\d+)?\s*\]?$/.exec(typed);
  if (number) return new RegExp(`^\\[(\\S+ )*\\s*${number[1] ?? ""}/`).test(step.name);
  const plain = (text: string): string => text.toLowerCase().replace(/\s+/g, " ").trim();
  const text = plain(instructionText(step));
  const wanted = plain(typed.replace(/^\[[^\]]*\]\s*/, ""));
  return text.startsWith(wanted) || text.replace(/^\S+ /, "").startsWith(wanted);
}
