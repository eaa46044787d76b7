/** StageNameCasing: a name behind AS has upper-case letters. */

import type { Rule } from "./rule";

export const stageNameCasing: Rule<[stageName: string]> = {
  name: "StageNameCasing",
  description: "Stage names should be lowercase",
  url: "https://docs.docker.com/go/dockerfile/rule/stage-name-casing/",
  experimental: false,
  format: (stageName) => `Stage name '${stageName}' should be lowercase`,
  why: {
    ko: "단계 이름은 소문자로 바뀌어 저장됩니다. 대문자로 적어 두면 `FROM Builder`처럼 그대로 적은 곳에서 단계가 아니라 이미지 이름으로 읽혀 헷갈립니다.",
    en: "Stage names are stored in lower case. Written in upper case, the same spelling in a later `FROM` is taken for an image instead of the stage.",
  },
  how: {
    ko: "`AS` 뒤의 이름을 모두 소문자로 적으세요.",
    en: "Write the name behind `AS` in lower case.",
  },
};
