/** JSONArgsRecommended: CMD or ENTRYPOINT in shell form without a SHELL above. */

import type { Rule } from "./rule";

export const jsonArgsRecommended: Rule<[instruction: string]> = {
  name: "JSONArgsRecommended",
  description:
    "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
  url: "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/",
  experimental: false,
  format: (instruction) =>
    `JSON arguments recommended for ${instruction} to prevent unintended behavior related to OS signals`,
  why: {
    ko: "셸 형식으로 적으면 `/bin/sh -c`가 1번 프로세스가 됩니다. `docker stop`의 종료 신호가 프로그램에 닿지 않아 10초 뒤 강제로 끝납니다.",
    en: "In shell form `/bin/sh -c` becomes process 1, so that the signal of `docker stop` does not reach the program and it is killed ten seconds later.",
  },
  how: {
    ko: '`CMD ["node", "server.js"]`처럼 JSON 배열로 적으세요. 셸이 꼭 필요하면 `SHELL`을 먼저 적어 뜻을 밝히세요.',
    en: 'Write a JSON array: `CMD ["node", "server.js"]`. If a shell is needed, say so with `SHELL` above.',
  },
};
