/** The words of all reports in Korean and English. What BuildKit itself prints is not here: it stays as it is. */

export type Locale = "ko" | "en";

const KO = {
  layerTable: "레이어 표",
  order: "순서",
  instruction: "명령",
  step: "단계",
  layer: "레이어",
  history: "이력",
  outcome: "결과",
  size: "크기",
  reason: "이유",
  yes: "○",
  no: "–",
  makesLayer: "만듦",
  makesNoLayer: "설정만",
  inHistory: "남음",
  notInHistory: "없음",
  notAStep: "단계 아님",
  line: (line: number) => `${line}번째 줄`,
  warning: "경고",
  error: "오류",
  explanation: "설명",
  log: "빌드 로그",
  assumed: "추정",
  assumedNote: "추정: 시뮬레이션하지 않는 단계의 결과에 기대고 있습니다. 실제 Docker에서는 다를 수 있습니다.",
  simulated: "시뮬레이션한 시간과 크기입니다.",
  legend: "기호",
  because: (step: string) => `원인은 ${step}`,
  firstCause: "첫 원인",
  firstSteps: (count: number) =>
    `◆ 처음 보는 단계 ${count}개를 실행했습니다. 결과를 저장했으니 다음 빌드에서 재사용할 수 있습니다.`,
  base: (layers: number) => `베이스 이미지의 층 ${layers}개`,
  ofBase: "베이스",
  baseLayers: (layers: number) => (layers === 0 ? "없음" : `베이스 ${layers}개`),
  image: "이미지",
  layers: (count: number) => `층 ${count}개`,
  noSteps: "이 Dockerfile에는 실행할 단계가 없습니다.",
  stage: (name: string) => `스테이지 ${name}`,
  summaryFirst: (ran: number) => `처음 빌드라서 단계 ${ran}개를 모두 실행했습니다.`,
  summaryAllCached: (hits: number) => `단계 ${hits}개를 모두 재사용했습니다. 다시 실행한 단계는 없습니다.`,
  summaryMixed: (hits: number, ran: number) => `단계 ${hits}개를 재사용하고 ${ran}개를 실행했습니다.`,
  summaryFailed: (step: string) => `${step}에서 빌드가 멈췄습니다.`,
  summaryError: "빌드를 시작하지 못했습니다.",
  summaryCheck: (warnings: number) =>
    warnings === 0 ? "빌드 점검에서 경고가 없습니다." : `빌드 점검에서 경고 ${warnings}개를 찾았습니다.`,
  verdict: {
    reused: "재사용",
    resolved: "확인",
    first: "처음",
    cause: "원인",
    "knock-on": "연쇄",
    "not-looked-up": "찾지 않음",
    failed: "실패",
    canceled: "취소",
    "not-run": "안 함",
    "not-a-step": "단계 아님",
    ran: "실행",
  },
  meaning: {
    reused: "저장된 결과를 가져옴",
    resolved: "베이스 이미지를 확인함",
    first: "이런 단계의 기록이 없어 실행함",
    cause: "자기 재료가 달라져 다시 실행함",
    "knock-on": "앞 단계가 바뀌어 다시 실행함",
    "not-looked-up": "캐시를 찾아보지 않고 실행함",
    failed: "실행하다 실패함",
    canceled: "다른 단계가 실패해 그만둠",
    "not-run": "실행하지 않음",
    "not-a-step": "설정만 바꿈",
    ran: "실행함",
  },
} as const;

type Words = {
  [K in keyof typeof KO]: (typeof KO)[K] extends string
    ? string
    : (typeof KO)[K] extends (...args: infer A) => string
      ? (...args: A) => string
      : { readonly [V in keyof (typeof KO)[K]]: string };
};

const EN: Words = {
  layerTable: "Layer table",
  order: "Order",
  instruction: "Instruction",
  step: "Step",
  layer: "Layer",
  history: "History",
  outcome: "Outcome",
  size: "Size",
  reason: "Reason",
  yes: "○",
  no: "–",
  makesLayer: "yes",
  makesNoLayer: "config only",
  inHistory: "yes",
  notInHistory: "no",
  notAStep: "no step",
  line: (line) => `line ${line}`,
  warning: "Warning",
  error: "Error",
  explanation: "Explanation",
  log: "Build log",
  assumed: "assumed",
  assumedNote: "assumed: rests on the outcome of a step that is not simulated; real Docker may differ.",
  simulated: "Times and sizes are simulated.",
  legend: "Signs",
  because: (step) => `caused by ${step}`,
  firstCause: "first cause",
  firstSteps: (count) =>
    `◆ ${count} step${count === 1 ? "" : "s"} not seen before ran; the results are stored for the next build.`,
  base: (layers) => `${layers} layer${layers === 1 ? "" : "s"} of the base image`,
  ofBase: "base",
  baseLayers: (layers) => (layers === 0 ? "none" : `base ${layers}`),
  image: "Image",
  layers: (count) => `${count} layer${count === 1 ? "" : "s"}`,
  noSteps: "This Dockerfile has no step to run.",
  stage: (name) => `stage ${name}`,
  summaryFirst: (ran) => `A first build: all ${ran} step${ran === 1 ? "" : "s"} ran.`,
  summaryAllCached: (hits) => `All ${hits} step${hits === 1 ? " was" : "s were"} reused; nothing ran again.`,
  summaryMixed: (hits, ran) => `${hits} step${hits === 1 ? "" : "s"} reused, ${ran} ran.`,
  summaryFailed: (step) => `The build stopped at ${step}.`,
  summaryError: "The build could not start.",
  summaryCheck: (warnings) =>
    warnings === 0
      ? "The build checks found nothing."
      : `The build checks found ${warnings} warning${warnings === 1 ? "" : "s"}.`,
  verdict: {
    reused: "reused",
    resolved: "resolved",
    first: "first",
    cause: "cause",
    "knock-on": "knock-on",
    "not-looked-up": "not looked up",
    failed: "failed",
    canceled: "cancelled",
    "not-run": "not run",
    "not-a-step": "no step",
    ran: "ran",
  },
  meaning: {
    reused: "a stored result was taken",
    resolved: "the base image was looked up",
    first: "ran: no record of such a step",
    cause: "ran again: its own ingredients differ",
    "knock-on": "ran again: an earlier step changed",
    "not-looked-up": "ran: the cache was not looked at",
    failed: "ran and failed",
    canceled: "stopped because another step failed",
    "not-run": "did not run",
    "not-a-step": "only changes the config",
    ran: "ran",
  },
};

/** The catalogue of *locale*. */
export function words(locale: Locale): Words {
  return locale === "ko" ? KO : EN;
}

export type VerdictKind = keyof (typeof KO)["verdict"];

/** The sign beside every verdict's word: never colour alone. */
export const SIGNS: Readonly<Record<VerdictKind, string>> = {
  reused: "●",
  resolved: "●",
  first: "◆",
  cause: "▲",
  "knock-on": "△",
  "not-looked-up": "◇",
  failed: "✕",
  canceled: "○",
  "not-run": "○",
  "not-a-step": "–",
  ran: "◆",
};
