/** V7, the stage graph: a column per stage, its steps downward, and an arrow for everything one stage takes from another. */

import type { BuildRecord, Step } from "../../build/types";
import { markup, type Html } from "../html";
import { SIGNS, words, type Locale, type VerdictKind } from "../locale";
import { codeSpan, escapeMarkdown } from "../markdown";
import { chip, CODE } from "../table/html";
import { labelOf, verdictKind } from "../table/model";
import type { PictureMedium } from "./grid";

export interface StageGraphOptions {
  readonly locale?: Locale;
  readonly title?: string;
}

interface GraphStep {
  readonly name: string;
  readonly verdict: VerdictKind;
}

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly step: string;
  /** Was the step that takes the files reused: is their content equal to one that is stored? */
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
export function stageGraph(
  record: Pick<BuildRecord, "steps">,
  { locale = "ko", title }: StageGraphOptions = {},
): StageGraph {
  const stages = new Map<string, GraphStep[]>();
  const arrows: Arrow[] = [];
  for (const step of record.steps) {
    const list = stages.get(step.stage) ?? [];
    stages.set(step.stage, list);
    list.push({ name: step.name, verdict: verdictKind(step) });
    for (const need of step.needs) {
      const from = record.steps[need];
      if (from && from.stage !== step.stage)
        arrows.push({ from: from.stage, to: step.stage, step: step.name, same: isSame(step) });
    }
  }
  return {
    locale,
    title: title ?? (locale === "ko" ? "스테이지 그림" : "Stages"),
    stages: [...stages].map(([name, steps]) => ({ name, steps })),
    arrows: arrows.filter(
      (arrow, i) => arrows.findIndex((other) => other.step === arrow.step && other.from === arrow.from) === i,
    ),
  };
}

function isSame({ status }: Step): boolean {
  return status === "CACHED";
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

function arrowText({ from, to, step, same }: Arrow, { locale }: StageGraph): string {
  const line = same ? "━━▶" : "╌╌▶";
  const word = locale === "ko" ? (same ? "내용 같음" : "새 내용") : same ? "same content" : "new content";
  return `${from} ${line} ${to}: ${step.slice(labelOf(step).length).trim()} (${word})`;
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
  return markup`<figure lang="${graph.locale}" style="margin:0;overflow-x:auto">
<figcaption style="padding:0 0 4px 0">${graph.title}</figcaption>
<div style="display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start">
${graph.stages.map(
  (
    stage,
  ) => markup`<section style="flex:1 1 240px;min-width:0;border:1px solid #8a8a8a;padding:4px 8px;break-inside:avoid" aria-label="${stage.name}"><strong>${stage.name}</strong>
<ol style="margin:4px 0 0 0;padding:0 0 0 20px">
${stage.steps.map(step)}</ol></section>
`,
)}</div>
${
  graph.arrows.length > 0 &&
  markup`<ul style="margin:6px 0 0 0;padding:0 0 0 20px">${graph.arrows.map((arrow) => markup`<li><span style="border-bottom:3px ${arrow.same ? "solid" : "dashed"} currentColor">${arrowText(arrow, graph)}</span></li>`)}</ul>
`
}</figure>
`;
}
