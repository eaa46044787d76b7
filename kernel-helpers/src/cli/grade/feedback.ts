/** What a student is told: a Markdown text, the same as an HTML page, and a short comment for the worksheet. In Korean. */

import MarkdownIt from "markdown-it";

import { escapeHtml } from "../../report/html";
import { escapeMarkdown } from "../../report/markdown";
import type { CellNote, ExerciseMark, StudentMark } from "./mark";

const RESULT = { passed: "✓ 통과", "not-yet": "아직", none: "답이 없음" } as const;

/** The feedback as Markdown. What students wrote stands in it only as code. */
export function feedbackMarkdown({ submission, exercises, passed, notes, problems }: StudentMark): string {
  const lessons = [...new Set(exercises.map(({ lesson }) => lesson))].join(", ");
  const lines = [
    `# ${escapeMarkdown(submission.name)}: ${lessons}`,
    "",
    `문제 ${exercises.length}개 가운데 **${passed}개**를 풀었습니다.`,
    "",
    "| 문제 | 제목 | 결과 |",
    "|---|---|---|",
    ...exercises.map(
      ({ exercise, title, result, byFiles }) =>
        `| ${exercise} | ${escapeMarkdown(title)} | ${RESULT[result]}${byFiles ? "(app/ 폴더로)" : ""} |`,
    ),
  ];
  for (const mark of exercises.filter(({ result }) => result !== "passed"))
    lines.push("", ...exercisePart(mark));
  if (notes.length + problems.length > 0)
    lines.push(
      "",
      "## 셀에서 있었던 일",
      "",
      ...problems.map(({ ko }) => `- ${escapeMarkdown(ko)}`),
      ...notes.flatMap(noteLines),
    );
  lines.push(
    "",
    "---",
    "",
    "제출한 노트북의 셀을 처음부터 새로 실행하고 결과로 검사했습니다. 저장되어 있던 출력과 진도는 보지 않았습니다.",
  );
  return lines.join("\n") + "\n";
}

function exercisePart({ exercise, title, result, check }: ExerciseMark): string[] {
  const head = `## ${exercise} ${escapeMarkdown(title)}`;
  if (result === "none")
    return [head, "", "검사 셀에 답이 없거나 검사 셀이 없습니다. 노트북을 열고 검사 셀을 채워 보세요."];
  return [
    head,
    "",
    ...(check?.rows ?? []).map(({ met, text }) => `- ${met ? "✓" : "아직:"} ${text}`),
    ...((check?.rows ?? []).length > 0 ? [""] : []),
    check?.feedback ?? "",
  ];
}

const WHY: Readonly<Record<CellNote["why"], string>> = {
  error: "오류로 끝났습니다.",
  typescript: "TypeScript 셀이라 채점할 때 실행하지 않았습니다.",
  timeout: "제한 시간을 넘겨 멈췄습니다.",
  died: "커널이 끝나서 실행하지 못했습니다.",
  ended: "메모리를 다 쓰거나 실행기를 끝내서, 빼고 다시 실행했습니다.",
};

function noteLines({ notebook, cell, why, message }: CellNote): string[] {
  const name = notebook.split("/").at(-1) ?? notebook;
  const first = message.split("\n").slice(0, 8);
  return [
    `- ${escapeMarkdown(name)}의 ${cell}번째 셀: ${WHY[why]}`,
    ...(message === "" ? [] : ["", ...first.map((line) => `      ${line}`), ""]),
  ];
}

const STYLE =
  'body{font:16px/1.7 "Noto Sans KR","Malgun Gothic","Apple SD Gothic Neo",sans-serif;max-width:46em;margin:2em auto;padding:0 1em}' +
  ":root{color-scheme:light dark}table{border-collapse:collapse}th,td{border:1px solid #8888;padding:.3em .7em}pre{overflow-x:auto}";

/** The same as an HTML page that loads nothing. */
export function feedbackHtml(mark: StudentMark): string {
  const body = new MarkdownIt({ html: false, linkify: false }).render(feedbackMarkdown(mark));
  return `<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(mark.submission.name)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}</body>
</html>
`;
}

/** A few lines for the worksheet, as HTML. */
export function feedbackComment({ exercises, passed, problems }: StudentMark): string {
  return [
    `문제 ${exercises.length}개 가운데 ${passed}개를 풀었습니다.`,
    ...problems.map(({ ko }) => ko),
    ...exercises
      .filter(({ result }) => result !== "passed")
      .map(({ exercise, result, check }) =>
        result === "none"
          ? `${exercise}: 답이 없습니다.`
          : `${exercise}: ${(check?.feedback ?? "").split("\n")[0]}`,
      ),
  ]
    .map(escapeHtml)
    .join("<br>");
}
