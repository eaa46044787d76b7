/** A RUN whose first commands are slow and always the same, and whose later ones use what changes at every build: cut in two. */

import { block, commandsOf, indexOf, isKeyword, mentions, render, runText, type Source } from "../source";
import type { Rewrite } from "../types";
import { isChanging } from "../weights";

export function splitRun(source: Source): Rewrite[] {
  return source.stages.flatMap((stage) => {
    for (const run of stage.nodes) {
      const line = commandsOf(run);
      if (!line || line.commands.length < 2) continue;
      const before = stage.nodes.slice(0, stage.nodes.indexOf(run));
      const args = before.filter((node) => isKeyword(node, "ARG") && node.args.length === 1);
      const changing = args.filter((node) => isChanging(node.args[0]!.split("=")[0]!));
      const used = changing.filter((node) =>
        mentions(line.commands.join("\n"), node.args[0]!.split("=")[0]!),
      );
      if (used.length === 0) continue;
      const names = used.map((node) => node.args[0]!.split("=")[0]!);
      const at = line.commands.findIndex((command) => names.some((name) => mentions(command, name)));
      // Other steps that use the argument hold it where it is.
      const isShared = stage.nodes.some(
        (node) =>
          node !== run &&
          !used.includes(node) &&
          names.some((name) => mentions(node.original, name)) &&
          before.includes(node),
      );
      if (at <= 0 || isShared) continue;
      const { blocks } = source;
      const to = indexOf(source, run);
      const moved = used.map((node) => blocks[indexOf(source, node)]!.text);
      const rest = blocks.filter(({ node }) => node === undefined || !used.includes(node));
      const place = rest.indexOf(blocks[to]!);
      return [
        {
          rule: "split-run",
          line: run.startLine,
          title: {
            ko: "RUN을 느리고 그대로인 앞부분과 빌드마다 바뀌는 뒷부분으로 나눕니다",
            en: "cut the RUN into a slow part that stays and a part that changes at every build",
          },
          why: {
            ko: `${names.join(", ")} 값이 바뀌어도 앞부분은 재사용합니다. ARG는 그것을 쓰는 RUN 바로 앞에 둡니다.`,
            en: `another value of ${names.join(", ")} reuses the first part; the ARG stands right before the RUN that uses it`,
          },
          dockerfile: render(source, [
            ...rest.slice(0, place),
            { ...blocks[to]!, text: runText(source, line.commands.slice(0, at), run.flags, line.prefix) },
            ...moved.map((text) => block(text)),
            block(runText(source, line.commands.slice(at), run.flags, line.prefix)),
            ...rest.slice(place + 1),
          ]),
          allows: {},
        },
      ];
    }
    return [];
  });
}
