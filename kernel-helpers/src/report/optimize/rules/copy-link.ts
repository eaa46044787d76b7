/** `COPY --link`: the layer does not depend on what is below it, so that a newer base image does not copy again. */

import { copyOf, indexOf, isKeyword, render, type Source, withFlag } from "../source";
import type { Rewrite } from "../types";

export function copyLink(source: Source): Rewrite[] {
  const last = source.stages.at(-1);
  const copies = (last?.nodes ?? []).filter(
    (node) =>
      isKeyword(node, "COPY") &&
      (copyOf(node) !== undefined || node.flags.some((flag) => flag.startsWith("--from"))) &&
      !node.flags.some((flag) => flag.startsWith("--link")),
  );
  // A RUN behind a COPY depends on what is below all the same: only the last ones win.
  const lastRun = (last?.nodes ?? []).findLastIndex((node) => isKeyword(node, "RUN"));
  const gaining = copies.filter((node) => last!.nodes.indexOf(node) > lastRun);
  if (gaining.length === 0 || source.stages.length < 2) return [];
  const { blocks } = source;
  const at = new Set(gaining.map((node) => indexOf(source, node)));
  return [
    {
      rule: "copy-link",
      line: gaining[0]!.startLine,
      title: {
        ko: "마지막 COPY에 --link를 붙입니다",
        en: "add --link to the last COPY instructions",
      },
      why: {
        ko: "아래 층이나 베이스 이미지가 바뀌어도 이 층은 그대로 재사용합니다. 복사할 곳까지의 길에 심볼릭 링크가 없어야 합니다.",
        en: "the layer is reused when layers below it or the base image change; no symbolic link may lie on the way to the destination",
      },
      dockerfile: render(
        source,
        blocks.map((one, i) => (at.has(i) ? { ...one, text: withFlag(one.node!, one.text, "--link") } : one)),
      ),
      allows: {},
    },
  ];
}
