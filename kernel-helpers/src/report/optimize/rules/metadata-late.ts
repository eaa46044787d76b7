/** ARG and ENV that change at every build, moved to just before the first instruction that uses them. */

import type { Node } from "../../../dockerfile";
import { installerOf, isContextFree } from "../installers";
import {
  commandsOf,
  indexOf,
  isKeyword,
  isMetadata,
  mentions,
  render,
  type Source,
  type Stage,
} from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";
import { isChanging } from "../weights";

export function metadataLate(source: Source): (Rewrite | Refusal)[] {
  return source.stages.flatMap((stage) => {
    const moved = new Set<Node>();
    return stage.nodes.flatMap((node) => {
      const names = namesOf(node);
      if (moved.has(node) || names.length === 0 || !names.every(isChanging)) return [];
      const group = groupOf(stage, node);
      for (const one of group) moved.add(one);
      return move(source, stage, group);
    });
  });
}

/** *first* and the metadata behind it that is made of it: `ENV APP_VERSION=$GIT_SHA`. */
function groupOf(stage: Stage, first: Node): Node[] {
  const group = [first];
  const names = [...namesOf(first)];
  for (const node of stage.nodes.slice(stage.nodes.indexOf(first) + 1)) {
    if (!names.some((name) => mentions(node.original, name))) continue;
    if (!isKeyword(node, "ARG", "ENV", "LABEL")) break;
    group.push(node);
    names.push(...namesOf(node));
  }
  return group;
}

/** Names that an ARG or ENV sets; none for one that uses another variable. */
function namesOf(node: Node): string[] {
  if (isKeyword(node, "ARG")) return node.args.map((arg) => arg.split("=")[0]!);
  if (isKeyword(node, "ENV")) return node.args.filter((_arg, i) => i % 3 === 0);
  return [];
}

function move(source: Source, stage: Stage, group: readonly Node[]): (Rewrite | Refusal)[] {
  const node = group[0]!;
  const names = group.flatMap(namesOf);
  const after = stage.nodes.slice(stage.nodes.indexOf(node) + 1).filter((one) => !group.includes(one));
  const uses = after.findIndex(
    (one) => names.some((name) => mentions(one.original, name)) || redefines(one, names),
  );
  const free = after.slice(0, uses < 0 ? after.length : uses);
  const keyword = node.keyword.toUpperCase();
  const title: Bilingual = {
    ko: `빌드마다 바뀌는 ${keyword} ${names.join(", ")} 줄을 쓰는 곳 앞으로 옮깁니다`,
    en: `move ${keyword} ${names.join(", ")}, which changes at every build, to where it is used`,
  };
  const about = { rule: "metadata-late", line: node.startLine, title } as const;
  // Only a RUN has the variable in its key; before none there is nothing to gain.
  if (!free.some((one) => isKeyword(one, "RUN"))) return [];
  const reader = free.find((one) => isKeyword(one, "RUN") && !isKnown(one));
  const passed = reader ? free.slice(0, free.indexOf(reader)) : free;
  const place = passed.at(-1);
  if (!place || !passed.some((one) => isKeyword(one, "RUN"))) {
    return reader
      ? [
          {
            ...about,
            because: {
              ko: `${reader.startLine}번째 줄의 명령이 환경에서 이 값을 읽을 수 있습니다.`,
              en: `the command of line ${reader.startLine} may read it from its environment`,
            },
          },
        ]
      : [];
  }
  const { blocks } = source;
  const own = group.map((one) => blocks[indexOf(source, one)]!);
  const rest = blocks.filter((one) => !own.includes(one));
  const at = rest.findIndex((one) => one.node === place) + 1;
  return [
    {
      ...about,
      why: {
        ko: "그 앞의 RUN은 이 값이 바뀌어도 재사용합니다. RUN의 키에는 그때 정해진 ARG와 ENV가 모두 들어갑니다.",
        en: "RUNs before it are then reused when the value changes: every ARG and ENV in force is part of a RUN's key",
      },
      dockerfile: render(source, [...rest.slice(0, at), ...own, ...rest.slice(at)]),
      allows: {},
    },
  ];
}

function redefines(node: Node, names: readonly string[]): boolean {
  return namesOf(node).some((name) => names.includes(name));
}

/** Runs only commands of which it is known that they do not ask for such a variable. */
function isKnown(node: Node): boolean {
  const line = commandsOf(node);
  return (
    isMetadata(node) ||
    (line?.commands.every(
      (command) =>
        isContextFree(command) ||
        /^(mkdir|rm|cp|mv|ln|chmod|chown|touch|echo|cat|install|sed)\b/.test(command) ||
        (installerOf(command) !== undefined && installerOf(command)!.readsMore === undefined) ||
        /^(npm (ci|i|install)|yarn( install)?|pnpm (i|install)|go mod download|pip3? install|bundle install)\b/.test(
          command,
        ),
    ) ??
      false)
  );
}
