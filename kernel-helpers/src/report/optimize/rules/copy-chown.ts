/** `COPY --chown` instead of `RUN chown -R`, which stores every file twice. */

import type { Node } from "../../../dockerfile";
import {
  type Block,
  commandsOf,
  copyOf,
  folderAt,
  isKeyword,
  render,
  runText,
  type Source,
  withFlag,
} from "../source";
import type { Refusal, Rewrite } from "../types";

export function copyChown(source: Source): (Rewrite | Refusal)[] {
  return source.stages.flatMap((stage) =>
    stage.nodes.flatMap((run): (Rewrite | Refusal)[] => {
      const line = commandsOf(run);
      const at = line?.commands.findIndex((command) => PATTERN.test(command)) ?? -1;
      if (!line || at < 0) return [];
      const [, option, owner, paths] = PATTERN.exec(line.commands[at]!)!;
      const targets = paths!.split(/\s+/);
      const isOwner = option !== "chmod";
      const before = stage.nodes.slice(0, stage.nodes.indexOf(run));
      const copies = before.filter((node) => {
        const copy = isKeyword(node, "COPY") ? (copyOf(node) ?? stageCopy(node)) : undefined;
        if (!copy || node.flags.some((flag) => flag.startsWith(isOwner ? "--chown" : "--chmod")))
          return false;
        const folder = folderAt(stage, node) ?? "/";
        const dest = absolute(folder, copy.dest);
        return targets.some((target) => {
          const root = absolute(folderAt(stage, run) ?? "/", target);
          return dest === root || dest.startsWith(root === "/" ? "/" : root + "/");
        });
      });
      if (copies.length === 0) return [];
      const flag = isOwner ? `--chown=${owner!}` : `--chmod=${owner!}`;
      const rest = line.commands.filter((_command, i) => i !== at);
      const folders = targets.join(" ");
      const own = isOwner ? [`chown ${owner!} ${folders}`] : [];
      const blocks = source.blocks.flatMap((one): Block[] => {
        if (one.node === run) {
          // The folder itself is not what COPY owns: one entry without bytes.
          const kept = [...rest.slice(0, at), ...own, ...rest.slice(at)];
          return kept.length === 0 ? [] : [{ ...one, text: runText(source, kept, run.flags, line.prefix) }];
        }
        return one.node && copies.includes(one.node)
          ? [{ ...one, text: withFlag(one.node, one.text, flag) }]
          : [one];
      });
      return [
        {
          rule: "copy-chown",
          line: run.startLine,
          title: {
            ko: `RUN ${isOwner ? "chown" : "chmod"} -R 대신 COPY ${flag} 옵션을 씁니다`,
            en: `COPY ${flag} instead of RUN ${isOwner ? "chown" : "chmod"} -R`,
          },
          why: {
            ko: "소유자나 권한만 바꿔도 그 층에 파일이 통째로 한 번 더 들어갑니다.",
            en: "a change of owner or mode alone puts every file into the layer once more",
          },
          dockerfile: render(source, blocks),
          allows: {},
        },
      ];
    }),
  );
}

/** `chown -R app:app /app`, with its option, owner and paths. */
const PATTERN = /^(chown|chmod) (?:-R|--recursive) (\S+) ((?:[^-\s$]\S*)(?: [^-\s$]\S*)*)$/;

function stageCopy(node: Node): { readonly dest: string } | undefined {
  return node.heredocs.length === 0 && node.args.length >= 2 ? { dest: node.args.at(-1)! } : undefined;
}

function absolute(folder: string, path: string): string {
  const full = path.startsWith("/") ? path : path === "." || path === "./" ? folder : `${folder}/${path}`;
  return full
    .replace(/\/\.?(?=\/|$)/g, "/")
    .replace(/\/+/g, "/")
    .replace(/(.)\/$/, "$1");
}
