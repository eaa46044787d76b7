/** Better orders of a Dockerfile: what an install reads is copied before the sources. A text is only proposed here; a Lab proves it. */

import { isDockerfileError, type Node, parseDockerfile } from "../dockerfile";

/** A rewritten Dockerfile and what was done. */
export interface Rewrite {
  readonly rule: "manifests-first";
  /** 1-based lines of the original: the COPY of everything, and the RUN that installs. */
  readonly copyLine: number;
  readonly runLine: number;
  readonly dockerfile: string;
  readonly ko: string;
  readonly en: string;
}

interface Installer {
  readonly command: RegExp;
  /** Files that the command reads, as far as they exist. */
  readonly reads: readonly string[];
}

const INSTALLERS: readonly Installer[] = [
  {
    command: /\bnpm (ci|i|install)\b/,
    reads: ["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
  },
  { command: /\byarn( install)?( --\S+)*\s*(&&|$)/, reads: ["package.json", "yarn.lock", ".yarnrc.yml"] },
  {
    command: /\bpnpm (i|install)\b/,
    reads: ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc"],
  },
  { command: /\bpip3? install\b.*-r\s*\S+/, reads: ["requirements.txt", "constraints.txt"] },
  { command: /\bpoetry install\b/, reads: ["pyproject.toml", "poetry.lock"] },
  { command: /\buv sync\b/, reads: ["pyproject.toml", "uv.lock"] },
  { command: /\bgo mod download\b/, reads: ["go.mod", "go.sum"] },
  { command: /\bbundle install\b/, reads: ["Gemfile", "Gemfile.lock"] },
  { command: /\bcomposer install\b/, reads: ["composer.json", "composer.lock"] },
  { command: /\bmvn\b.*dependency:go-offline/, reads: ["pom.xml"] },
  { command: /\bcargo fetch\b/, reads: ["Cargo.toml", "Cargo.lock"] },
];

/** Rewrites of *text* that may help; *files*: paths of the context. Empty when the order is good already or the text is refused. */
export function rewrites(text: string, files: readonly string[]): Rewrite[] {
  const parsed = parseDockerfile(text);
  if (isDockerfileError(parsed)) return [];
  const found: Rewrite[] = [];
  let copy: Node | undefined;
  for (const node of parsed.nodes) {
    const keyword = node.keyword.toUpperCase();
    if (keyword === "FROM") copy = undefined;
    // After the first change of place, later instructions may count on the files.
    if (keyword === "COPY" && !copy && isEverything(node)) copy = node;
    if (keyword !== "RUN" || !copy || node.heredocs.length > 0) continue;
    const installer = INSTALLERS.find(({ command }) => command.test(node.original));
    const reads = installer?.reads.filter((file) => files.includes(file)) ?? [];
    if (installer && reads.length > 0) found.push(manifestsFirst(text, copy, node, reads));
    break;
  }
  return found;
}

/** Does it copy the whole context? */
function isEverything({ args, flags, heredocs }: Node): boolean {
  return (
    heredocs.length === 0 &&
    args.length === 2 &&
    /^\.?\/?$/.test(args[0]!) &&
    args[0] !== "" &&
    !flags.some((flag) => flag.startsWith("--from"))
  );
}

function manifestsFirst(text: string, copy: Node, run: Node, reads: readonly string[]): Rewrite {
  const written = (node: Node): string => text.slice(node.range.start.offset, node.range.end.offset);
  const target = copy.args[1]!;
  const folder = target.endsWith("/") || target === "." ? (target === "." ? "./" : target) : target + "/";
  const flags = copy.flags.length > 0 ? copy.flags.join(" ") + " " : "";
  const before = text.slice(0, copy.range.start.offset);
  const between = text.slice(copy.range.end.offset, run.range.start.offset);
  const after = text.slice(run.range.end.offset);
  return {
    rule: "manifests-first",
    copyLine: copy.startLine,
    runLine: run.startLine,
    dockerfile: `${before}COPY ${flags}${reads.join(" ")} ${folder}${between}${written(run)}\n${written(copy)}${after}`,
    ko: `설치가 읽는 파일(${reads.join(", ")})을 먼저 복사하고, 설치한 다음에 나머지를 복사합니다. 소스만 고치면 설치를 재사용합니다.`,
    en: `copies what the install reads (${reads.join(", ")}) first, installs, then copies the rest: an edit of a source reuses the install`,
  };
}

/** Lines that differ, as a unified diff without line numbers. */
export function lineDiff(before: string, after: string): string {
  const a = before.replace(/\n$/, "").split("\n");
  const b = after.replace(/\n$/, "").split("\n");
  const best = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      best[i]![j] = a[i] === b[j] ? best[i + 1]![j + 1]! + 1 : Math.max(best[i + 1]![j]!, best[i]![j + 1]!);
  }
  const out: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(` ${a[i++]!}`);
      j++;
    } else if (j >= b.length || (i < a.length && best[i + 1]![j]! >= best[i]![j + 1]!))
      out.push(`-${a[i++]!}`);
    else out.push(`+${b[j++]!}`);
  }
  return out.join("\n") + "\n";
}
