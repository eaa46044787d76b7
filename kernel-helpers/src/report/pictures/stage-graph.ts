/** V7, the stage graph: a column per stage, its steps downward, and an arrow for everything one stage takes from another. */

import type { BuildRecord, Step } from "../../build/types";
import { escapeHtml, markup, type Html } from "../html";
import { SIGNS, words, type Locale, type VerdictKind } from "../locale";
import { codeSpan, escapeMarkdown } from "../markdown";
import { chip, CODE, shortId } from "../table/html";
import { labelOf, verdictKind } from "../table/model";
import { oneLine, truncate } from "../text";
import type { PictureMedium } from "./grid";

export interface StageGraphOptions {
  readonly locale?: Locale;
  readonly title?: string;
}

interface GraphStep {
  readonly name: string;
  readonly verdict: VerdictKind;
}

/** What one stage takes from another. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  /** `copy`: files (COPY --from, a bind mount); `base`: the stage is built on the other. */
  readonly kind: "copy" | "base";
  /** Names of the step that gives and of the one that takes. */
  readonly giver: string;
  readonly step: string;
  /** The files, as the instruction names them: `/src/dist`. */
  readonly files: string;
  /** First eight digits of the digest of their contents; empty when it is not known. */
  readonly digest: string;
  /** Is their content equal to one that is stored? */
  readonly same: boolean;
}

/** The graph as plain data. */
export interface StageGraph {
  readonly locale: Locale;
  readonly title: string;
  readonly stages: readonly { readonly name: string; readonly steps: readonly GraphStep[] }[];
  readonly arrows: readonly Arrow[];
}

/** The graph of a build's steps. */
function stageGraph(
  record: Pick<BuildRecord, "steps">,
  { locale = "ko", title }: StageGraphOptions = {},
): StageGraph {
  const stages = new Map<string, GraphStep[]>();
  const arrows: Arrow[] = [];
  for (const step of record.steps) {
    const list = stages.get(step.stage) ?? [];
    stages.set(step.stage, list);
    list.push({ name: shortName(step), verdict: verdictKind(step) });
    for (const need of step.needs) {
      const from = record.steps[need];
      if (!from || from.stage === step.stage) continue;
      const content = step.contents?.find((one) => one.from === need);
      arrows.push({
        from: from.stage,
        to: step.stage,
        kind: content || /--from=|--mount=/.test(step.name) ? "copy" : "base",
        giver: shortName(from),
        step: shortName(step),
        files: filesOf(step),
        digest: content ? shortId(content.digest) : "",
        same: isSame(step),
      });
    }
  }
  return {
    locale,
    title: title ?? (locale === "ko" ? "스테이지 그림" : "Stages"),
    stages: giversFirst([...stages.keys()], arrows).map((name) => ({ name, steps: stages.get(name)! })),
    arrows: arrows.filter(
      (arrow, i) => arrows.findIndex((other) => other.step === arrow.step && other.from === arrow.from) === i,
    ),
  };
}

/** Stages before those that take from them, else in their order. */
function giversFirst(names: readonly string[], arrows: readonly Arrow[]): string[] {
  const out: string[] = [];
  const visit = (name: string): void => {
    if (out.includes(name)) return;
    for (const { from, to } of arrows) if (to === name) visit(from);
    out.push(name);
  };
  names.forEach(visit);
  return out;
}

/** A whole digest says nothing to people. */
function shortName({ name }: Step): string {
  return name.replace(/(@sha256:[0-9a-f]{8})[0-9a-f]{56}/g, "$1…");
}

/** A step that ran for another reason took the same files all the same. */
function isSame({ status, miss, skipped }: Step): boolean {
  if (status === "CACHED") return !skipped;
  if (!miss || miss.first || miss.cause === "not-looked-up") return false;
  return !miss.parts.some(({ kind }) => kind === "content");
}

/** Sources of a COPY; of a RUN its mounts' sources. */
function filesOf({ name, instruction }: Step): string {
  const text = name.slice(labelOf(name).length).trim();
  if (instruction === "RUN") {
    const sources = [...text.matchAll(/--mount=(\S*from=\S*)/g)].map(
      ([, mount = ""]) => /(?:source|src)=([^,]+)/.exec(mount)?.[1] ?? "/",
    );
    return sources.join(" ");
  }
  const words = text
    .replace(/^(?:LINK\s+)?(?:COPY|ADD)\s+/i, "")
    .split(/\s+/)
    .filter((word) => word !== "" && !word.startsWith("--"));
  return words.slice(0, -1).join(" ");
}

/** The stages of *record* in *medium*. Default locale: Korean. */
export function renderStageGraph(
  record: Pick<BuildRecord, "steps">,
  medium: PictureMedium,
  options: StageGraphOptions = {},
): string {
  const graph = stageGraph(record, options);
  if (medium === "json") return JSON.stringify(graph, null, 2) + "\n";
  if (medium === "html") return graphHtml(graph).toString();
  return medium === "markdown" ? graphMarkdown(graph) : graphText(graph);
}

function verdictText({ verdict }: GraphStep, { locale }: StageGraph): string {
  return `${SIGNS[verdict]} ${words(locale).verdict[verdict]}`;
}

function arrowText(arrow: Arrow, { locale }: StageGraph): string {
  const { from, to, kind, step, same } = arrow;
  if (kind === "base") return `${from} ──▶ ${to}: FROM`;
  return `${from} ${same ? "━━▶" : "╌╌▶"} ${to}: ${step.slice(labelOf(step).length).trim()} (${filesText(arrow, locale)})`;
}

/** `/src/dist · a1b2c3d4 · 내용 같음`. */
function filesText({ files, digest, same }: Arrow, locale: Locale): string {
  const word = locale === "ko" ? (same ? "내용 같음" : "새 내용") : same ? "same content" : "new content";
  return [files, digest, word].filter((part) => part !== "").join(" · ");
}

function graphText(graph: StageGraph): string {
  return [
    graph.title,
    ...graph.stages.flatMap((stage) => [
      "",
      `▭ ${stage.name}`,
      ...stage.steps.flatMap((step, i) => [
        ...(i > 0 ? ["    ↓"] : []),
        `    ${step.name}  ${verdictText(step, graph)}`,
      ]),
    ]),
    ...(graph.arrows.length > 0 ? ["", ...graph.arrows.map((arrow) => arrowText(arrow, graph))] : []),
    "",
  ].join("\n");
}

function graphMarkdown(graph: StageGraph): string {
  return [
    `**${escapeMarkdown(graph.title)}**`,
    "",
    ...graph.stages.flatMap((stage) => [
      `- **${escapeMarkdown(stage.name)}**`,
      ...stage.steps.map((step, i) => `  ${i + 1}. ${codeSpan(step.name)} ${verdictText(step, graph)}`),
    ]),
    "",
    ...graph.arrows.map((arrow) => `- ${escapeMarkdown(arrowText(arrow, graph))}`),
    "",
  ].join("\n");
}

function graphHtml(graph: StageGraph): Html {
  const { verdict } = words(graph.locale);
  const step = (one: GraphStep): Html =>
    markup`<li style="margin:2px 0"><code style="${CODE}">${one.name}</code> ${chip({ kind: one.verdict, sign: SIGNS[one.verdict], word: verdict[one.verdict] }, one.verdict === "cause")}</li>
`;
  return markup`<figure lang="${graph.locale}" style="margin:0">
<figcaption style="padding:0 0 4px 0">${graph.title}</figcaption>
<div style="display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start">
${graph.stages.map(
  (
    stage,
  ) => markup`<div role="group" style="flex:1 1 240px;min-width:0;border:1px solid #8a8a8a;padding:4px 8px;break-inside:avoid" aria-label="${stage.name}"><strong>${stage.name}</strong>
<ol style="margin:4px 0 0 0;padding:0 0 0 20px">
${stage.steps.map(step)}</ol></div>
`,
)}</div>
${
  graph.arrows.length > 0 &&
  markup`<ul style="margin:6px 0 0 0;padding:0 0 0 20px">${graph.arrows.map((arrow) => markup`<li><span style="border-bottom:3px ${arrow.same ? "solid" : "dashed"} currentColor">${arrowText(arrow, graph)}</span></li>`)}</ul>
`
}${
    graph.arrows.length > 0 &&
    markup`<div style="overflow-x:auto;margin:8px 0 0 0" tabindex="0" role="group" aria-label="${graph.title}"><img alt="${altText(graph)}" src="data:image/svg+xml;base64,${base64(stageGraphSvg(graph))}" style="max-width:none"></div>
`
  }</figure>
`;
}

function altText({ arrows, title }: StageGraph): string {
  return `${title}: ${arrows.map(({ from, to }) => `${from} → ${to}`).join(", ")}`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const COLUMN = 264;
const BOX = { width: 232, height: 40, gap: 26 };
const TOP = 34;
const INK = "#1d1d1d";

/** The graph as an SVG document of its own: a column per stage, thick arrows for files, on paper of its own colour. */
function stageGraphSvg(graph: StageGraph): string {
  const { stages, arrows, locale } = graph;
  const place = new Map<string, { readonly x: number; readonly y: number }>();
  stages.forEach(({ steps }, column) =>
    steps.forEach(({ name }, row) =>
      place.set(name, { x: 16 + column * COLUMN, y: TOP + 22 + row * (BOX.height + BOX.gap) }),
    ),
  );
  const rows = Math.max(1, ...stages.map(({ steps }) => steps.length));
  const [width, height] = [stages.length * COLUMN + 16, TOP + 22 + rows * (BOX.height + BOX.gap)];
  const line = (x: number, y: number, text: string, more = ""): string =>
    `<text x="${x}" y="${y}" font-size="12" fill="${INK}"${more}>${escapeHtml(text)}</text>`;
  const boxes = stages.flatMap(({ name, steps }, column) => [
    line(16 + column * COLUMN, TOP, truncate(name, 32), ' font-weight="700"'),
    ...steps.flatMap((step, row) => {
      const { x, y } = place.get(step.name)!;
      return [
        row > 0
          ? `<path d="M${x + 20} ${y - BOX.gap} V${y - 5}" stroke="${INK}" marker-end="url(#tip)"/>`
          : "",
        `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="4" fill="#ffffff" stroke="${INK}"/>`,
        line(x + 8, y + 16, truncate(oneLine(step.name), 32)),
        line(x + 8, y + 33, verdictText(step, graph)),
      ];
    }),
  ]);
  const curves = arrows.flatMap((arrow) => {
    const [from, to] = [place.get(arrow.giver), place.get(arrow.step)];
    if (!from || !to) return [];
    const isRight = to.x > from.x;
    const [x1, y1] = [isRight ? from.x + BOX.width : from.x, from.y + BOX.height / 2];
    const [x2, y2] = [isRight ? to.x - 2 : to.x + BOX.width + 2, to.y + BOX.height / 2];
    const bend = isRight ? 16 : -16;
    const style =
      arrow.kind === "base"
        ? `stroke-width="1"`
        : `stroke-width="3"${arrow.same ? "" : ' stroke-dasharray="7 5"'}`;
    return [
      `<path d="M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="${INK}" ${style} marker-end="url(#tip)"/>`,
      arrow.kind === "copy"
        ? line(
            to.x,
            to.y + BOX.height + 13,
            truncate(filesText(arrow, locale), 36),
            ' font-size="11"',
          ).replace(' font-size="12"', "")
        : "",
    ];
  });
  return (
    [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
      `<title>${escapeHtml(altText(graph))}</title>`,
      `<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="${INK}"/></marker></defs>`,
      `<rect width="${width}" height="${height}" fill="#f7f7f5"/>`,
      line(16, 14, truncate(graph.title, 60)),
      ...boxes,
      ...curves,
      "</svg>",
    ]
      .filter((part) => part !== "")
      .join("\n") + "\n"
  );
}
