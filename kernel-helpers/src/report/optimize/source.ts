/** The Dockerfile as blocks that can be moved, and the context that rules look into. */

import { isDockerfileError, type Node, parseDockerfile } from "../../dockerfile";
import { splitCommands, type ShellLine } from "./shell-line";

/** An instruction with the comments and blank lines before it. */
export interface Block {
  /** Everything between the instruction before and this one, from its line end on. */
  readonly lead: string;
  /** The instruction as written. */
  readonly text: string;
  /** Absent for an instruction that a rule has written. */
  readonly node?: Node;
}

export interface Stage {
  /** As named by `AS`, lower case. */
  readonly name?: string;
  /** 0-based. */
  readonly index: number;
  readonly from: Node;
  /** What follows FROM. */
  readonly nodes: readonly Node[];
}

/** Everything a rule may know. */
export interface Source {
  readonly text: string;
  /** Path of the Dockerfile. */
  readonly file: string;
  readonly escape: string;
  readonly blocks: readonly Block[];
  readonly stages: readonly Stage[];
  /** Paths of the context, ignored ones too. */
  readonly files: readonly string[];
  /** Those that a COPY can see. */
  readonly visible: readonly string[];
  /** Path of the ignore file to write to, the text in force, and what the file itself holds now ("" when there is none). */
  readonly ignore: { readonly path: string; readonly text: string; readonly written: string };
  /** Text of a file; undefined when it is not there. */
  read(path: string): string | undefined;
  /** Does the image that *from* names exist, so that a rule may name it? */
  hasImage(name: string): boolean;
}

/** Blocks and stages of *text*; undefined when it is refused. */
export function readBlocks(
  text: string,
): { readonly blocks: Block[]; readonly stages: Stage[]; readonly escape: string } | undefined {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return undefined;
  const blocks: Block[] = [];
  let at = 0;
  for (const node of parsed.nodes) {
    const { start, end } = node.range;
    blocks.push({ lead: text.slice(at, start.offset), text: text.slice(start.offset, end.offset), node });
    at = end.offset;
  }
  const stages: Stage[] = [];
  for (const node of parsed.nodes) {
    if (isKeyword(node, "FROM")) {
      const name = /^\s*FROM\s.*\sAS\s+(\S+)\s*$/i.exec(node.original)?.[1]?.toLowerCase();
      stages.push({ index: stages.length, from: node, nodes: [], ...(name !== undefined && { name }) });
    } else (stages.at(-1)?.nodes as Node[] | undefined)?.push(node);
  }
  return { blocks, stages, escape: parsed.escape };
}

/** The text of *blocks*; the end of *original* stays. */
export function render(source: Source, blocks: readonly Block[]): string {
  const last = source.blocks.at(-1)?.node?.range.end.offset ?? 0;
  const tail = source.text.slice(last);
  return blocks.map(({ lead, text }) => lead + text).join("") + (tail === "" ? "\n" : tail);
}

/** An instruction that a rule writes. */
export function block(text: string, lead = "\n"): Block {
  return { lead, text };
}

export function isKeyword(node: Node | undefined, ...keywords: readonly string[]): boolean {
  return node !== undefined && keywords.includes(node.keyword.toUpperCase());
}

/** Position of *node* among the blocks. */
export function indexOf(source: Source, node: Node): number {
  return source.blocks.findIndex((one) => one.node === node);
}

/** The commands of a RUN in shell form; undefined for the JSON form, heredocs and lines that are not commands one after the other. */
export function commandsOf(node: Node): ShellLine | undefined {
  if (!isKeyword(node, "RUN") || node.json || node.heredocs.length > 0) return undefined;
  return splitCommands(node.args[0] ?? "");
}

/** A RUN of *commands*, with the flags of *like*. */
export function runText(
  source: Source,
  commands: readonly string[],
  flags: readonly string[] = [],
  prefix = "",
): string {
  const all = prefix === "" ? commands : [prefix, ...commands];
  const head = ["RUN", ...flags].join(" ");
  return `${head} ${all.join(` ${source.escape}\n    && `)}`;
}

/** The text of *node* with one more flag, which stands first. */
export function withFlag(node: Node, text: string, flag: string): string {
  return text.slice(0, node.keyword.length) + " " + flag + text.slice(node.keyword.length);
}

/** Sources and destination of a COPY or ADD from the context; undefined when it copies from elsewhere, or documents. */
export function copyOf(
  node: Node,
): { readonly sources: readonly string[]; readonly dest: string } | undefined {
  if (!isKeyword(node, "COPY", "ADD") || node.heredocs.length > 0 || node.args.length < 2) return undefined;
  if (node.flags.some((flag) => flag.startsWith("--from"))) return undefined;
  return { sources: node.args.slice(0, -1), dest: node.args.at(-1)! };
}

/** Does it copy the whole context? */
export function copiesEverything(node: Node): boolean {
  const copy = copyOf(node);
  return copy?.sources.length === 1 && /^(\.\/?|\/|\.\/\.)$/.test(copy.sources[0]!);
}

/** The destination of a COPY as a folder. */
export function asFolder(dest: string): string {
  return dest === "." ? "./" : dest.endsWith("/") ? dest : dest + "/";
}

/** Does the word stand for the shell variable *name* in *text*? */
export function mentions(text: string, name: string): boolean {
  return new RegExp(`\\$(\\{${name}\\b|${name}\\b)`).test(text);
}

/** Instructions that write no layer and run nothing. */
export function isMetadata(node: Node): boolean {
  return isKeyword(
    node,
    "ARG",
    "ENV",
    "LABEL",
    "EXPOSE",
    "CMD",
    "ENTRYPOINT",
    "MAINTAINER",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "VOLUME",
    "SHELL",
    "ONBUILD",
  );
}

/** The user that is in force at *node*, as written; "" for root or the base's own. */
export function userAt(stage: Stage, node: Node): string {
  const before = stage.nodes.slice(0, stage.nodes.indexOf(node)).filter((one) => isKeyword(one, "USER"));
  const user = before.at(-1)?.args[0] ?? "";
  return /^(root|0)(:|$)/.test(user) ? "" : user;
}

/** The working directory at *node*, absolute; undefined when it is not known (a variable, or the base's own). */
export function folderAt(stage: Stage, node: Node): string | undefined {
  let folder: string | undefined;
  for (const one of stage.nodes.slice(0, stage.nodes.indexOf(node))) {
    if (!isKeyword(one, "WORKDIR")) continue;
    const to = one.args[0] ?? "";
    if (to.includes("$")) folder = undefined;
    else if (to.startsWith("/")) folder = to;
    else folder = folder === undefined ? undefined : `${folder}/${to}`;
  }
  return folder?.replace(/\/+/g, "/").replace(/(.)\/$/, "$1");
}

/** *text* as it stands in a regular expression. */
export function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
