/** How predictions, checks and hints look: HTML, Markdown and text of the same content. */

import type { CheckResult, CourseProgress } from "../../lesson";
import type { MimeBundle } from "../protocol/messages";
import { loadLesson, type PredictionNote } from "../session/learning";

const CELL = "text-align:left;padding:2px 10px 2px 0;vertical-align:top";

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);
}

/** `code` and **bold** of a sentence, escaped. */
function inline(text: string): string {
  return escape(text).replace(/`([^`]+)`|\*\*([^*]+)\*\*/g, (_whole, code?: string, bold?: string) =>
    code === undefined
      ? `<strong>${(bold ?? "").replace(/`([^`]+)`/g, "<code>$1</code>")}</strong>`
      : `<code>${code}</code>`,
  );
}

/** A sentence without its marks; an asterisk in `code` stays. */
function plain(text: string): string {
  return text.replace(
    /`([^`\n]+)`|\*\*([^*\n]+)\*\*/g,
    (_whole, code?: string, bold?: string) => code ?? (bold ?? "").replace(/`/g, ""),
  );
}

function bundle(html: string, markdown: string, text: string): MimeBundle {
  return {
    "text/html": `<div lang="ko" style="line-height:1.6">${html}</div>`,
    "text/markdown": markdown,
    "text/plain": text,
  };
}

/** A paragraph with a bold beginning. */
export function message(head: string, body: string): MimeBundle {
  const tail = body === "" ? "" : ` ${body}`;
  return bundle(
    `<p style="margin:4px 0"><strong>${inline(head)}</strong>${inline(tail)}</p>`,
    `**${head}**${tail}`,
    plain(`${head}${tail}`),
  );
}

/** A question with numbered answers to choose from. */
export function questionView(
  head: string,
  question: string,
  answers: readonly string[],
  how: string,
): MimeBundle {
  const items = answers.map((answer) => `<li>${inline(answer)}</li>`).join("");
  const numbered = answers.map((answer, index) => `${index + 1}. ${answer}`);
  return bundle(
    `<p style="margin:4px 0"><strong>${inline(head)}</strong></p><p style="margin:4px 0">${inline(question)}</p><ol style="margin:4px 0">${items}</ol><p style="margin:4px 0">${inline(how)}</p>`,
    [`**${head}**`, "", question, "", ...numbered, "", how].join("\n"),
    plain([head, question, ...numbered.map((line) => `  ${line}`), how].join("\n")),
  );
}

const VERDICT = { hit: "● 재사용", miss: "▲△ 다시 실행" } as const;

/** Guess beside outcome, one row a step. */
export function comparisonView(note: PredictionNote): MimeBundle {
  const rows = note.comparisons.map((entry) => ({
    step: entry.step,
    guess: entry.guessed === undefined ? "–" : VERDICT[entry.guessed],
    actual: VERDICT[entry.actual],
    sign: entry.right === undefined ? "" : entry.right ? "= 맞음" : "≠ 다름",
    feedback: entry.feedback,
  }));
  const judged = note.comparisons.filter((entry) => entry.right !== undefined);
  const caption =
    judged.length === 0 && note.comparisons.every((entry) => entry.guessed === undefined)
      ? "예측과 결과: 예측에 적은 이름의 단계가 이 빌드에 없습니다"
      : `예측과 결과: ${judged.length}단계 가운데 ${judged.filter((entry) => entry.right).length}단계를 맞혔습니다`;
  const notes = rows.flatMap((row) => (row.feedback === undefined ? [] : [row.feedback]));
  const head = ["단계", "예측", "결과", "비교"]
    .map((title) => `<th scope="col" style="${CELL}">${title}</th>`)
    .join("");
  const body = rows
    .map(
      (row) =>
        `<tr><th scope="row" style="${CELL};font-weight:normal"><code>${escape(row.step)}</code></th><td style="${CELL}">${row.guess}</td><td style="${CELL}">${row.actual}</td><td style="${CELL}">${row.sign}</td></tr>`,
    )
    .join("");
  return bundle(
    `<table style="border-collapse:collapse"><caption style="text-align:left;font-weight:bold">${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>${notes.map((text) => `<p style="margin:4px 0">${inline(text)}</p>`).join("")}`,
    [
      `**${caption}**`,
      "",
      "| 단계 | 예측 | 결과 | 비교 |",
      "|---|---|---|---|",
      ...rows.map((row) => `| \`${row.step}\` | ${row.guess} | ${row.actual} | ${row.sign} |`),
      "",
      ...notes,
    ].join("\n"),
    [
      caption,
      ...rows.map((row) => `${row.step}  예측 ${row.guess}  결과 ${row.actual}  ${row.sign}`),
      ...notes,
    ].join("\n"),
  );
}

/** The outcome of `%%check`. */
export function checkView(result: CheckResult): MimeBundle {
  const title = `${result.exercise} ${result.title}`;
  const rows = result.rows.map((row) => `${row.met ? "✓ 됨" : "✗ 아직"}  ${row.text}`);
  const head = result.passed ? `✓ 통과: ${title}` : `아직: ${title}`;
  const tail = result.passed ? "" : result.feedback;
  return bundle(
    `<p style="margin:4px 0"><strong>${inline(head)}</strong></p>${tail === "" ? "" : `<p style="margin:4px 0">${inline(tail)}</p>`}${rows.length === 0 ? "" : `<details><summary>살펴본 것 ${rows.length}가지</summary><ul>${rows.map((row) => `<li>${inline(row)}</li>`).join("")}</ul></details>`}`,
    [
      `**${head}**`,
      ...(tail === "" ? [] : ["", tail]),
      ...(rows.length === 0 ? [] : ["", ...rows.map((row) => `- ${row}`)]),
    ].join("\n"),
    plain([head, ...(tail === "" ? [] : [tail]), ...rows.map((row) => `  ${row}`)].join("\n")),
  );
}

/** The learner's table: one row a lesson, then where to go on and the quiz. */
export function progressView(table: CourseProgress): MimeBundle {
  const { percent, quizSentences } = loadLesson();
  const mark = (row: CourseProgress["lessons"][number]): string =>
    row.done ? "✓ 마침" : row.passed > 0 || row.hitRate !== undefined ? "… 하는 중" : "· 아직";
  const head = ["수업", "제목", "상태", "문제", "예측 적중률", "힌트"];
  const rows = table.lessons.map((row) => [
    row.lesson,
    row.title,
    mark(row),
    `${row.passed}/${row.exercises}`,
    percent(row.hitRate),
    String(row.hints),
  ]);
  const caption = `문제 ${table.exercises}개 가운데 ${table.passed}개를 풀었습니다. 예측 적중률 ${percent(table.hitRate)}.`;
  const tail = [
    ...quizSentences(table, "ko"),
    ...(table.next === undefined
      ? ["모든 수업을 마쳤습니다."]
      : [`다음은 ${table.next}입니다. 끝낸 수업은 언제든 다시 열어 볼 수 있습니다.`]),
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return bundle(
    `<table><caption style="text-align:left;padding:4px 0">${escape(caption)}</caption><thead><tr>${head.map((title) => `<th scope="col" style="${CELL}">${title}</th>`).join("")}</tr></thead><tbody>${rows
      .map(
        ([first = "", ...cells]) =>
          `<tr><th scope="row" style="${CELL};font-weight:normal">${escape(first)}</th>${cells.map((cell) => `<td style="${CELL}">${escape(cell)}</td>`).join("")}</tr>`,
      )
      .join(
        "",
      )}</tbody></table>${tail.map((text) => `<p style="margin:4px 0">${escape(text)}</p>`).join("")}`,
    [caption, "", line(head), line(head.map(() => "---")), ...rows.map(line), "", tail.join(" ")].join("\n"),
    [caption, ...rows.map((cells) => cells.join("  ")), ...tail].join("\n"),
  );
}
