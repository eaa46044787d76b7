/** The CI report as HTML, Markdown, text and JSON: where the minutes went, what to do first, and how sure each sentence is. */

import { markup, type Html } from "../html";
import type { Locale } from "../locale";
import { escapeMarkdown } from "../markdown";
import { type Grid, type GridCell, gridHtml, type PictureMedium, renderGrid } from "../pictures/grid";
import { wrap } from "../text";
import { byImportance } from "./findings";
import type { CiBuild, CiFinding, CiReport, CiRow } from "./types";
import { BASIS, duration, FORMATS, PHASES, STATUSES, type Sentences } from "./words";

/** Language and length of the CI report. */
export interface CiRenderOptions {
  readonly locale?: Locale;
  /** Rows of the table of steps. Default: 12, the longest. */
  readonly rows?: number;
}

/** *report* in *medium*. Default locale: Korean. */
export function renderCi(report: CiReport, medium: PictureMedium, options: CiRenderOptions = {}): string {
  if (medium === "json") return JSON.stringify(report, null, 2) + "\n";
  const view = viewOf(report, options);
  return medium === "html"
    ? viewHtml(view).toString()
    : medium === "markdown"
      ? viewMarkdown(view)
      : viewText(view);
}

interface Item {
  readonly title: string;
  readonly statements: readonly { readonly basis: string; readonly text: string }[];
  readonly advice: string;
  readonly lines: string;
}

interface Section {
  readonly title: string;
  readonly facts: readonly string[];
  readonly grids: readonly Grid[];
  readonly items: readonly Item[];
}

interface View {
  readonly locale: Locale;
  readonly title: string;
  readonly first: string;
  readonly itemsTitle: string;
  readonly adviceWord: string;
  readonly sections: readonly Section[];
  readonly notes: readonly string[];
}

function viewOf(report: CiReport, { locale = "ko", rows = 12 }: CiRenderOptions): View {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const pick = (text: Sentences): string => text[locale];
  const { builds } = report;
  const all = builds.reduce((sum, { wall, work }) => sum + (wall?.ms ?? work.ms), 0);
  const itemOf = (one: CiFinding): Item => ({
    title: one.ms >= 1000 ? pick(duration(one.ms)) : "",
    statements: one.statements.map(({ basis, text }) => ({ basis: pick(BASIS[basis]), text: pick(text) })),
    advice: pick(one.advice),
    lines:
      one.lines.length === 0
        ? ""
        : say(`로그 ${one.lines.join(", ")}번째 줄`, `log line ${one.lines.join(", ")}`),
  });
  const top = [...builds.flatMap(({ findings }) => findings), ...report.findings].sort(byImportance)[0];
  const sections = builds.map((build, i): Section => sectionOf(build, i, report, itemOf, locale, rows));
  const shared: Section[] =
    report.findings.length === 0
      ? []
      : [{ title: say("빌드 전체", "All builds"), facts: [], grids: [], items: report.findings.map(itemOf) }];
  return {
    locale,
    title:
      builds.length === 0
        ? say("로그에서 Docker 빌드를 찾지 못했습니다.", "No Docker build was found in the log.")
        : say(
            `빌드 ${builds.length}개, 모두 ${duration(all).ko}`,
            `${builds.length} build${builds.length === 1 ? "" : "s"}, ${duration(all).en} in all`,
          ),
    first: top ? `${say("먼저 할 일", "Do first")}: ${pick(top.advice)}` : "",
    itemsTitle: say("찾은 것", "Findings"),
    adviceWord: say("할 일", "Do"),
    sections: [...sections, ...shared],
    notes: [
      ...report.unknown.map(pick),
      builds.length > 0
        ? say(
            "기록: 로그에 있는 것 · 계산: 기록에서 셈한 것 · 추론: 그럴듯하지만 로그가 증명하지 않는 것",
            "recorded: stands in the log · computed: follows from it · inferred: likely, but not proved by the log",
          )
        : say(
            "docker buildx build의 로그(plain, 터미널, rawjson), 옛 빌더의 로그, .dockerbuild 기록을 읽습니다.",
            "Read are logs of docker buildx build (plain, terminal, rawjson), of the classic builder, and .dockerbuild records.",
          ),
    ],
  };
}

const RESULTS: Readonly<Record<CiBuild["result"], Sentences>> = {
  succeeded: { ko: "성공", en: "succeeded" },
  failed: { ko: "실패", en: "failed" },
  unfinished: { ko: "끝이 기록되지 않음", en: "end not in the log" },
};

function sectionOf(
  build: CiBuild,
  index: number,
  report: CiReport,
  itemOf: (one: CiFinding) => Item,
  locale: Locale,
  shown: number,
): Section {
  const say = (ko: string, en: string): string => (locale === "ko" ? ko : en);
  const pick = (text: Sentences): string => text[locale];
  const { wall, work, waiting, parallel } = build;
  const total = Math.max(1, wall?.ms ?? work.ms);
  const facts = [
    `${pick(FORMATS[build.format])} · ${pick(RESULTS[build.result])}${build.lines[1] > 0 ? say(` · 로그 ${build.lines.join("–")}번째 줄`, ` · log lines ${build.lines.join("–")}`) : ""}`,
    wall
      ? say(
          `걸린 시간 ${duration(wall.ms).ko} (${BASIS[wall.basis].ko})`,
          `${duration(wall.ms).en} (${BASIS[wall.basis].en})`,
        )
      : say(
          `행의 시간을 더하면 ${duration(work.ms).ko} (계산, 나란히 실행된 것도 따로 셈)`,
          `the rows' times are ${duration(work.ms).en} together (computed; parallel rows counted each)`,
        ),
    waiting && waiting.ms >= 1000
      ? say(`기다림 ${duration(waiting.ms).ko} (계산)`, `waiting ${duration(waiting.ms).en} (computed)`)
      : "",
    parallel && parallel.ms >= 1000
      ? say(
          `나란히 실행해 아낀 시간 ${duration(parallel.ms).ko} (계산)`,
          `saved by running side by side: ${duration(parallel.ms).en} (computed)`,
        )
      : "",
    say(
      `단계: 재사용 ${build.reused}개, 실행 ${build.ran}개`,
      `steps: ${build.reused} reused, ${build.ran} ran`,
    ),
  ].filter((fact) => fact !== "");
  const phases: Grid = {
    locale,
    title: say("시간이 간 곳", "Where the time went"),
    heads: [
      say("하는 일", "Phase"),
      say("시간", "Time"),
      say("비율", "Share"),
      say("막대", "Bar"),
      say("근거", "Basis"),
    ],
    rows: build.phases
      .filter(({ ms }) => ms >= 50)
      .map(({ phase, ms, basis }): GridCell[] => [
        { text: pick(PHASES[phase]) },
        { text: pick(duration(ms)), right: true },
        { text: `${Math.round((ms / total) * 100)}%`, right: true },
        { text: "█".repeat(Math.round(Math.min(1, ms / total) * 12)) },
        { text: pick(BASIS[basis]) },
      ]),
    notes: [],
  };
  const longest = [...build.rows]
    .filter((row) => row.phase === "steps" || row.phase === "pull" || (row.time?.ms ?? 0) >= 1000)
    .sort((a, b) => (b.time?.ms ?? 0) - (a.time?.ms ?? 0))
    .slice(0, shown)
    .sort((a, b) => build.rows.indexOf(a) - build.rows.indexOf(b));
  const rows: Grid = {
    locale,
    title: say("단계와 큰 행", "Steps and large rows"),
    heads: [say("행", "Row"), say("결과", "Outcome"), say("시간", "Time")],
    rows: longest.map((row: CiRow): GridCell[] => [
      { text: row.name, code: true },
      row.status === "CACHED"
        ? { verdict: "reused" }
        : row.status === "ERROR"
          ? { verdict: "failed" }
          : row.status === "CANCELED"
            ? { verdict: "canceled" }
            : row.status === "DONE" && row.phase === "steps"
              ? { verdict: "ran" }
              : { text: pick(STATUSES[row.status]) },
      { text: row.time ? pick(duration(row.time.ms)) : "–", right: true },
    ]),
    notes: [],
  };
  return {
    title: say(`빌드 ${index + 1}`, `Build ${index + 1}`) + (build.name === "" ? "" : `: ${build.name}`),
    facts,
    grids: [phases, rows].filter((grid) => grid.rows.length > 0),
    items: build.findings.map(itemOf),
  };
}

const WIDTH = 96;

function viewText(view: View): string {
  const out = [view.title];
  if (view.first !== "") out.push(...wrap(view.first, WIDTH));
  for (const section of view.sections) {
    out.push("", `== ${section.title}`, ...section.facts);
    for (const grid of section.grids) out.push("", renderGrid(grid, "text").trimEnd());
    if (section.items.length > 0) out.push("", view.itemsTitle);
    section.items.forEach(({ title, statements, advice, lines }, i) => {
      statements.forEach(({ basis, text }, at) => {
        const lead = at === 0 ? `${String(i + 1).padStart(2)}. ${title === "" ? "" : `${title} · `}` : "    ";
        out.push(...hang(`${lead}[${basis}] ${text}`, at === 0 ? "    " : "      "));
      });
      out.push(...hang(`    → ${view.adviceWord}: ${advice}${lines === "" ? "" : ` (${lines})`}`, "      "));
    });
  }
  out.push("", ...view.notes.flatMap((note) => wrap(note, WIDTH)));
  return out.join("\n") + "\n";
}

function hang(text: string, indent: string): string[] {
  const lead = /^ */.exec(text)![0];
  return wrap(text, WIDTH).map((line, i) => (i === 0 ? lead : indent) + line);
}

function viewMarkdown(view: View): string {
  const out = [`**${escapeMarkdown(view.title)}**`, ""];
  if (view.first !== "") out.push(escapeMarkdown(view.first), "");
  for (const section of view.sections) {
    out.push(`### ${escapeMarkdown(section.title)}`, "");
    for (const fact of section.facts) out.push(`- ${escapeMarkdown(fact)}`);
    if (section.facts.length > 0) out.push("");
    for (const grid of section.grids) out.push(renderGrid(grid, "markdown"));
    section.items.forEach(({ title, statements, advice, lines }, i) => {
      const [first, ...rest] = statements;
      out.push(
        `${i + 1}. ${title === "" ? "" : `**${escapeMarkdown(title)}** · `}${first ? `*${first.basis}* ${escapeMarkdown(first.text)}` : ""}`,
        ...rest.map(({ basis, text }) => `   - *${basis}* ${escapeMarkdown(text)}`),
        `   - **${view.adviceWord}** ${escapeMarkdown(advice)}${lines === "" ? "" : ` (${escapeMarkdown(lines)})`}`,
      );
    });
    if (section.items.length > 0) out.push("");
  }
  out.push(...view.notes.map((note) => `> ${escapeMarkdown(note)}`));
  return out.join("\n").replace(/\n{3,}/g, "\n\n") + "\n";
}

function viewHtml(view: View): Html {
  return markup`<div lang="${view.locale}" style="overflow-wrap:anywhere">
<p style="margin:0 0 4px 0"><strong>${view.title}</strong></p>
${
  view.first !== "" &&
  markup`<p style="margin:0 0 8px 0">${view.first}</p>
`
}${view.sections.map(
    (section) => markup`<div role="group" style="margin:0 0 16px 0" aria-label="${section.title}">
<p style="margin:8px 0 4px 0;font-size:1.1em"><strong>${section.title}</strong></p>
${
  section.facts.length > 0 &&
  markup`<ul style="margin:0 0 8px 0;padding:0 0 0 20px">${section.facts.map((fact) => markup`<li>${fact}</li>`)}</ul>
`
}${section.grids.map(gridHtml)}${
      section.items.length > 0 &&
      markup`<ol style="margin:8px 0 0 0;padding:0 0 0 24px">
${section.items.map(
  ({
    title,
    statements,
    advice,
    lines,
  }) => markup`<li style="margin:0 0 6px 0">${title !== "" && markup`<strong>${title}</strong> · `}${statements.map(
    ({ basis, text }, at) =>
      markup`${at > 0 && markup`<br>`}<span style="border:1px solid currentColor;border-radius:3px;padding:0 4px;font-size:0.85em">${basis}</span> ${text}`,
  )}<br><strong>→ ${view.adviceWord}</strong> ${advice}${lines !== "" && markup` <small>(${lines})</small>`}</li>
`,
)}</ol>
`
    }</div>
`,
  )}${view.notes.map(
    (note) => markup`<p style="margin:4px 0 0 0;font-size:0.9em">${note}</p>
`,
  )}</div>
`;
}
