/** FromAsCasing: `as` is not in the case of its FROM. */

import type { Rule } from "./rule";

export const fromAsCasing: Rule<[from: string, as: string]> = {
  name: "FromAsCasing",
  description: "The 'as' keyword should match the case of the 'from' keyword",
  url: "https://docs.docker.com/go/dockerfile/rule/from-as-casing/",
  experimental: false,
  format: (from, as) => `'${as}' and '${from}' keywords' casing do not match`,
  why: {
    ko: "`FROM`과 `as`의 대소문자가 다르면 한 줄 안에서 명령어와 이름을 눈으로 가려내기 어렵습니다.",
    en: "When `FROM` and `as` differ in case, keywords and names are hard to tell apart at a glance.",
  },
  how: {
    ko: "`FROM … AS`처럼 둘 다 대문자로, 또는 둘 다 소문자로 적으세요.",
    en: "Write both in upper case (`FROM … AS`) or both in lower case.",
  },
};
