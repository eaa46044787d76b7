/** WorkdirRelativePath: the first WORKDIR is relative. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const workdirRelativePath: Rule<[path: string]> = {
  name: "WorkdirRelativePath",
  description:
    "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes",
  url: "https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/",
  experimental: false,
  format: (path) => `Relative workdir ${goQuote(path)} can have unexpected results if the base image changes`,
  why: {
    ko: "상대 경로는 베이스 이미지의 작업 디렉터리에 이어 붙습니다. 베이스가 바뀌면 같은 Dockerfile이 다른 자리에 파일을 놓습니다.",
    en: "A relative path is appended to the base image's working directory. With another base the same Dockerfile puts its files elsewhere.",
  },
  how: {
    ko: "`WORKDIR /app`처럼 `/`로 시작하는 경로를 적으세요.",
    en: "Write a path that begins with `/`: `WORKDIR /app`.",
  },
};
