/** MultipleInstructionsDisallowed: a second CMD, ENTRYPOINT or HEALTHCHECK in a stage. */

import type { Rule } from "./rule";

export const multipleInstructionsDisallowed: Rule<[instruction: string]> = {
  name: "MultipleInstructionsDisallowed",
  description: "Multiple instructions of the same type should not be used in the same stage",
  url: "https://docs.docker.com/go/dockerfile/rule/multiple-instructions-disallowed/",
  experimental: false,
  format: (instruction) =>
    `Multiple ${instruction} instructions should not be used in the same stage because only the last one will be used`,
  why: {
    ko: "한 단계에서 `CMD`, `ENTRYPOINT`, `HEALTHCHECK`는 마지막 것만 남습니다. 앞의 것은 적혀 있어도 아무 일도 하지 않습니다.",
    en: "Of several `CMD`, `ENTRYPOINT` or `HEALTHCHECK` in a stage only the last counts. The earlier ones do nothing.",
  },
  how: {
    ko: "쓰지 않을 앞의 명령을 지우세요.",
    en: "Remove the earlier one.",
  },
};
