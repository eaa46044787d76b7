/** LegacyKeyValueFormat: ENV or LABEL without an equals sign. */

import type { Rule } from "./rule";

export const legacyKeyValueFormat: Rule<[instruction: string]> = {
  name: "LegacyKeyValueFormat",
  description: "Legacy key/value format with whitespace separator should not be used",
  url: "https://docs.docker.com/go/dockerfile/rule/legacy-key-value-format/",
  experimental: false,
  format: (instruction) =>
    `"${instruction} key=value" should be used instead of legacy "${instruction} key value" format`,
  why: {
    ko: "`ENV 이름 값` 형식은 줄 전체가 한 값이 되어, 두 변수를 적으려던 줄이 한 변수가 되기 쉽습니다.",
    en: "In the form `ENV name value` the whole rest of the line is one value, so that a line meant for two variables sets one.",
  },
  how: {
    ko: "`ENV 이름=값`으로 적고, 값에 빈칸이 있으면 따옴표로 묶으세요.",
    en: "Write `ENV name=value`, with quotes around a value that has spaces.",
  },
};
