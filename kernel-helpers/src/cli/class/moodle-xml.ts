/** The concept quiz as Moodle XML: multiple choice with feedback per answer and a general explanation. */

import type { Quiz, QuizItem, QuizOption } from "../../lesson";
import { escapeHtml } from "../../report/html";

/** The questions of *quiz* in a category of its title, ready for Moodle's question bank (Import → Moodle XML). */
export function moodleXml(quiz: Quiz): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category">
    <category>
      <text>${escapeHtml(`$course$/top/${quiz.title.replaceAll("/", "//")}`)}</text>
    </category>
  </question>
${quiz.items.map(question).join("\n")}
</quiz>
`;
}

function question(item: QuizItem): string {
  const stem = [
    ...paragraphs(item.stem_ko),
    ...(item.dockerfile === undefined ? [] : [`<pre><code>${escapeHtml(item.dockerfile)}</code></pre>`]),
    ...(item.change_ko === undefined ? [] : paragraphs(item.change_ko)),
  ];
  const right = item.options.filter((option) => option.correct).length;
  return `  <question type="multichoice">
    <name>
      <text>${escapeHtml(`${item.id} ${item.concept}`)}</text>
    </name>
    <questiontext format="html">
      <text>${cdata(stem.join("\n"))}</text>
    </questiontext>
    <generalfeedback format="html">
      <text>${cdata([...paragraphs(item.explanation_ko), `<p>${escapeHtml(item.lessons.join(", "))}</p>`].join("\n"))}</text>
    </generalfeedback>
    <defaultgrade>1</defaultgrade>
    <penalty>0</penalty>
    <hidden>0</hidden>
    <idnumber>layerbook-${escapeHtml(item.id)}</idnumber>
    <single>${right === 1}</single>
    <shuffleanswers>true</shuffleanswers>
    <answernumbering>123</answernumbering>
${item.options.map((option) => answer(option, right)).join("\n")}
    <tags>
${[...item.lessons, ...item.options.flatMap((option) => option.misconception ?? [])]
  .filter((tag, i, all) => all.indexOf(tag) === i)
  .map((tag) => `      <tag><text>${escapeHtml(tag)}</text></tag>`)
  .join("\n")}
    </tags>
  </question>`;
}

function answer(option: QuizOption, right: number): string {
  const fraction = option.correct ? (right === 1 ? "100" : (100 / right).toFixed(5)) : "0";
  return `    <answer fraction="${fraction}" format="html">
      <text>${cdata(paragraphs(option.text_ko).join("\n"))}</text>
      <feedback format="html">
        <text>${cdata(paragraphs(option.feedback_ko).join("\n"))}</text>
      </feedback>
    </answer>`;
}

/** Text with `code` as HTML paragraphs. */
function paragraphs(text: string): string[] {
  return text
    .trim()
    .split(/\n{2,}/)
    .map(
      (part) =>
        `<p>${escapeHtml(part)
          .replace(/`([^`]+)`/g, "<code>$1</code>")
          .replaceAll("\n", "<br>")}</p>`,
    );
}

const cdata = (html: string): string => `<![CDATA[${html.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
