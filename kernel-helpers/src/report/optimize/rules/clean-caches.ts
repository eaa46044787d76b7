/** Package managers told not to leave their caches in the layer. */

import { commandsOf, indexOf, isKeyword, render, runText, type Source } from "../source";
import type { Rewrite } from "../types";

interface Cleaning {
  readonly command: RegExp;
  readonly unless: RegExp;
  /** The command with its flag, or with what is to follow it. */
  clean(command: string): readonly string[];
  readonly gone: readonly string[];
  readonly says: string;
}

const CLEANINGS: readonly Cleaning[] = [
  {
    command: /^(python3? -m )?pip3? install\b/,
    unless: /--no-cache-dir/,
    clean: (command) => [command.replace(/\binstall\b/, "install --no-cache-dir")],
    gone: ["/\\.cache(/pip(/|$)|$)"],
    says: "pip install --no-cache-dir",
  },
  {
    command: /^apk( -\S+)* add\b/,
    unless: /--no-cache/,
    clean: (command) => [command.replace(/\badd\b/, "add --no-cache")],
    gone: ["^/var/cache/apk/."],
    says: "apk add --no-cache",
  },
  {
    command: /^npm (ci|i|install)\b/,
    unless: /--cache\b/,
    clean: (command) => [command, "npm cache clean --force"],
    gone: ["/\\.npm(/|$)"],
    says: "npm cache clean --force",
  },
  {
    command: /^yarn( install)?( --\S+)*$/,
    unless: /--cache-folder/,
    clean: (command) => [command, "yarn cache clean"],
    gone: ["/\\.cache(/yarn(/|$)|$)"],
    says: "yarn cache clean",
  },
];

export function cleanCaches(source: Source): Rewrite[] {
  const found: Rewrite[] = [];
  for (const [i, { node, text: _text, ...rest }] of source.blocks.entries()) {
    if (!node || !isKeyword(node, "RUN") || node.flags.some((flag) => flag.startsWith("--mount=type=cache")))
      continue;
    const line = commandsOf(node);
    if (!line || /cache (clean|purge)/.test(node.original)) continue;
    const used = line.commands.flatMap((command) =>
      CLEANINGS.filter((one) => one.command.test(command) && !one.unless.test(command)),
    );
    if (used.length === 0) continue;
    const stage = source.stages.findLast(({ from }) => indexOf(source, from) < i);
    if (stage?.index !== source.stages.length - 1) continue;
    const commands = line.commands.flatMap(
      (command) =>
        CLEANINGS.find((one) => one.command.test(command) && !one.unless.test(command))?.clean(command) ?? [
          command,
        ],
    );
    found.push({
      rule: "clean-caches",
      line: node.startLine,
      title: {
        ko: "패키지 관리자의 캐시를 층에 남기지 않습니다",
        en: "leave no cache of a package manager in the layer",
      },
      why: {
        ko: `내려받은 꾸러미는 설치가 끝나면 쓰이지 않습니다: ${used.map(({ says }) => says).join(", ")}`,
        en: `downloaded archives are of no use after the install: ${used.map(({ says }) => says).join(", ")}`,
      },
      dockerfile: render(source, [
        ...source.blocks.slice(0, i),
        { ...rest, text: runText(source, commands, node.flags, line.prefix) },
        ...source.blocks.slice(i + 1),
      ]),
      allows: { gone: used.flatMap(({ gone }) => gone) },
    });
  }
  return found;
}
