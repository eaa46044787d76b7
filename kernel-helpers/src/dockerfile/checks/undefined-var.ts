/** UndefinedVar: an expanded argument uses a variable that is not defined. */

import type { Rule } from "./rule";

export const undefinedVar: Rule<[name: string, near: string]> = {
  name: "UndefinedVar",
  description: "Variables should be defined before their use",
  url: "https://docs.docker.com/go/dockerfile/rule/undefined-var/",
  experimental: false,
  format: (name, near) =>
    `Usage of undefined variable '$${name}'${near === "" ? "" : ` (did you mean $${near}?)`}`,
  why: {
    ko: "정의되지 않은 변수는 오류 없이 빈 글이 됩니다. 이름을 잘못 적어도 빌드는 성공하고 엉뚱한 경로나 값이 만들어집니다.",
    en: "A variable that is not defined becomes an empty text without an error, so that a typing mistake builds something else.",
  },
  how: {
    ko: "쓰기 전에 `ARG`나 `ENV`로 정의하거나 변수 이름을 바로잡으세요. `$` 글자 자체라면 `\\$`로 적으세요.",
    en: "Define it with `ARG` or `ENV` before it is used, or correct the name. For the character itself write `\\$`.",
  },
};
