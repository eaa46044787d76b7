/** DuplicateStageName: two stages have one name. */

import { goQuote } from "../go-text";
import type { Rule } from "./rule";

export const duplicateStageName: Rule<[stageName: string]> = {
  name: "DuplicateStageName",
  description: "Stage names should be unique",
  url: "https://docs.docker.com/go/dockerfile/rule/duplicate-stage-name/",
  experimental: false,
  format: (stageName) => `Duplicate stage name ${goQuote(stageName)}, stage names should be unique`,
  why: {
    ko: "이름이 같은 단계가 둘이면 `COPY --from`은 마지막 것을, `FROM`은 앞의 것을 고릅니다. 어느 단계를 쓰는지 알기 어렵습니다.",
    en: "Of two stages with one name `COPY --from` takes the last and `FROM` an earlier one, so that it is hard to say which is used.",
  },
  how: {
    ko: "단계마다 다른 이름을 붙이세요.",
    en: "Give every stage a name of its own.",
  },
};
