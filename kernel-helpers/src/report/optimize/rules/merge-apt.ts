/** apt-get update, install and the removal of the lists in one RUN. */

import type { Node } from "../../../dockerfile";
import { commandsOf, indexOf, isKeyword, render, runText, type Source } from "../source";
import type { Rewrite } from "../types";

const CLEAN = "rm -rf /var/lib/apt/lists/*";

export function mergeApt(source: Source): Rewrite[] {
  return source.stages.flatMap((stage) => {
    for (const [i, first] of stage.nodes.entries()) {
      if (!isApt(first)) continue;
      const group = [first];
      for (const next of stage.nodes.slice(i + 1)) {
        if (
          !isKeyword(next, "RUN") ||
          !(isApt(next) || isClean(next)) ||
          next.flags.join() !== first.flags.join()
        )
          break;
        group.push(next);
      }
      const lines = group.map((node) => commandsOf(node)!);
      const commands = lines.flatMap((line) => line.commands);
      const installs = commands.some((command) => /\b(install|upgrade)\b/.test(command));
      const updates = commands.some((command) => /\bupdate\b/.test(command));
      const isClean1 = commands.some((command) => command.startsWith("rm -rf /var/lib/apt/lists"));
      const isMounted = first.flags.some((flag) => flag.startsWith("--mount=type=cache"));
      if (!installs || !updates || isMounted || (group.length === 1 && isClean1)) continue;
      const all = isClean1 ? commands : [...commands, CLEAN];
      const { blocks } = source;
      const at = indexOf(source, first);
      return [
        {
          rule: "merge-apt",
          line: first.startLine,
          title:
            group.length > 1
              ? {
                  ko: "apt-get update, install, 목록 지우기를 RUN 하나로 합칩니다",
                  en: "apt-get update, install and the removal of the lists in one RUN",
                }
              : {
                  ko: "설치한 RUN에서 apt 목록을 지웁니다",
                  en: "remove the apt lists in the RUN that installs",
                },
          why: {
            ko: "따로 둔 update는 오래된 목록을 계속 재사용하고, 목록은 지워도 앞 층에 남습니다.",
            en: "an update of its own is reused with old lists, and lists removed later stay in the layer before",
          },
          dockerfile: render(source, [
            ...blocks.slice(0, at),
            { ...blocks[at]!, text: runText(source, all, first.flags, lines[0]!.prefix) },
            ...blocks.slice(at + 1).filter(({ node }) => !node || !group.includes(node)),
          ]),
          allows: { gone: ["^/var/lib/apt/lists/.", "^/var/cache/apt/."] },
        },
      ];
    }
    return [];
  });
}

function isApt(node: Node): boolean {
  const line = commandsOf(node);
  return (
    line !== undefined &&
    line.commands.some((command) => /^(DEBIAN_FRONTEND=\S+ )?(apt-get|apt) /.test(command)) &&
    line.commands.every((command) =>
      /^(DEBIAN_FRONTEND=\S+ )?(apt-get|apt) |^rm -rf \/var\/(lib|cache)\/apt/.test(command),
    )
  );
}

function isClean(node: Node): boolean {
  return (
    commandsOf(node)?.commands.every((command) => /^rm -rf \/var\/(lib|cache)\/apt/.test(command)) ?? false
  );
}
