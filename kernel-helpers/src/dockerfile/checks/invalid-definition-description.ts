/** InvalidDefinitionDescription: the comment above does not begin with the name. */

import type { Rule } from "./rule";

export const invalidDefinitionDescription: Rule<[instruction: string, name: string]> = {
  name: "InvalidDefinitionDescription",
  description:
    "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
  url: "https://docs.docker.com/go/dockerfile/rule/invalid-definition-description/",
  experimental: true,
  format: (instruction, name) =>
    `Comment for ${instruction} should follow the format: \`# ${name} <description>\``,
  why: {
    ko: "단계와 `ARG` 바로 위의 주석은 `docker build --call=outline`이 설명으로 보여 줍니다. 이름으로 시작하지 않으면 설명으로 쓰이지 않습니다.",
    en: "The comment right above a stage or an `ARG` is its description in `docker build --call=outline`, if it begins with the name.",
  },
  how: {
    ko: "주석을 `# 이름 설명` 꼴로 적거나, 설명이 아니라면 사이에 빈 주석 `#` 한 줄을 두세요.",
    en: "Write it as `# name description`, or put a lone `#` between if it is no description.",
  },
};
