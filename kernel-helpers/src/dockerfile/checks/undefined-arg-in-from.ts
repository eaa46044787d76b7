/** UndefinedArgInFrom: FROM uses a variable that no global ARG declares. */

import type { Rule } from "./rule";

export const undefinedArgInFrom: Rule<[name: string, near: string]> = {
  name: "UndefinedArgInFrom",
  description: "FROM command must use declared ARGs",
  url: "https://docs.docker.com/go/dockerfile/rule/undefined-arg-in-from/",
  experimental: false,
  format: (name, near) =>
    `FROM argument '${name}' is not declared${near === "" ? "" : ` (did you mean ${near}?)`}`,
  why: {
    ko: "`FROM`은 첫 `FROM` 앞에서 `ARG`로 선언한 변수와 미리 정해진 플랫폼 변수만 볼 수 있습니다. 선언하지 않은 변수는 빈 글이 됩니다.",
    en: "`FROM` sees only variables that an `ARG` before the first `FROM` declares, and the predefined platform ones. Others are empty.",
  },
  how: {
    ko: "첫 `FROM` 위에 `ARG 이름=기본값`을 적거나 변수 이름을 바로잡으세요.",
    en: "Declare it with `ARG name=default` above the first `FROM`, or correct the name.",
  },
};
