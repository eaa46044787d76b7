/** ExposeProtoCasing: a protocol in EXPOSE has upper-case letters. */

import type { Rule } from "./rule";

export const exposeProtoCasing: Rule<[port: string]> = {
  name: "ExposeProtoCasing",
  description: "Protocol in EXPOSE instruction should be lowercase",
  url: "https://docs.docker.com/go/dockerfile/rule/expose-proto-casing/",
  experimental: false,
  format: (port) => `Defined protocol '${port}' in EXPOSE instruction should be lowercase`,
  why: {
    ko: "프로토콜은 소문자 `tcp`, `udp`, `sctp`로 저장됩니다. 대문자로 적으면 파일과 이미지의 설정이 다르게 보입니다.",
    en: "The protocol is stored as `tcp`, `udp` or `sctp`. Upper case makes the file differ from the config of the image.",
  },
  how: {
    ko: "`EXPOSE 80/tcp`처럼 소문자로 적으세요.",
    en: "Write it in lower case: `EXPOSE 80/tcp`.",
  },
};
