/** SecretsUsedInArgOrEnv: a name of ARG or ENV looks like a secret. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const secretsUsedInArgOrEnv: Rule<[instruction: string, name: string]> = {
  name: "SecretsUsedInArgOrEnv",
  description: "Sensitive data should not be used in the ARG or ENV commands",
  url: "https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/",
  experimental: false,
  format: (instruction, name) =>
    `Do not use ARG or ENV instructions for sensitive data (${instruction} ${goQuote(name)})`,
  why: {
    ko: "`ARG`와 `ENV`의 값은 이미지의 기록과 설정에 남아, 이미지를 받은 누구나 `docker history`와 `docker inspect`로 볼 수 있습니다.",
    en: "Values of `ARG` and `ENV` stay in the image's history and config, where everybody who has the image can read them.",
  },
  how: {
    ko: "비밀은 `RUN --mount=type=secret,id=…`로 그 명령에서만 읽으세요.",
    en: "Read secrets in the one command that needs them: `RUN --mount=type=secret,id=…`.",
  },
};
