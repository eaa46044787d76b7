/** Files that one RUN makes and a later one removes: both in one RUN, so that no layer carries them. */

import type { Node } from "../../../dockerfile";
import { commandsOf, indexOf, isKeyword, render, runText, type Source } from "../source";
import type { Rewrite } from "../types";

export function removeInLayer(source: Source): Rewrite[] {
  return source.stages.flatMap((stage) => {
    const last = stage.nodes.findLast((node) => removed(node).length > 0 && commandsOf(node) !== undefined);
    if (!last) return [];
    const names = removed(last);
    const end = stage.nodes.indexOf(last);
    let start = end;
    for (let i = end - 1; i >= 0; i--) {
      const node = stage.nodes[i]!;
      if (!isKeyword(node, "RUN") || !commandsOf(node) || node.flags.join() !== last.flags.join()) break;
      if (commandsOf(node)!.commands.some((command) => names.some((name) => command.includes(name))))
        start = i;
    }
    const group = stage.nodes.slice(start, end + 1);
    if (group.length < 2) return [];
    const lines = group.map((node) => commandsOf(node)!);
    const { blocks } = source;
    const at = indexOf(source, group[0]!);
    return [
      {
        rule: "remove-in-layer",
        line: group[0]!.startLine,
        title: {
          ko: "만드는 명령과 지우는 명령을 RUN 하나로 합칩니다",
          en: "make and remove files in one RUN",
        },
        why: {
          ko: `뒤의 RUN에서 지운 것(${names.join(", ")})은 앞 층에 그대로 남습니다.`,
          en: `what a later RUN removes (${names.join(", ")}) stays in the layer before`,
        },
        dockerfile: render(source, [
          ...blocks.slice(0, at),
          {
            ...blocks[at]!,
            text: runText(
              source,
              lines.flatMap((line) => line.commands),
              last.flags,
              lines.find((line) => line.prefix !== "")?.prefix,
            ),
          },
          ...blocks.slice(at + group.length),
        ]),
        allows: {},
      },
    ];
  });
}

/** Paths that a RUN removes. */
function removed(node: Node): string[] {
  return (commandsOf(node)?.commands ?? [])
    .filter((command) => /^rm\b/.test(command))
    .flatMap((command) => command.split(/\s+/).slice(1))
    .filter((word) => !word.startsWith("-") && !/^\/var\/(lib|cache)\/apt/.test(word))
    .map((word) => word.replace(/[*].*$/, ""))
    .filter((word) => word.length > 2);
}
