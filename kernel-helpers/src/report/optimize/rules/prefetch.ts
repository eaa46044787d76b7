/** Dependencies fetched before the sources are there, for builds that read both (mvn package, go build, cargo build, poetry install …). */

import { indexOf, isKeyword, render, runText, type Source } from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";
import { type LateInstall, lateInstalls, movedUp } from "./manifests-first";

const TITLE: Bilingual = {
  ko: "의존성만 먼저 내려받고, 소스를 복사한 다음 빌드합니다",
  en: "fetch the dependencies first, then copy the sources and build",
};

export function prefetch(source: Source): (Rewrite | Refusal)[] {
  return lateInstalls(source).flatMap((late): (Rewrite | Refusal)[] => {
    const { installer, command, run, copy, manifests } = late;
    const fetch = installer.prefetch?.(source, command);
    if (fetch === undefined || isFetched(late)) return [];
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

/** Has the stage run the tool before the sources came (cargo chef, a build of an empty main, go mod download)? */
function isFetched({ stage, copy, command }: LateInstall): boolean {
  const tool = /(?:^|\s)(?:\.\/)?(mvn|gradle|cargo|go|poetry|uv|composer)w?\b/.exec(command)?.[1];
  if (tool === undefined) return false;
  return stage.nodes
    .slice(0, stage.nodes.indexOf(copy))
    .some(
      (node) => isKeyword(node, "RUN") && new RegExp(`(^|[\\s/])${tool}w? (?!--version)`).test(node.original),
    );
}
