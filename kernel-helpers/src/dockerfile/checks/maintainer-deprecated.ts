/** MaintainerDeprecated: MAINTAINER is used. */

import type { Rule } from "./rule";

export const maintainerDeprecated: Rule<[]> = {
  name: "MaintainerDeprecated",
  description: "The MAINTAINER instruction is deprecated, use a label instead to define an image author",
  url: "https://docs.docker.com/go/dockerfile/rule/maintainer-deprecated/",
  experimental: false,
  format: () => "Maintainer instruction is deprecated in favor of using label",
  why: {
    ko: "`MAINTAINER`는 낡은 명령입니다. 라벨로 적으면 `docker inspect`와 다른 도구가 같은 방법으로 읽을 수 있습니다.",
    en: "`MAINTAINER` is outdated. A label can be read by `docker inspect` and other tools in one and the same way.",
  },
  how: {
    ko: '`LABEL org.opencontainers.image.authors="이름 <메일>"`로 바꾸세요.',
    en: 'Write `LABEL org.opencontainers.image.authors="name <mail>"` instead.',
  },
};
