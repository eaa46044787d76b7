/** The words of the CI report in both languages. */

import { humanSize } from "../units";
import type { Basis, CiFormat, CiPhase, CiStatus } from "./types";

export interface Sentences {
  readonly ko: string;
  readonly en: string;
}

export const BASIS: Readonly<Record<Basis, Sentences>> = {
  recorded: { ko: "기록", en: "recorded" },
  computed: { ko: "계산", en: "computed" },
  inferred: { ko: "추론", en: "inferred" },
};

export const PHASES: Readonly<Record<CiPhase, Sentences>> = {
  setup: { ko: "빌더 준비", en: "builder start" },
  context: { ko: "컨텍스트 보내기", en: "sending the context" },
  metadata: { ko: "이미지 정보 확인", en: "image metadata" },
  "cache-import": { ko: "캐시 가져오기", en: "cache import" },
  pull: { ko: "베이스 이미지 받기", en: "pulling base images" },
  steps: { ko: "단계 실행", en: "running steps" },
  attest: { ko: "증명 만들기", en: "attestations" },
  export: { ko: "이미지 만들기", en: "exporting the image" },
  load: { ko: "Docker로 옮기기", en: "loading into Docker" },
  push: { ko: "레지스트리에 올리기", en: "pushing" },
  "cache-export": { ko: "캐시 내보내기", en: "cache export" },
  other: { ko: "그 밖", en: "other" },
};

export const FORMATS: Readonly<Record<CiFormat, Sentences>> = {
  "buildx-plain": { ko: "BuildKit 로그(plain)", en: "BuildKit log (plain)" },
  "buildx-tty": { ko: "BuildKit 로그(터미널 화면)", en: "BuildKit log (terminal)" },
  rawjson: { ko: "BuildKit 로그(rawjson)", en: "BuildKit log (rawjson)" },
  classic: { ko: "옛 빌더의 로그", en: "log of the classic builder" },
  record: { ko: "빌드 기록(.dockerbuild)", en: "build record (.dockerbuild)" },
};

export const STATUSES: Readonly<Record<CiStatus, Sentences>> = {
  DONE: { ko: "실행", en: "ran" },
  CACHED: { ko: "재사용", en: "reused" },
  ERROR: { ko: "실패", en: "failed" },
  CANCELED: { ko: "취소", en: "cancelled" },
  unfinished: { ko: "끝나지 않음", en: "unfinished" },
};

/** `12.3초`, `4분 05초`. */
export function duration(ms: number): Sentences {
  const seconds = ms / 1000;
  if (seconds < 59.95) {
    const text = seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds));
    return { ko: `${text}초`, en: `${text} s` };
  }
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = String(rest).padStart(2, "0");
  return hours > 0
    ? { ko: `${hours}시간 ${minutes}분 ${two}초`, en: `${hours} h ${minutes} min ${two} s` }
    : { ko: `${minutes}분 ${two}초`, en: `${minutes} min ${two} s` };
}

/** `123MB`. */
export function size(bytes: number): string {
  return humanSize(bytes, 3);
}
