/** What a book has beyond its chapters: links from lesson to lesson, a glossary, an index of terms. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { escapeHtml } from "../report/html";
import { CONTENT } from "./lesson-source";
import type { PageSection } from "./page";

interface Term {
  readonly ko: string;
  readonly en: string;
  readonly definition_ko: string;
  readonly firstLesson?: string;
}

/** The terms of `content/glossary.json`; none when there is no such file. */
export function readGlossary(content = CONTENT): readonly Term[] {
  const file = join(content, "glossary.json");
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, "utf8")) as { terms?: Term[] }).terms ?? [];
}

/** Address of a chapter within the book. */
export function sectionAnchor(section: Pick<PageSection, "id" | "title">): string {
  return `section-${section.id || section.title.replace(/[^\p{L}\p{N}]+/gu, "-")}`;
}

/** Names of lessons (`L05`) in running text become links where the book has that lesson. */
export function linkLessons(section: PageSection, all: readonly PageSection[]): PageSection {
  const known = new Map(
    all.filter((one) => one.id !== "" && one.id !== section.id).map((one) => [one.id, sectionAnchor(one)]),
  );
  if (known.size === 0) return section;
  let inside = 0;
  const html = section.html
    .split(/(<[^>]*>)/)
    .map((part) => {
      const tag = /^<(\/?)(a|code|pre|h[1-6]|figcaption|math)\b/.exec(part);
      if (tag) inside += tag[1] ? -1 : 1;
      if (part.startsWith("<") || inside > 0) return part;
      return part.replace(/\b(L\d\d|PRJ)\b(?!-)/g, (id: string) => {
        const anchor = known.get(id);
        return anchor === undefined ? id : `<a href="#${escapeHtml(anchor)}">${id}</a>`;
      });
    })
    .join("");
  return { ...section, html };
}

/** The course's own glossary (TRM) and one-page summary (SUM) name every term: the index does not list them. */
const NOT_INDEXED: readonly string[] = ["TRM", "SUM"];

/** Glossary and index for the chapters of a book. Where the course's glossary is a chapter, the index leads there, and there is no second one. */
export function appendixOf(sections: readonly PageSection[], content = CONTENT): PageSection[] {
  const terms = [...readGlossary(content)].sort((a, b) => a.ko.localeCompare(b.ko, "ko"));
  if (terms.length === 0) return [];
  const chapters = sections.filter((section) => !NOT_INDEXED.includes(section.id));
  const texts = chapters.map((section) => section.html.replace(/<[^>]*>/g, " "));
  const used = terms.filter((term) => texts.some((text) => text.includes(term.ko)));
  if (used.length === 0) return [];
  const headings = new Map(
    sections.find(({ id }) => id === "TRM")?.headings.map(({ text, slug }) => [text, slug]),
  );
  const isChapter = used.every((term) => headings.has(term.ko));
  const anchorOf = (term: Term): string =>
    (isChapter ? headings.get(term.ko) : undefined) ?? termAnchor(term);
  const glossary = used.map(
    (term) =>
      `<dt id="${termAnchor(term)}">${escapeHtml(term.ko)} <span lang="en">(${escapeHtml(term.en)})</span></dt><dd>${escapeHtml(term.definition_ko).replace(/`([^`]+)`/g, "<code>$1</code>")}</dd>`,
  );
  const index = used.map((term) => {
    const places = chapters
      .filter((_, i) => texts[i]?.includes(term.ko))
      .map(
        (section) =>
          `<a href="#${escapeHtml(sectionAnchor(section))}">${escapeHtml(section.id || section.title)}</a>`,
      );
    return `<li><a href="#${escapeHtml(anchorOf(term))}">${escapeHtml(term.ko)}</a> ${places.join(", ")}</li>`;
  });
  return [
    ...(isChapter
      ? []
      : [
          {
            id: "GLO",
            title: "용어집",
            headings: [],
            html: `<dl class="glossary">${glossary.join("\n")}</dl>\n`,
          },
        ]),
    { id: "IDX", title: "찾아보기", headings: [], html: `<ul class="index">${index.join("\n")}</ul>\n` },
  ];
}

function termAnchor(term: Term): string {
  return `term-${term.en.replace(/[^A-Za-z0-9]+/g, "-")}`;
}
