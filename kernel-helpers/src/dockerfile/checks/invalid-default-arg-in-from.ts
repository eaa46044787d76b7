/** InvalidDefaultArgInFrom: without build arguments the base image has no valid name. */

import type { Rule } from "./rule";

export const invalidDefaultArgInFrom: Rule<[baseName: string]> = {
  name: "InvalidDefaultArgInFrom",
  description: "Default value for global ARG results in an empty or invalid base image name",
  url: "https://docs.docker.com/go/dockerfile/rule/invalid-default-arg-in-from/",
  experimental: false,
  format: (baseName) => `Default value for ARG ${baseName} results in empty or invalid base image name`,
  why: {
    ko: "`ARG`의 기본값만으로는 베이스 이미지 이름이 비거나 잘못됩니다. `--build-arg` 없이 빌드하는 사람은 실패합니다.",
    en: "With the defaults of `ARG` alone the base image has no valid name, so that a build without `--build-arg` fails.",
  },
  how: {
    ko: "첫 `FROM` 위의 `ARG`에 쓸 수 있는 기본값을 주세요: `ARG TAG=3.20`.",
    en: "Give the `ARG` above the first `FROM` a default that works: `ARG TAG=3.20`.",
  },
};
