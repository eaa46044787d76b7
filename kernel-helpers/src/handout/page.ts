/** The whole HTML file of a handout: masthead, contents, sections, fonts, style; nothing outside it is needed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CONTENT } from "../platform/node/places";
import { escapeHtml } from "../report/html";
import { sectionAnchor } from "./book";
import { charactersOf } from "./characters";
import type { Edition } from "./document";
import { fontFaces } from "./fonts/fonts";
import { missingGlyphs, usedCharacters, type MissingGlyph } from "./fonts/glyphs";
import type { Heading } from "./markdown";

/** The folder of style sheets. */
const THEME = join(CONTENT, "theme");

export interface PageSection {
  /** `L01`; empty when the notebook is no lesson. */
  readonly id: string;
  readonly title: string;
  readonly html: string;
  readonly headings: readonly Heading[];
}

export interface Page {
  readonly title: string;
  readonly edition: Edition;
  /** `ko` unless the text is another language. */
  readonly lang: string;
  /** More than one section makes a book: title page, contents, chapters. */
  readonly sections: readonly PageSection[];
  /** Further chapters without cells: glossary, index. */
  readonly appendix?: readonly PageSection[];
}

export interface FinishedPage {
  readonly html: string;
  /** What stands between the body tags: without fonts and style. */
  readonly body: string;
  /** Characters that no bundled font has. */
  readonly missing: readonly MissingGlyph[];
}

const EDITIONS: Readonly<Record<Edition, string>> = {
  student: "학습자용",
  slides: "화면용",
  teacher: "강사용",
  solution: "풀이",
  exam: "시험지",
};

/** Signs that only the style sheet brings. */
const GENERATED = "<>─";

/** Writes the file. Same page, same bytes. */
export function finishPage(page: Page): FinishedPage {
  const book = page.sections.length > 1;
  const body = bodyOf(page, book);
  const { text, code } = charactersOf(body);
  const used = usedCharacters(text + page.title + GENERATED, code);
  const style = readFileSync(join(THEME, "handout.css"), "utf8");
  const html = `<!doctype html>
<html lang="${escapeHtml(page.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="layerbook">
<title>${escapeHtml(page.title)}</title>
<style>
${fontFaces(used)}
${style}
${pageRules(page, book)}</style>
</head>
<body class="edition-${page.edition}${book ? " book" : ""}">
${body}</body>
</html>
`;
  return { html, body, missing: missingGlyphs(used) };
}

/** Running titles and page numbers: Chromium prints the margin boxes of `@page`. */
function pageRules(page: Page, book: boolean): string {
  const font = 'font:8pt "Noto Sans KR Variable"';
  const text = (value: string): string => `"${value.replace(/["\\]/g, "\\$&").replace(/\n/g, " ")}"`;
  const rules = [
    `@page{@top-left{content:${text(page.title)};${font}}@bottom-right{content:counter(page) " / " counter(pages);${font}}}`,
  ];
  if (book) {
    [...page.sections, ...(page.appendix ?? [])].forEach((section, i) => {
      rules.push(`@page chapter-${i}{@top-left{content:${text(section.title)};${font}}}`);
      rules.push(`[id="${sectionAnchor(section).replace(/["\\]/g, "\\$&")}"]{page:chapter-${i}}`);
    });
  }
  return `@media print{${rules.join("")}}\n`;
}

function bodyOf(page: Page, book: boolean): string {
  const sections = [...page.sections, ...(page.appendix ?? [])];
  const blanks =
    page.edition === "student" || page.edition === "exam"
      ? '<p class="name">이름 ____________ 날짜 ____________</p>'
      : "";
  const [only] = page.sections;
  const about = book ? "레이어북 강의" : [only?.id, EDITIONS[page.edition]].filter(Boolean).join(" · ");
  const masthead = `<header class="masthead"><p>레이어북 · ${escapeHtml(about)}</p>${blanks}</header>\n`;
  const title = book
    ? `<h1>${escapeHtml(page.title)}</h1>\n<p class="edition">${EDITIONS[page.edition]}</p>\n`
    : "";
  const main = sections
    .map(
      (section) =>
        `<section class="lesson" id="${sectionAnchor(section)}">\n${headingOf(section, book)}${section.html}</section>\n`,
    )
    .join("");
  return `${masthead}<main>
${
  book
    ? `<div class="cover">${title}</div>
`
    : ""
}${contents(sections, book)}${main}</main>
`;
}

/** A section whose notebook has no first heading gets its title as one. */
function headingOf(section: PageSection, book: boolean): string {
  const top = book ? 2 : 1;
  return section.headings.some((heading) => heading.level === top)
    ? ""
    : `<h${top}>${escapeHtml(section.title)}</h${top}>\n`;
}

function contents(sections: readonly PageSection[], book: boolean): string {
  const entries = book
    ? sections.map(
        (section) =>
          `<li><a href="#${escapeHtml(sectionAnchor(section))}">${escapeHtml(section.title)}</a></li>`,
      )
    : (sections[0]?.headings ?? [])
        .filter((heading) => heading.level === 2)
        .map((heading) => `<li><a href="#${escapeHtml(heading.slug)}">${escapeHtml(heading.text)}</a></li>`);
  if (entries.length < 2) return "";
  return `<nav class="contents${book ? "" : " screen"}" aria-label="차례"><p>차례</p><ol>${entries.join("")}</ol></nav>\n`;
}
