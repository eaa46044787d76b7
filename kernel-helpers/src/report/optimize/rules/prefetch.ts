/** Dependencies fetched before the sources are there, for builds that read both (mvn package, go build, cargo build, poetry install …). */

import { indexOf, render, runText, type Source } from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";
import { lateInstalls, movedUp } from "./manifests-first";

const TITLE: Bilingual = {
  ko: "의존성만 먼저 내려받고, 소스를 복사한 다음 빌드합니다",
  en: "fetch the dependencies first, then copy the sources and build",
};

export function prefetch(source: Source): (Rewrite | Refusal)[] {
  return lateInstalls(source).flatMap((late): (Rewrite | Refusal)[] => {
    const { installer, command, run, copy, manifests } = late;
    const fetch = installer.prefetch?.(source, command);
    if (fetch === undefined) return [];
    const about = { rule: "prefetch", line: copy.startLine, title: TITLE } as const;
    const text = source.blocks[indexOf(source, run)]!.text;
    const moved = movedUp(source, late, { early: runText(source, [fetch], run.flags), late: text });
    if ("because" in moved) return [{ ...about, because: moved.because }];
    const files = [...manifests.own, ...manifests.nested].join(", ");
    return [
      {
        ...about,
        why: {
          ko: `${files}만으로 내려받기(${fetch})를 먼저 합니다. 소스만 고치면 내려받은 것을 재사용합니다.`,
          en: `${fetch} needs only ${files}: an edit of a source reuses what was fetched`,
        },
        dockerfile: render(source, moved.blocks),
        allows: {},
      },
    ];
  });
}
