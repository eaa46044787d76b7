/** The class table as one HTML page that loads nothing from anywhere. */

import { escapeHtml } from "../../report/html";
import type { Locale } from "../../report/locale";
import { exerciseRows, learnerCells, learnerHead, misconceptionRows, NUMBERS, quizSentence } from "./columns";
import type { Refused } from "./gather";
import type { ClassTable } from "./table";

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.6 "Noto Sans KR", "Malgun Gothic", "Apple SD Gothic Neo", sans-serif; margin: 2em auto; max-width: 78em; padding: 0 1em; }
table { border-collapse: collapse; width: 100%; margin: .5em 0 2em; }
th, td { border: 1px solid #8888; padding: .3em .6em; text-align: left; vertical-align: top; }
thead th { position: sticky; top: 0; background: Canvas; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } thead { display: table-header-group; } tr { break-inside: avoid; } }
`;

/** The page. The policy in its head forbids every request, so that names stay where the file is. */
export function classPage(table: ClassTable, refused: readonly Refused[], locale: Locale): string {
  const ko = locale === "ko";
  const title = ko ? `수업 현황: ${table.learners.length}명` : `Class: ${table.learners.length} learners`;
  const learners = [
    learnerHead(locale),
    ...table.learners.map((row) => learnerCells(row, locale, table.quiz.items)),
  ];
  const notes = refused.map(
    ({ path, reason }) => `<li><code>${escapeHtml(path)}</code>: ${escapeHtml(reason[locale])}</li>`,
  );
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(quizSentence(table, locale))}.</p>
<h2>${ko ? "학습자" : "Learners"}</h2>
${htmlTable(learners, NUMBERS)}
<h2>${ko ? "문제" : "Exercises"}</h2>
${htmlTable(exerciseRows(table, locale), [2, 3, 4, 5, 6])}
<h2>${ko ? "오개념" : "Misconceptions"}</h2>
${htmlTable(misconceptionRows(table, locale), [2, 3])}
${notes.length === 0 ? "" : `<h2>${ko ? "읽지 못한 파일" : "Not read"}</h2>\n<ul>\n${notes.join("\n")}\n</ul>`}
</body>
</html>
`;
}

function htmlTable([head = [], ...rows]: readonly (readonly string[])[], numbers: readonly number[]): string {
  const style = (index: number): string => (numbers.includes(index) ? ' class="n"' : "");
  const cells = (row: readonly string[]): string =>
    row
      .map((text, i) =>
        i === 0 ? `<th scope="row">${escapeHtml(text)}</th>` : `<td${style(i)}>${escapeHtml(text)}</td>`,
      )
      .join("");
  return `<table>
<thead><tr>${head.map((text, i) => `<th scope="col"${style(i)}>${escapeHtml(text)}</th>`).join("")}</tr></thead>
<tbody>
${rows.map((row) => `<tr>${cells(row)}</tr>`).join("\n")}
</tbody>
</table>`;
}
