/** CopyIgnoredFile: COPY or ADD names a source that .dockerignore excludes. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const copyIgnoredFile: Rule<[command: string, file: string]> = {
  name: "CopyIgnoredFile",
  description: "Attempting to Copy file that is excluded by .dockerignore",
  url: "https://docs.docker.com/go/dockerfile/rule/copy-ignored-file/",
  experimental: false,
  format: (command, file) =>
    `Attempting to ${command} file ${goQuote(file)} that is excluded by .dockerignore`,
  why: {
    ko: "`.dockerignore`가 뺀 파일은 빌더에 보내지지 않습니다. 그 파일을 `COPY`하면 파일이 없다는 오류로 빌드가 멈춥니다.",
    en: "What `.dockerignore` excludes is not sent to the builder, so that the `COPY` fails because the file is not there.",
  },
  how: {
    ko: "`.dockerignore`의 그 줄을 지우거나 `!파일`로 되살리고, 아니면 `COPY`를 지우세요.",
    en: "Remove the line from `.dockerignore` or add `!file` below it; or remove the `COPY`.",
  },
};
