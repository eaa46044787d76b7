/** NoEmptyContinuation: an empty line inside an instruction that goes on. */

import type { Rule } from "./rule";

export const noEmptyContinuation: Rule<[]> = {
  name: "NoEmptyContinuation",
  description: "Empty continuation lines will become errors in a future release",
  url: "https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/",
  experimental: false,
  format: () => "Empty continuation line",
  why: {
    ko: "줄 끝의 `\\`는 다음 줄까지 한 명령이라는 뜻입니다. 그 사이에 빈 줄이 있으면 명령이 어디서 끝나는지 잘못 읽기 쉽고, 앞으로는 오류가 됩니다.",
    en: "A `\\` at the end of a line says that the instruction goes on. An empty line in between hides where it ends, and will be an error one day.",
  },
  how: {
    ko: "이어지는 줄 사이의 빈 줄을 지우거나 `#` 주석으로 바꾸세요.",
    en: "Remove the empty line inside the instruction, or make it a `#` comment.",
  },
};
