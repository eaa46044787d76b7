/** Rules about a lesson's text: emphasis that JupyterLab would not show, terms, links, reading time, and the course's Korean. */

import MarkdownIt from "markdown-it";

import { anchorOf } from "../glossary";
import type { LessonCell } from "../source";
import { finder, type LintFinding, type LintRule, type LintSubject, proseLines, studentCells } from "./types";

/** JupyterLab's renderer keeps to CommonMark, where a mark between punctuation and Hangul neither opens nor closes. */
const commonMark = new MarkdownIt("commonmark").enable("table");

/** `**“낱말”**을`: bold that ends with punctuation before a particle stays as asterisks in JupyterLab. */
export const emphasis: LintRule = (subject) => {
  const find = finder("emphasis", subject);
  return subject.entry.lesson.cells.flatMap((cell) => {
    if (cell.kind !== "markdown") return [];
    return commonMark
      .parse(cell.source, {})
      .flatMap((token) =>
        (token.children ?? []).flatMap((inner) =>
          inner.type === "text" && inner.content.includes("**")
            ? [
                find(
                  "error",
                  cell.line + 1 + (token.map?.[0] ?? 0),
                  `굵은 글씨의 \`**\`가 그대로 보입니다: “${inner.content.slice(0, 40)}”. 문장 부호를 \`**\` 밖으로 옮기세요.`,
                  `the ** of a bold text would be shown: "${inner.content.slice(0, 40)}"; move the punctuation out of it`,
                ),
              ]
            : [],
        ),
      );
  });
};

/** Every row of a table has the cells of its head: a `|` in code must be written `\\|`. */
export const tables: LintRule = (subject) => {
  const find = finder("table", subject);
  return subject.entry.lesson.cells.flatMap((cell) => {
    if (cell.kind !== "markdown") return [];
    let wanted: number | undefined;
    let fenced = false;
    return cell.source.split("\n").flatMap((line, i) => {
      if (/^(```|~~~)/.test(line)) fenced = !fenced;
      if (fenced || !line.startsWith("|")) {
        wanted = undefined;
        return [];
      }
      const count = line.replace(/\\\|/g, "").split("|").length - 2;
      wanted ??= count;
      return count === wanted
        ? []
        : [
            find(
              "error",
              cell.line + 1 + i,
              `표의 칸이 ${wanted}개가 아니라 ${count}개입니다. 칸 안의 \`|\`는 \`\\|\`로 적으세요.`,
              `the row has ${count} cells, the head ${wanted}; write a | within a cell as \\|`,
            ),
          ];
    });
  });
};

/** Terms of `terms:` are in the glossary and in the text. */
export const terms: LintRule = (subject) => {
  const find = finder("term", subject);
  const { head } = subject.entry.lesson;
  const text = studentCells(subject)
    .filter((cell) => cell.kind === "markdown")
    .map((cell) => cell.source)
    .join("\n");
  return head.terms.flatMap((key) => {
    const term = subject.glossary.find((entry) => entry.en === key);
    if (term === undefined)
      return [find("error", 1, `\`${key}\`은(는) 용어집에 없습니다.`, `"${key}" is not in the glossary`)];
    return text.includes(term.ko)
      ? []
      : [
          find(
            "error",
            1,
            `수업의 낱말 ‘${term.ko}’(${key})이(가) 글에 나오지 않습니다.`,
            `the term "${key}" does not occur in the text`,
          ),
        ];
  });
};

/** Links lead to a lesson that is there, to a heading that is there, or to a page of the web by https. */
export const links: LintRule = (subject) => {
  const find = finder("link", subject);
  return subject.entry.lesson.cells.flatMap((cell) =>
    cell.kind !== "markdown"
      ? []
      : proseLines(cell).flatMap(({ line, text }) =>
          [...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g)].flatMap(([, target = ""]) =>
            leadsSomewhere(target, subject)
              ? []
              : [
                  find(
                    "error",
                    line,
                    `링크 \`${target}\`가 가리키는 것이 없습니다.`,
                    `the link ${target} leads nowhere`,
                  ),
                ],
          ),
        ),
  );
};

function leadsSomewhere(target: string, subject: LintSubject): boolean {
  if (/^https:\/\/[\w.-]+\.\w+/.test(target)) return true;
  const [path = "", anchor = ""] = target.split("#");
  const slug = /^\.\.\/([\w-]+)\/\1\.ipynb$/.exec(path)?.[1];
  const lesson =
    path === "" ? subject.entry : subject.lessons.find((other) => other.lesson.head.slug === slug);
  if (lesson === undefined) return false;
  if (anchor === "") return true;
  if (lesson.lesson.cells.some((cell) => cell.kind === "glossary"))
    return subject.glossary.some((term) => anchorOf(term) === anchor);
  const headings = lesson.lesson.cells.flatMap((cell) =>
    [...cell.source.matchAll(/^#+ +(.+)$/gm)].map(([, title = ""]) => title.replace(/ /g, "-")),
  );
  return headings.some((heading) => heading === anchor || encodeURIComponent(heading) === anchor);
}

/** Minutes that a lesson takes: reading at 500 letters a minute, half a minute a cell that is run, time for guesses and exercises. */
export function estimatedMinutes(cells: readonly LessonCell[]): number {
  return cells.reduce((sum, cell) => {
    if (cell.kind === "markdown") return sum + cell.source.replace(/\s/g, "").length / 500;
    if (cell.kind === "exercise") return sum + 2;
    return sum + 0.5;
  }, 0);
}

/** The minutes that the head promises are about those that it takes. */
export const readingTime: LintRule = (subject) => {
  const find = finder("time", subject);
  const { head } = subject.entry.lesson;
  if (!/^L\d\d$/.test(head.id)) return [];
  const minutes = estimatedMinutes(studentCells(subject));
  const shown = Math.round(minutes);
  if (minutes > head.minutes * 1.3)
    return [
      find(
        "warning",
        1,
        `${head.minutes}분이라고 적었는데 어림으로 ${shown}분이 걸립니다.`,
        `says ${head.minutes} minutes, takes about ${shown}`,
      ),
    ];
  return minutes < head.minutes * 0.35
    ? [
        find(
          "warning",
          1,
          `${head.minutes}분이라고 적었는데 어림으로 ${shown}분이면 됩니다.`,
          `says ${head.minutes} minutes, takes only about ${shown}`,
        ),
      ]
    : [];
};

/** Ways of writing that the course does not use, and what to write instead. */
const STYLE: readonly (readonly [RegExp, string])[] = [
  [/[가-힣](?<!아니|필|중|주|개|세|까)요[.?!]/, "합니다체로 씁니다."],
  [/[가-힣]!/, "느낌표를 쓰지 않습니다."],
  [/에 의해|되어지|되어집|지게 됩니다/, "능동으로 씁니다."],
  [/을 가지고 있|를 가지고 있/, "‘~이 있다’로 씁니다."],
  [/에 대하여|로부터|함에 따라/, "번역투입니다. 풀어 씁니다."],
  [/당신|그것은|이것들|그것들/, "가리키는 말을 이름으로 바꾸거나 뺍니다."],
  [/캐시를 타/, "‘재사용하다’로 씁니다."],
  [/캐시 히트|캐시 실패|인스트럭션|지시어|다단계 빌드|카피 온 라이트|기반 이미지/, "용어집의 낱말을 씁니다."],
  [/[。，！？：；（）]/, "전각 문장 부호를 쓰지 않습니다."],
  [/\p{Extended_Pictographic}/u, "그림 글자를 쓰지 않습니다."],
];

/** The longest sentence that reads well, in letters without spaces. */
const LONGEST = 90;

/** The course's Korean (content/lessons/README.md, 글). Quotations of how people talk are left alone. */
export const style: LintRule = (subject) => {
  const find = finder("style", subject);
  const findings: LintFinding[] = [];
  for (const cell of subject.entry.lesson.cells) {
    if (cell.kind !== "markdown") continue;
    for (const { line, text } of proseLines(cell)) {
      const own = text.replace(/“[^”]*”|‘[^’]*’/g, "").replace(/\]\([^)]*\)/g, "]");
      for (const [pattern, instead] of STYLE) {
        const found = pattern.exec(own);
        if (found && !/[✓✗]/u.test(found[0]))
          findings.push(find("warning", line, `“${found[0]}”: ${instead}`, `"${found[0]}": house style`));
      }
      if (text.startsWith("|")) continue;
      for (const sentence of text.replace(/\]\([^)]*\)/g, "]").split(/(?<=[.?])\s+/)) {
        const length = sentence.replace(/\s/g, "").length;
        if (length > LONGEST)
          findings.push(
            find(
              "warning",
              line,
              `문장이 깁니다(${length}자): “${sentence.slice(0, 30)}…”`,
              `a long sentence (${length} letters)`,
            ),
          );
      }
    }
  }
  return findings;
};
