/** ReservedStageName: a stage is called scratch or context. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const reservedStageName: Rule<[stageName: string]> = {
  name: "ReservedStageName",
  description: "Reserved words should not be used as stage names",
  url: "https://docs.docker.com/go/dockerfile/rule/reserved-stage-name/",
  experimental: false,
  format: (stageName) => `Stage name should not use the same name as reserved stage ${goQuote(stageName)}`,
  why: {
    ko: "`scratch`(빈 이미지)와 `context`(빌드 컨텍스트)는 뜻이 정해진 이름입니다. 단계 이름으로 쓰면 그 뜻이 가려집니다.",
    en: "`scratch` (the empty image) and `context` (the build context) have a meaning already, which a stage of that name would hide.",
  },
  how: {
    ko: "단계에 다른 이름을 붙이세요.",
    en: "Give the stage another name.",
  },
};
