/** ConsistentInstructionCasing: an instruction is not in the case of most others. */

import type { Rule } from "./rule";

export const consistentInstructionCasing: Rule<[command: string, casing: string]> = {
  name: "ConsistentInstructionCasing",
  description: "All commands within the Dockerfile should use the same casing (either upper or lower)",
  url: "https://docs.docker.com/go/dockerfile/rule/consistent-instruction-casing/",
  experimental: false,
  format: (command, casing) =>
    `Command '${command}' should match the case of the command majority (${casing})`,
  why: {
    ko: "명령어의 대소문자가 섞여 있으면 파일을 훑어볼 때 명령과 인자가 구별되지 않습니다. 빌드 결과는 같습니다.",
    en: "Mixed upper and lower case makes instructions hard to tell from their arguments. The result of the build is the same.",
  },
  how: {
    ko: "명령어를 모두 대문자로(관례) 또는 모두 소문자로 맞추세요.",
    en: "Write all instructions in upper case (the custom), or all in lower case.",
  },
};
