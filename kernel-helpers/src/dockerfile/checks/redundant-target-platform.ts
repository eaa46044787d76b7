/** RedundantTargetPlatform: --platform is what FROM does anyway. */

import type { Rule } from "./rule";

export const redundantTargetPlatform: Rule<[platform: string]> = {
  name: "RedundantTargetPlatform",
  description:
    "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
  url: "https://docs.docker.com/go/dockerfile/rule/redundant-target-platform/",
  experimental: false,
  format: (platform) =>
    `Setting platform to predefined ${platform} in FROM is redundant as this is the default behavior`,
  why: {
    ko: "`FROM`은 `--platform`이 없어도 대상 플랫폼의 이미지를 가져옵니다. 적어도 달라지는 것이 없습니다.",
    en: "`FROM` takes the image of the target platform anyway, so that the flag changes nothing.",
  },
  how: {
    ko: "`--platform=$TARGETPLATFORM`을 지우세요.",
    en: "Remove `--platform=$TARGETPLATFORM`.",
  },
};
