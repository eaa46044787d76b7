/** FromPlatformFlagConstDisallowed: --platform has a constant value. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const fromPlatformFlagConstDisallowed: Rule<[platform: string]> = {
  name: "FromPlatformFlagConstDisallowed",
  description: "FROM --platform flag should not use a constant value",
  url: "https://docs.docker.com/go/dockerfile/rule/from-platform-flag-const-disallowed/",
  experimental: false,
  format: (platform) => `FROM --platform flag should not use constant value ${goQuote(platform)}`,
  why: {
    ko: "`--platform`에 고정된 값을 적으면 다른 플랫폼으로 빌드해도 그 단계만 바뀌지 않아, 이미지 안에 두 플랫폼이 섞입니다.",
    en: "With a constant `--platform` the stage stays on that platform in a build for another one, which mixes two in one image.",
  },
  how: {
    ko: "`--platform`을 지우거나 `$BUILDPLATFORM` 같은 변수를 쓰세요. 고정이 목적이면 단계 이름에 그 플랫폼을 넣으세요.",
    en: "Remove the flag or use a variable such as `$BUILDPLATFORM`. If it must be constant, name the stage after the platform.",
  },
};
