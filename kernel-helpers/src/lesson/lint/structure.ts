/** Rules about a lesson's parts: what every lesson has, something to do in every third cell, known magics, builds behind claims. */

import type { LessonCell } from "../source";
import { finder, type LintRule, proseLines, studentCells } from "./types";

/** Cells by the beginning of their first line; the rest is TypeScript. */
const MAGICS =
  /^%%(dockerfile|writefile|sh|predict|check|hint|note|quiz)(\s|$)|^%(context|reset_lab|progress|exercise|help)\b|^!/;
/** Shell commands that print nothing when they succeed. */
const SILENT = /^(cp|mv|rm|mkdir|touch|chmod|sed -i|ln|cd|export)\b|^(echo|printf|cat)\b.*>/;
const BUILDS = /^%%dockerfile\b|docker( buildx)? build\b|lab\.build\(/m;
/** Sentences that say what a build did. */
const CLAIM = /((재사용|실행)되었(습니다|고|는데|지만)|새로 만들어졌습니다|실패했습니다|내려받았습니다)/;

/** What a lesson of the course (`L01` …) has: see content/lessons/README.md. */
export const structure: LintRule = (subject) => {
  const find = finder("structure", subject);
  const { head, cells } = subject.entry.lesson;
  if (!/^L\d\d$/.test(head.id)) return [];
  const all = studentCells(subject);
  const text = (pattern: RegExp): LessonCell | undefined =>
    all.find((cell) => cell.kind === "markdown" && pattern.test(cell.source));
  const findings = [];
  const wanted: readonly (readonly [boolean, string, string])[] = [
    [
      text(new RegExp(`^# ${head.id} `)) !== undefined,
      `제목 \`# ${head.id} …\``,
      `a heading "# ${head.id} …"`,
    ],
    [
      head.needs.length === 0 || all.some((cell) => cell.tags.includes("retrieval")),
      "앞 수업을 묻는 되짚기(`retrieval`)",
      "a question about an earlier lesson (tag retrieval)",
    ],
    [text(/^## 물음/m) !== undefined, "`## 물음`", 'a part "## 물음" (the question)'],
    [all.some((cell) => cell.kind === "prediction"), "예측", "a prediction"],
    [all.some((cell) => cell.tags.includes("key-visual")), "대표 그림(`key-visual`)", "a key visual"],
    [all.filter((cell) => cell.kind === "exercise").length >= 2, "확인 문제 두 개", "two exercises"],
    [text(/^## 한 줄 정리/m) !== undefined, "`## 한 줄 정리`", 'a part "## 한 줄 정리" (in one line)'],
    [
      text(/^### 실제 도커에서/m) !== undefined,
      "`### 실제 도커에서`",
      'a part "### 실제 도커에서" (with real Docker)',
    ],
    [
      head.needs.length === 0 || cells.some((cell) => cell.id === "reminder" && cell.audience === "solution"),
      "되짚기의 풀이(`:::solution`의 셀 `reminder`)",
      "the answer to the look back (cell reminder in :::solution)",
    ],
    ...["시간", "자주 걸리는 곳", "판서", "토론거리"].map((part): readonly [boolean, string, string] => [
      cells.some((cell) => cell.audience === "teacher" && cell.source.includes(`**${part}**`)),
      `강사용 글의 \`**${part}**\``,
      `"${part}" in a note for teachers`,
    ]),
  ];
  for (const [there, ko, en] of wanted)
    if (!there) findings.push(find("error", 1, `${ko}이(가) 없습니다.`, `${en} is missing`));
  const order = subject.lessons.map(({ lesson }) => lesson.head.id);
  for (const id of head.needs)
    if (!order.slice(0, order.indexOf(head.id)).includes(id))
      findings.push(
        find(
          "error",
          1,
          `\`needs\`의 ${id}은(는) 앞에 없는 수업입니다.`,
          `needs: ${id} is no earlier lesson`,
        ),
      );
  let texts = 0;
  for (const cell of all) {
    texts = cell.kind === "markdown" ? texts + 1 : 0;
    if (texts === 4)
      findings.push(
        find(
          "warning",
          cell.line,
          "글 셀이 네 개 이어집니다. 사이에 할 일을 두세요.",
          "four text cells in a row; give the learner something to do",
        ),
      );
  }
  return findings;
};

/** Code cells begin with a magic that exists and show something when they have run. */
export const codeCells: LintRule = (subject) => {
  const find = finder("output", subject);
  return studentCells(subject).flatMap((cell) => {
    if (cell.kind !== "code") return [];
    const [first = "", ...rest] = cell.source.split("\n");
    if (/^[%!]/.test(first) && !MAGICS.test(first))
      return [find("error", cell.line, `\`${first}\`: 없는 매직입니다.`, `${first}: no such magic`)];
    const commands = (/^%%sh\b/.test(first) ? rest : first.startsWith("!") ? [first.slice(1)] : []).filter(
      (line) => line.trim() !== "" && !line.trim().startsWith("#"),
    );
    const silent =
      commands.length > 0 &&
      commands.every((line) => line.split(/&&|;/).every((part) => SILENT.test(part.trim())));
    return silent
      ? [
          find(
            "warning",
            cell.line,
            `셀 \`${cell.id}\`은(는) 아무것도 보여 주지 않습니다. 결과를 보는 명령을 더하세요.`,
            `cell "${cell.id}" shows nothing; add a command that shows its effect`,
          ),
        ]
      : [];
  });
};

/** A sentence that says what a build did stands after that build, in the same part of the lesson. */
export const claims: LintRule = (subject) => {
  const find = finder("claim", subject);
  let built = false;
  return studentCells(subject).flatMap((cell) => {
    if (cell.kind === "code") {
      built ||= BUILDS.test(cell.source);
      return [];
    }
    if (cell.kind !== "markdown" || cell.tags.includes("retrieval")) return [];
    const claim = proseLines(cell).find(({ text }) => CLAIM.test(text) && !text.startsWith(">"));
    return claim !== undefined && !built
      ? [
          find(
            "error",
            claim.line,
            "빌드의 결과를 말하는데 그 앞에 빌드하는 셀이 없습니다.",
            "says what a build did, but no cell before it builds",
          ),
        ]
      : [];
  });
};
