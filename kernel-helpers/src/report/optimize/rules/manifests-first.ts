/** Dependency manifests before sources: what an install reads is copied first, so that an edit of a source reuses the install. */

import type { Node } from "../../../dockerfile";
import { installerOf, manifestsOf, type Installer } from "../installers";
import {
  asFolder,
  block,
  type Block,
  commandsOf,
  copiesEverything,
  copyOf,
  folderAt,
  indexOf,
  isKeyword,
  render,
  runText,
  type Source,
  type Stage,
} from "../source";
import type { Bilingual, Refusal, Rewrite } from "../types";

const RULE = "manifests-first";
const TITLE: Bilingual = {
  ko: "패키지 목록을 먼저 복사하고 설치한 다음 소스를 복사합니다",
  en: "copy the manifests and install before the sources are copied",
};

/** An install that comes after a COPY of more than its manifests. */
export interface LateInstall {
  readonly stage: Stage;
  readonly copy: Node;
  readonly run: Node;
  readonly installer: Installer;
  /** The command itself, and where it stands among the commands of the RUN. */
  readonly command: string;
  readonly at: number;
  readonly manifests: ReturnType<typeof manifestsOf>;
}

export function manifestsFirst(source: Source): (Rewrite | Refusal)[] {
  return lateInstalls(source)
    .filter(({ installer, command }) => {
      // The rule `prefetch` has an answer for these.
      return (
        installer.readsMore?.(source, command, "") === undefined || !installer.prefetch?.(source, command)
      );
    })
    .map((late) => rewrite(source, late));
}

/** The first install of every stage behind a COPY of the sources. */
export function lateInstalls(source: Source): LateInstall[] {
  return source.stages.flatMap((stage) => {
    let copy: Node | undefined;
    for (const node of stage.nodes) {
      if (!copy && copyOf(node) && copiesEverything(node)) copy = node;
      if (!copy || !isKeyword(node, "RUN")) continue;
      const line = commandsOf(node);
      const at = line?.commands.findIndex((command) => installerOf(command) !== undefined) ?? -1;
      if (!line || at < 0) continue;
      const command = line.commands[at]!;
      const installer = installerOf(command)!;
      const manifests = manifestsOf(source, installer, "", command);
      const isThere = [...manifests.own].some((file) =>
        installer.needs.test(file.slice(file.lastIndexOf("/") + 1)),
      );
      return isThere ? [{ stage, copy, run: node, installer, command, at, manifests }] : [];
    }
    return [];
  });
}

function rewrite(source: Source, late: LateInstall): Rewrite | Refusal {
  const { copy, run, installer, command, at, manifests } = late;
  const about = { rule: RULE, line: copy.startLine, title: TITLE } as const;
  const more = installer.readsMore?.(source, command, "");
  if (more) return { ...about, because: more };
  const blocks = movedUp(source, late, hoisted(source, run, at));
  if ("because" in blocks) return { ...about, because: blocks.because };
  const files = [...manifests.own, ...manifests.nested].join(", ");
  return {
    ...about,
    why: {
      ko: `설치가 읽는 파일(${files})만 먼저 복사합니다. 소스만 고치면 설치를 재사용합니다.`,
      en: `only what the install reads (${files}) is copied first: an edit of a source reuses the install`,
    },
    dockerfile: render(source, blocks.blocks),
    allows: {},
  };
}

/** The RUN cut into what comes before the sources and what stays behind them. */
export interface Hoisted {
  readonly early: string;
  readonly late?: string;
}

function hoisted(source: Source, run: Node, at: number): Hoisted {
  const { prefix, commands } = commandsOf(run)!;
  const text = source.blocks[indexOf(source, run)]!.text;
  if (at === commands.length - 1) return { early: text };
  return {
    early: runText(source, commands.slice(0, at + 1), run.flags, prefix),
    late: runText(source, commands.slice(at + 1), run.flags, prefix),
  };
}

/**
 * The blocks with the manifests copied where the sources were, *parts.early* after them, then the sources and all that stood between.
 * Metadata in between stays before the early part.
 */
export function movedUp(
  source: Source,
  { stage, copy, run, manifests }: LateInstall,
  parts: Hoisted,
): { readonly blocks: Block[] } | { readonly because: Bilingual } {
  const { blocks } = source;
  const [from, to] = [indexOf(source, copy), indexOf(source, run)];
  const between = blocks.slice(from + 1, to);
  const stays = between.filter(({ node }) => !isKeyword(node, "RUN", "COPY", "ADD"));
  const follows = between.filter(({ node }) => isKeyword(node, "RUN", "COPY", "ADD"));
  const dest = copy.args.at(-1)!;
  const folder = folderAt(stage, copy);
  if (stays.some(({ node }) => isKeyword(node, "WORKDIR")) && !dest.startsWith("/"))
    return {
      because: {
        ko: "COPY와 설치 사이에서 WORKDIR이 바뀝니다.",
        en: "WORKDIR changes between the COPY and the install",
      },
    };
  const place = folderAt(stage, run);
  const target = dest.startsWith("/") ? dest.replace(/\/+$/, "") || "/" : folder;
  if (place !== undefined && target !== undefined && dest.startsWith("/") && place !== target)
    return {
      because: {
        ko: `설치가 복사한 곳(${target})이 아닌 곳(${place})에서 실행됩니다.`,
        en: `the install runs in ${place}, not where the files are copied (${target})`,
      },
    };
  const sources = blocks[from]!;
  const flags = copy.flags.filter((flag) => !/^--(exclude|parents)/.test(flag));
  const head = ["COPY", ...flags].join(" ");
  const copies: Block[] = [];
  if (manifests.own.length > 0) {
    const folders = manifests.own.filter((file) => isFolder(source, file));
    const files = manifests.own.filter((file) => !folders.includes(file));
    if (files.length > 0)
      copies.push({ lead: sources.lead, text: `${head} ${files.map(word).join(" ")} ${asFolder(dest)}` });
    for (const one of folders) {
      const text = `${head} ${one} ${asFolder(dest)}${one}`;
      copies.push(copies.length === 0 ? { lead: sources.lead, text } : block(text));
    }
  }
  if (manifests.nested.length > 0)
    copies.push(
      block(
        `COPY ${[...flags, "--parents"].join(" ")} ${patternsOf(manifests.nested).join(" ")} ${asFolder(dest)}`,
      ),
    );
  const runLead = blocks[to]!.lead;
  return {
    blocks: [
      ...blocks.slice(0, from),
      ...copies,
      ...stays,
      { lead: runLead, text: parts.early },
      block(sources.text),
      ...follows,
      ...(parts.late === undefined ? [] : [block(parts.late)]),
      ...blocks.slice(to + 1),
    ],
  };
}

function isFolder(source: Source, path: string): boolean {
  return !source.files.includes(path);
}

function word(path: string): string {
  return path;
}

/** `packages/a/package.json packages/b/package.json` as `packages/*‍/package.json`. */
function patternsOf(paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/");
    found.add(parts.length >= 3 ? [...parts.slice(0, -2), "*", parts.at(-1)!].join("/") : path);
  }
  return [...found].sort();
}
