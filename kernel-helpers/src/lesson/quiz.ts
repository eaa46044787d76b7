/** The concept inventory (content/quiz.json): asking, marking, and the gain between the two rounds. */

import type { Progress, QuizAnswer } from "./progress";

export interface QuizOption {
  readonly id: string;
  readonly text_ko: string;
  readonly correct: boolean;
  readonly misconception?: string;
  readonly feedback_ko: string;
}

export interface QuizItem {
  readonly id: string;
  readonly lessons: readonly string[];
  readonly concept: string;
  readonly stem_ko: string;
  readonly dockerfile?: string;
  readonly change_ko?: string;
  readonly options: readonly QuizOption[];
  readonly explanation_ko: string;
}

export interface Quiz {
  readonly title: string;
  readonly misconceptions_ko: Readonly<Record<string, string>>;
  readonly items: readonly QuizItem[];
}

/** Before the course, and after it. */
export type QuizRound = "pre" | "post";

/** Orders the options in the notebooks, which everybody shares. */
export const QUIZ_SEED = "layerbook";

/** Reads content/quiz.json; throws SyntaxError for what is not JSON. */
export function parseQuiz(text: string): Quiz {
  return JSON.parse(text) as Quiz;
}

/** The options of *item* in the order of *round*: fixed for a learner's *seed*, different between rounds. */
export function shuffledOptions(item: QuizItem, round: "pre" | "post", seed: string): readonly QuizOption[] {
  const weight = (option: QuizOption): number => hash(`${seed}/${round}/${item.id}/${option.id}`);
  return [...item.options].sort((a, b) => weight(a) - weight(b) || (a.id < b.id ? -1 : 1));
}

/**
 * Reads one answer: `답: 2` (or the number alone, `2번`) is an option's number as shown, 1-based; `확신: 찍었다` (or the word alone) is one of
 * 찍었다 / 반반이다 / 확신한다, default 반반이다. Undefined without exactly one number of an option: nothing, several, `-1`, `2.5`, a word.
 */
export function parseQuizAnswer(text: string, shown: readonly QuizOption[]): QuizAnswer | undefined {
  const option = shown[(typedNumber(text) ?? 0) - 1];
  if (option === undefined) return undefined;
  return { option: option.id, confidence: confidenceOf(labelled(text, "확신") || withoutLabels(text)) };
}

/** The one whole number that *text* answers with, whether there is such an option or not; undefined for none, several, or a fraction. */
export function typedNumber(text: string): number | undefined {
  const answer = (labelled(text, "답") || withoutLabels(text)).normalize("NFKC");
  const [number = "", ...others] = new Set(answer.match(/[-+]?\d[\d.,]*/g));
  return others.length === 0 && /^[-+]?\d+[.,]?$/.test(number) ? Number.parseInt(number, 10) : undefined;
}

/** What stands behind `label:` on its line. */
function labelled(text: string, label: string): string | undefined {
  return new RegExp(`^[^\\S\\n]*${label}[^\\S\\n]*[:：](.*)$`, "mu").exec(text)?.[1]?.trim();
}

function withoutLabels(text: string): string {
  return text.replace(/^[^\S\n]*(답|확신)[^\S\n]*[:：].*$/gmu, "");
}

/** `확신하지 않는다` and `확신 없음` are no certainty. */
function confidenceOf(text: string): QuizAnswer["confidence"] {
  if (/찍/.test(text)) return "guess";
  return /확신/.test(text) && !/확신\s*(?:하지|이?\s*없|은\s*없|안|못)|(?:안|못)\s*확신/.test(text)
    ? "sure"
    : "half";
}

/** Score, gain and what was surely wrong. */
export interface QuizReport {
  readonly pre?: number;
  readonly post?: number;
  /** (post − pre) / (items − pre); undefined unless both rounds were taken and something was left to gain. */
  readonly gain?: number;
  /** 확신했지만 틀린 것 of the latest round, with the lesson to go back to. */
  readonly surelyWrong: readonly {
    readonly item: string;
    readonly misconception?: string;
    readonly lesson: string;
  }[];
}

/** Marks what *progress* holds. */
export function quizReport(quiz: Quiz, progress: Progress): QuizReport {
  const score = (round: "pre" | "post"): number | undefined => {
    const answers = progress.quiz[round];
    return answers === undefined
      ? undefined
      : quiz.items.filter((item) => chosen(item, answers)?.correct === true).length;
  };
  const pre = score("pre");
  const post = score("post");
  const latest = progress.quiz.post ?? progress.quiz.pre ?? {};
  const surelyWrong = quiz.items.flatMap((item) => {
    const option = chosen(item, latest);
    if (option === undefined || option.correct || latest[item.id]?.confidence !== "sure") return [];
    return [
      {
        item: item.id,
        ...(option.misconception === undefined ? {} : { misconception: option.misconception }),
        lesson: item.lessons[0] ?? "",
      },
    ];
  });
  return {
    ...(pre === undefined ? {} : { pre }),
    ...(post === undefined ? {} : { post }),
    ...(pre !== undefined && post !== undefined && pre < quiz.items.length
      ? { gain: (post - pre) / (quiz.items.length - pre) }
      : {}),
    surelyWrong,
  };
}

function chosen(item: QuizItem, answers: Readonly<Record<string, QuizAnswer>>): QuizOption | undefined {
  const id = answers[item.id]?.option;
  return item.options.find((option) => option.id === id);
}

/** FNV-1a, 32 bit: only to shuffle, never to identify. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
