/** ExposeInvalidFormat: EXPOSE has an IP address or a host port. */

import type { Rule } from "./rule";

export const exposeInvalidFormat: Rule<[port: string]> = {
  name: "ExposeInvalidFormat",
  description:
    "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release",
  url: "https://docs.docker.com/go/dockerfile/rule/expose-invalid-format/",
  experimental: false,
  format: (port) =>
    `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`,
  why: {
    ko: "`EXPOSE`는 컨테이너가 듣는 포트만 알립니다. 호스트 주소와 포트는 실행할 때 `docker run -p`로 정하며, 여기 적으면 무시되고 앞으로는 오류가 됩니다.",
    en: "`EXPOSE` names only the port inside the container. Host address and port belong to `docker run -p`; here they are ignored and will be an error.",
  },
  how: {
    ko: "`EXPOSE 8080:80` 대신 `EXPOSE 80`만 적으세요.",
    en: "Write `EXPOSE 80` instead of `EXPOSE 8080:80`.",
  },
};
