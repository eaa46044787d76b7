/** The commits of a project, and one change as a whole, as text, Markdown, HTML and JSON. */

import type { CourseRow } from "../../build";
import type { Locale, VerdictKind } from "../locale";
import { codeSpan, escapeMarkdown } from "../markdown";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "../pictures/grid";
import { truncate } from "../text";
import { type CourseCause, type CourseStep, type CourseSummary, isRun, textOf } from "./summary";

/** One change as a whole: from where it branched off to its end. */
export interface ChangeSummary {
  readonly base: string;
  readonly head: string;
  readonly row: CourseRow;
  readonly commits: CourseSummary;
}

/** Found again by a CI job that updates its comment. */
export const COMMENT_MARK = "<!-- layerbook whatif -->";

const DETAILS = 3;
const WIDTH = 60;

/** The table of steps and how many of the commits run them again. Default locale: Korean. */
export function renderCourse(
  summary: CourseSummary,
  medium: PictureMedium,
  { locale = "ko", notes = [] }: { readonly locale?: Locale; readonly notes?: readonly string[] } = {},
): string {
  if (medium === "json") return JSON.stringify(summary, null, 2) + "\n";
  const say = sayer(locale);
  const grid: Grid = {
    locale,
    title: say(
      `커밋 ${summary.commits}개를 차례로 빌드한다면`,
      `Building ${summary.commits} commit${summary.commits === 1 ? "" : "s"} one after the other`,
    ),
    heads: [
      say("단계", "Step"),
      say("다시 실행", "Runs again"),
      say("결과에 달림", "Depends"),
      say("원인", "Cause"),
    ],
    rows: summary.steps.map((step): GridCell[] => [
      { text: truncate(step.step, WIDTH), code: true },
      { text: `${step.runs}/${summary.commits}`, right: true },
      { text: step.depends > 0 ? `${step.depends}/${summary.commits}` : "", right: true },
      { text: step.causes.map((cause) => causeText(cause, locale)).join(" · ") },
    ]),
    notes: [...courseSentences(summary, locale), ...notes],
  };
  return renderGrid(grid, medium);
}

/**
 * One sentence for each RUN that at least one commit runs again, the most frequent first: `최근 커밋 200개 중 187개가 RUN npm ci 단계를 다시
 * 실행합니다. 원인: COPY . .`
 */
export function courseSentences({ commits, steps, rows }: CourseSummary, locale: Locale): string[] {
  const say = sayer(locale);
  const runs = steps
    .filter(({ instruction, runs }) => instruction === "RUN" && runs > 0)
    .sort((a, b) => b.runs - a.runs);
  const refused = rows.filter(({ error }) => error !== undefined);
  const sentences = runs.map((step) =>
    say(
      `최근 커밋 ${commits}개 중 ${step.runs}개가 ${short(step)} 단계를 다시 실행합니다. 원인: ${causesOf(step, locale)}`,
      `${step.runs} of the last ${commits} commits run ${short(step)} again. Cause: ${causesOf(step, locale)}`,
    ),
  );
  if (runs.length === 0)
    sentences.push(
      say(
        `최근 커밋 ${commits}개 가운데 RUN을 다시 실행하는 것은 없습니다.`,
        `None of the last ${commits} commits runs a RUN again.`,
      ),
    );
  if (refused.length > 0)
    sentences.push(
      say(
        `커밋 ${refused.length}개는 빌드할 수 없어 세지 않았습니다(${refused[0]!.id.slice(0, 7)}: ${refused[0]!.error!}).`,
        `${refused.length} commit${refused.length === 1 ? "" : "s"} cannot be built and ${refused.length === 1 ? "is" : "are"} not counted (${refused[0]!.id.slice(0, 7)}: ${refused[0]!.error!}).`,
      ),
    );
  return sentences;
}

function short(step: CourseStep): string {
  return truncate(textOf(step.step), WIDTH);
}

function causesOf({ causes }: CourseStep, locale: Locale): string {
  return causes
    .map((cause) => (causes.length > 1 ? causeText(cause, locale) : `${cause.step}${details(cause, locale)}`))
    .join(" · ");
}

function causeText(cause: CourseCause, locale: Locale): string {
  return `${truncate(cause.step, WIDTH)} ×${cause.commits}${details(cause, locale)}`;
}

function details({ details }: CourseCause, locale: Locale): string {
  const say = sayer(locale);
  const named = details.map(({ kind, what, commits }) => {
    const name =
      kind === "file"
        ? what || "/"
        : kind === "variable"
          ? what
          : kind === "command"
            ? say("명령", "the command")
            : kind === "base"
              ? say("베이스", "the base")
              : what;
    return `${name} ${commits}`;
  });
  if (named.length === 0) return "";
  const more =
    named.length > DETAILS ? say(` 외 ${named.length - DETAILS}`, ` and ${named.length - DETAILS} more`) : "";
  return ` (${named.slice(0, DETAILS).join(", ")}${more})`;
}

const VERDICTS: Readonly<Record<CourseRow["cells"][number]["outcome"], VerdictKind>> = {
  hit: "reused",
  own: "cause",
  "knock-on": "knock-on",
  first: "first",
  "not-looked-up": "not-looked-up",
  depends: "ran",
  fails: "failed",
  "not-reached": "not-run",
};

/** The comment for a pull request; in Markdown it begins with a mark by which it is found again. */
export function renderChange(
  change: ChangeSummary,
  medium: PictureMedium,
  { locale = "ko", notes = [] }: { readonly locale?: Locale; readonly notes?: readonly string[] } = {},
): string {
  if (medium === "json") return JSON.stringify(change, null, 2) + "\n";
  const say = sayer(locale);
  const { row, commits } = change;
  const grid: Grid = {
    locale,
    title: say("이 변경이 다시 실행하는 단계", "Steps that this change runs again"),
    heads: [say("단계", "Step"), say("결과", "Outcome"), say("까닭", "Reason")],
    rows: row.cells.map((cell): GridCell[] => [
      { text: truncate(textOf(cell.step), WIDTH), code: true },
      { verdict: VERDICTS[cell.outcome] },
      { text: cell.sentence?.[locale] ?? "" },
    ]),
    notes: [changeSentence(change, locale), ...notes],
    words: { ran: say("결과에 달림", "depends") },
  };
  if (medium !== "markdown") {
    const rest = commits.commits > 1 ? renderCourse(commits, medium, { locale }) : "";
    return renderGrid(grid, medium) + (rest === "" ? "" : (medium === "text" ? "\n" : "") + rest);
  }
  const lines = [
    COMMENT_MARK,
    `### ${say("빌드 캐시에 생기는 일", "What happens to the build cache")}`,
    "",
    escapeMarkdown(changeSentence(change, locale)),
    "",
    `| ${say("단계", "Step")} | ${say("결과", "Outcome")} | ${say("까닭", "Reason")} |`,
    "| --- | --- | --- |",
    ...row.cells.map((cell) => {
      const verdict = {
        reused: say("● 재사용", "● reused"),
        cause: say("▲ 원인", "▲ cause"),
        "knock-on": say("△ 연쇄", "△ knock-on"),
        first: say("◆ 처음", "◆ first"),
        "not-looked-up": say("◇ 찾지 않음", "◇ not looked up"),
        ran: say("◆ 결과에 달림", "◆ depends"),
        failed: say("✕ 실패", "✕ fails"),
        "not-run": say("○ 안 함", "○ not reached"),
      };
      const kind = VERDICTS[cell.outcome] as keyof typeof verdict;
      return `| ${codeSpan(truncate(textOf(cell.step), WIDTH))} | ${verdict[kind]} | ${escapeMarkdown(cell.sentence?.[locale] ?? "")} |`;
    }),
    "",
  ];
  if (commits.commits > 1) {
    lines.push(
      `<details><summary>${say(`커밋마다(${commits.commits}개)`, `By commit (${commits.commits})`)}</summary>`,
      "",
      ...commits.rows.map(
        ({ id, subject, runs, error }) =>
          `- ${codeSpan(id.slice(0, 7))} ${escapeMarkdown(truncate(subject, WIDTH))}: ${error === undefined ? say(`${runs.length}단계`, `${runs.length} step${runs.length === 1 ? "" : "s"}`) : escapeMarkdown(error)}`,
      ),
      "",
      "</details>",
      "",
    );
  }
  lines.push(...notes.flatMap((note) => [escapeMarkdown(note), ""]));
  return lines.join("\n");
}

/** How many steps, and the first cause. */
export function changeSentence({ row }: ChangeSummary, locale: Locale): string {
  const say = sayer(locale);
  if (row.error !== undefined)
    return say(
      `이 변경의 Dockerfile은 빌드할 수 없습니다: ${row.error}`,
      `the Dockerfile of this change cannot be built: ${row.error}`,
    );
  const steps = row.cells.filter(({ instruction }) => instruction !== "FROM");
  const runs = steps.filter(isRun);
  const open = steps.filter(({ outcome }) => outcome === "depends");
  if (runs.length === 0)
    return say(
      `이 변경은 다시 실행하는 단계가 없습니다(단계 ${steps.length}개).`,
      `This change runs none of the ${steps.length} steps again.`,
    );
  const first = runs.find(({ outcome }) => outcome === "own" || outcome === "first");
  const because = first?.sentence?.[locale];
  const maybe =
    open.length > 0
      ? say(
          ` ${open.length}개는 앞의 RUN이 만드는 파일에 달려 있습니다.`,
          ` ${open.length} depend on files that a RUN makes.`,
        )
      : "";
  return (
    say(
      `이 변경은 단계 ${steps.length}개 중 ${runs.length}개를 다시 실행합니다.`,
      `This change runs ${runs.length} of ${steps.length} steps again.`,
    ) +
    maybe +
    (first
      ? say(
          ` 첫 원인: ${truncate(textOf(first.step), WIDTH)}${because === undefined ? "" : ` — ${because}`}`,
          ` First cause: ${truncate(textOf(first.step), WIDTH)}${because === undefined ? "" : ` — ${because}`}`,
        )
      : "")
  );
}

function sayer(locale: Locale): (ko: string, en: string) => string {
  return (ko, en) => (locale === "ko" ? ko : en);
}
