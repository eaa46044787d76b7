/** Installs that no file of the context has a say in, moved before the sources. */

import { isContextFree } from "../installers";
import {
  type Block,
  commandsOf,
  copyOf,
  indexOf,
  isKeyword,
  mentions,
  render,
  runText,
  type Source,
  userAt,
} from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";

const TITLE: Bilingual = {
  ko: "소스와 상관없는 설치를 소스 복사보다 앞에 둡니다",
  en: "install what has nothing to do with the sources before they are copied",
};

export function systemFirst(source: Source): (Rewrite | Refusal)[] {
  return source.stages.flatMap((stage): (Rewrite | Refusal)[] => {
    const copy = stage.nodes.find((node) => copyOf(node) !== undefined);
    if (!copy) return [];
    const after = stage.nodes.slice(stage.nodes.indexOf(copy) + 1);
    for (const run of after) {
      if (!isKeyword(run, "RUN")) continue;
      const line = commandsOf(run);
      if (!line || run.flags.some((flag) => flag.startsWith("--mount=type=bind"))) continue;
      const count = line.commands.findIndex((command) => !isContextFree(command));
      const early = line.commands.slice(0, count < 0 ? line.commands.length : count);
      if (early.length === 0 || early.every((command) => /^rm /.test(command))) continue;
      const about = { rule: "system-first", line: run.startLine, title: TITLE } as const;
      const between = after.slice(0, after.indexOf(run));
      const variable = between
        .filter((node) => isKeyword(node, "ARG", "ENV"))
        .flatMap((node) => node.args.map((arg) => arg.split("=")[0]!))
        .find((name) => /^\w+$/.test(name) && early.some((command) => mentions(command, name)));
      if (variable !== undefined) {
        return [
          {
            ...about,
            because: {
              ko: `뒤에서 정하는 변수를 씁니다: ${variable}`,
              en: `it uses a variable that is set later: ${variable}`,
            },
          },
        ];
      }
      if (userAt(stage, run) !== userAt(stage, copy)) continue;
      const [from, to] = [indexOf(source, copy), indexOf(source, run)];
      const { blocks } = source;
      const rest = line.commands.slice(early.length);
      const whole = rest.length === 0;
      const moved: Block = {
        lead: whole ? blocks[to]!.lead : "\n",
        text: whole ? blocks[to]!.text : runText(source, early, run.flags, line.prefix),
      };
      const remains = whole ? [] : [{ ...blocks[to]!, text: runText(source, rest, run.flags, line.prefix) }];
      return [
        {
          ...about,
          why: {
            ko: "소스를 고쳐도 이 설치는 재사용합니다.",
            en: "an edit of a source reuses this install",
          },
          dockerfile: render(source, [
            ...blocks.slice(0, from),
            moved,
            { ...blocks[from]!, lead: blocks[from]!.lead.replace(/^\n+/, "\n") },
            ...blocks.slice(from + 1, to),
            ...remains,
            ...blocks.slice(to + 1),
          ]),
          allows: { other: ["^/var/(log|cache|lib/dpkg|lib/apt)/"] },
        },
      ];
    }
    return [];
  });
}
