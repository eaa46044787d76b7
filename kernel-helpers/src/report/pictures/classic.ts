/**
 * The classic builder's view: how the builder before BuildKit would log and cache the same Dockerfile. From Docker's documentation of
 * the legacy builder; no such builder was run, and the ids are made up.
 */

import { withoutAssigned } from "../../build/mask-secrets";
import type { BuildRecord, BuiltImage } from "../../build/types";
import { parseDockerfile } from "../../dockerfile";
import { markup } from "../html";
import type { Locale } from "../locale";
import { codeBlock, escapeMarkdown } from "../markdown";
import { wrap } from "../text";
import { humanSize } from "../units";
import type { PictureMedium } from "./grid";

/** What the view needs of a build: a whole record will do. */
export type ClassicBuild = Pick<BuildRecord, "dockerfile" | "steps" | "rows" | "transfers" | "options"> & {
  readonly image?: BuiltImage;
};

/** One instruction as the classic builder counts it. */
export interface ClassicStep {
  /** `Step 2/6 : WORKDIR /app` without the head. */
  readonly text: string;
  readonly cached: boolean;
  /** Printed below it. */
  readonly output: readonly string[];
  /** Did it start a container, as every instruction but FROM, COPY and ADD does? */
  readonly container: boolean;
  readonly error?: string;
}

/** The view as plain data. */
export interface ClassicView {
  readonly locale: Locale;
  readonly steps: readonly ClassicStep[];
  /** The log as that builder would print it. */
  readonly log: string;
  readonly notes: readonly string[];
}

/** A chain of images: by its parent, its instruction and what of the files counts. */
type Store = Map<string, string>;

const NO_CONTAINER = new Set(["FROM", "COPY", "ADD"]);
/** Flags that only BuildKit knows. */
const BUILDKIT_ONLY =
  /^(?:RUN\s+(?:--\S+\s+)*--(mount|network|security)\b|(?:COPY|ADD)\s+(?:--\S+\s+)*--(chmod|link|parents|exclude|checksum|keep-git-dir)\b)/i;

/** How the classic builder would have logged the last of *builds*, when it had made the builds before it. Oldest first. */
export function classicView(
  builds: readonly ClassicBuild[],
  { locale = "ko" }: { readonly locale?: Locale } = {},
): ClassicView {
  const store: Store = new Map();
  let made: { steps: ClassicStep[]; log: string } = { steps: [], log: "" };
  for (const build of builds) made = buildOne(build, store);
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  return {
    locale,
    ...made,
    notes: [
      say(
        "옛 빌더의 문서를 따라 만든 로그입니다. 기록한 것이 아니며, ID는 지어낸 값입니다.",
        "Made from the documentation of the legacy builder: not recorded, and the ids are made up.",
      ),
      say(
        "옛 빌더에서는 모든 명령이 Step이고 이미지를 남깁니다. CMD·ENV·LABEL도 번호가 있고, 한 단계가 어긋나면 그 뒤는 모두 다시 실행됩니다. 쓰지 않는 스테이지도 빌드합니다.",
        "There every instruction is a step and leaves an image: CMD, ENV and LABEL have numbers too, all after a miss runs again, and stages that nothing needs are built as well.",
      ),
    ],
  };
}

/** The view in *medium*. Default locale: Korean. */
export function renderClassic(
  builds: readonly ClassicBuild[],
  medium: PictureMedium,
  options: { readonly locale?: Locale } = {},
): string {
  const view = classicView(builds, options);
  const title =
    view.locale === "ko" ? "옛 빌더라면 (문서로 만든 로그)" : "The classic builder (from documentation)";
  switch (medium) {
    case "json":
      return JSON.stringify(view, null, 2) + "\n";
    case "html":
      return markup`<figure lang="${view.locale}" style="margin:0">
<figcaption style="padding:0 0 4px 0">${title}</figcaption>
<pre lang="en" tabindex="0" style="margin:0;white-space:pre;overflow-x:auto;line-height:1.35">${view.log}</pre>
${view.notes.map(
  (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
)}</figure>
`.toString();
    case "markdown":
      return [
        `**${escapeMarkdown(title)}**`,
        "",
        codeBlock(view.log, "text"),
        ...view.notes.flatMap((note) => [escapeMarkdown(note), ""]),
      ].join("\n");
    default:
      return [title, "", view.log, ...view.notes.flatMap((note) => wrap(note, 96)), ""].join("\n");
  }
}

function buildOne(build: ClassicBuild, store: Store): { steps: ClassicStep[]; log: string } {
  const instructions = instructionsOf(build);
  const context = Object.entries(build.transfers).find(([name]) => /build context/.test(name))?.[1] ?? 0;
  const log = [`Sending build context to Docker daemon  ${humanSize(context, 4)}`];
  const steps: ClassicStep[] = [];
  let parent = "";
  let isHit = true;
  let args: string[] = [];
  const byStage = new Map<string, string>();
  let stage = "";
  for (const [i, { keyword, text, content, output, error }] of instructions.entries()) {
    log.push(`Step ${i + 1}/${instructions.length} : ${withoutAssigned(text)}`);
    const refused = BUILDKIT_ONLY.exec(text);
    if (refused) {
      const option = refused[1] ?? refused[2] ?? "";
      const message = `the --${option} option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled`;
      log.push(message);
      steps.push({ text, cached: false, output: [], container: false, error: message });
      return { steps, log: log.join("\n") + "\n" };
    }
    if (keyword === "FROM") {
      const match = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(text);
      const name = match?.[1] ?? "";
      if (stage !== "") byStage.set(stage, parent);
      parent = byStage.get(name.toLowerCase()) ?? idOf(`base ${name} ${content}`);
      stage = match?.[2]?.toLowerCase() ?? "";
      isHit = true;
      args = [];
      log.push(` ---> ${parent}`);
      steps.push({ text, cached: false, output: [], container: false });
      continue;
    }
    if (keyword === "ARG") args.push(text.replace(/^\w+\s+/, ""));
    // The arguments of a RUN stand before its command, so that another value is another step.
    const values = keyword === "RUN" ? argumentValues(args, build.options.buildArgs ?? {}) : "";
    const key = `${parent}\n${text}\n${values}\n${content}`;
    const known = isHit ? store.get(key) : undefined;
    if (known !== undefined) {
      log.push(" ---> Using cache", ` ---> ${known}`);
      steps.push({ text, cached: true, output: [], container: false });
      parent = known;
      if (stage !== "") byStage.set(stage, parent);
      continue;
    }
    isHit = false;
    const hasContainer = !NO_CONTAINER.has(keyword);
    const container = idOf(`container ${key}`);
    if (hasContainer) log.push(` ---> Running in ${container}`);
    log.push(...output);
    if (error !== undefined) {
      const code = /exit code: (\d+)/.exec(error)?.[1];
      const message =
        keyword === "RUN" && code !== undefined
          ? `The command '/bin/sh -c ${text.replace(/^RUN\s+/i, "")}' returned a non-zero code: ${code}`
          : error;
      log.push(message);
      steps.push({ text, cached: false, output, container: hasContainer, error: message });
      return { steps, log: log.join("\n") + "\n" };
    }
    const id = idOf(`image ${key}`);
    if (hasContainer) log.push(`Removing intermediate container ${container}`);
    log.push(` ---> ${id}`);
    store.set(key, id);
    steps.push({ text, cached: false, output, container: hasContainer });
    parent = id;
    if (stage !== "") byStage.set(stage, parent);
  }
  log.push(`Successfully built ${parent}`);
  for (const tag of build.options.tags ?? [])
    log.push(`Successfully tagged ${/:[^/]*$/.test(tag) ? tag : `${tag}:latest`}`);
  return { steps, log: log.join("\n") + "\n" };
}

interface Instruction {
  readonly keyword: string;
  readonly text: string;
  /** What of files and images counts: the digest of what is copied, the base's. */
  readonly content: string;
  readonly output: readonly string[];
  readonly error?: string;
}

/** All instructions of the Dockerfile, also of stages that BuildKit left out. */
function instructionsOf({ dockerfile, steps, rows, image }: ClassicBuild): Instruction[] {
  const byLine = new Map(rows.map((row) => [row.line, row]));
  const parsed = parse(dockerfile);
  const base = image?.layers.filter(({ fromBase }) => fromBase).at(-1)?.diffId ?? "";
  return parsed.map(({ line, text }): Instruction => {
    const row = byLine.get(line);
    const step = row?.step === undefined ? undefined : steps[row.step];
    const keyword = (/^\S+/.exec(text)?.[0] ?? "").toUpperCase();
    return {
      keyword,
      text: keyword + text.slice(keyword.length),
      content: keyword === "FROM" ? base : (step?.contents ?? []).map(({ digest }) => digest).join(" "),
      output: step?.output ?? [],
      ...(step?.error !== undefined && { error: step.error }),
    };
  });
}

/** Line (1-based) and text of each instruction, continuation lines joined. */
function parse(dockerfile: string): { readonly line: number; readonly text: string }[] {
  const parsed = parseDockerfile(dockerfile);
  if (!("nodes" in parsed)) return [];
  return parsed.nodes.map(({ original, startLine }) => ({
    line: startLine,
    text: original.replace(/\s*\n\s*/g, " ").trim(),
  }));
}

/** `|1 VERSION=2`, as the classic builder wrote the arguments of a RUN. */
function argumentValues(args: readonly string[], given: Readonly<Record<string, string>>): string {
  const values = args.flatMap((arg) => {
    const at = arg.indexOf("=");
    const name = at < 0 ? arg : arg.slice(0, at);
    const value = given[name] ?? (at < 0 ? undefined : arg.slice(at + 1));
    return value === undefined ? [] : [`${name}=${value}`];
  });
  return values.length === 0 ? "" : `|${values.length} ${values.join(" ")}`;
}

/** Twelve hex digits that are the same for the same text (FNV-1a, twice). */
function idOf(text: string): string {
  const half = (seed: number): string => {
    let hash = seed;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, "0");
  };
  return (half(0x811c9dc5) + half(0x9747b28c)).slice(0, 12);
}
