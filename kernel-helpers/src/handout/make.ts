/** Notebooks → handouts: reads, checks that outputs are honest, writes each form, checks glyphs and leaks. */

import { join } from "node:path";

import type { Notebook } from "../notebook/format";
import { Beside } from "./beside";
import { linkLessons } from "./book";
import { blocksOf, type Edition } from "./document";
import { hiddenTexts, leaksIn, type Secret } from "./leaks";
import { markdownHandout } from "./markdown-out";
import { finishPage, type FinishedPage, type PageSection } from "./page";
import { renderSection } from "./section";
import { makeSlides } from "./slides";
import { staleCells } from "./stale";

/** What keeps a handout from being written, or a reader from seeing all: with the notebook and cell. */
export interface Problem {
  readonly code: "LB_STALE_OUTPUT" | "LB_NO_GLYPH" | "LB_LEAK" | "LB_LOSS" | "LB_BROKEN_LINK" | "LB_NOT_RUN";
  readonly file: string;
  /** 0-based among all cells. */
  readonly index?: number;
  readonly cell?: string;
  readonly ko: string;
  readonly en: string;
}

/** One notebook to put on paper. */
export interface HandoutSource {
  /** Absolute path; pictures are looked up beside it. */
  readonly file: string;
  readonly notebook: Notebook;
}

export interface HandoutOptions {
  readonly edition: Edition;
  /** Is the Markdown form wanted too? Default: true. */
  readonly markdown?: boolean;
  /** Text that must not be in the file. */
  readonly secrets?: readonly Secret[];
  /** Chapters after the last notebook: glossary, index. */
  readonly appendix?: (sections: readonly PageSection[]) => readonly PageSection[];
  /** Title of the whole. Default: the title of the only notebook, or `레이어북`. */
  readonly title?: string;
}

/** A handout before it is written to a file. */
export interface Handout {
  readonly title: string;
  readonly page: FinishedPage;
  /** Empty when it was not wanted. */
  readonly markdown: string;
  /** Must be empty for the handout to be given out. */
  readonly errors: readonly Problem[];
  /** Named losses. */
  readonly losses: readonly Problem[];
  /** What it took from the folder of its notebook (of the only one). */
  readonly asked: Beside["asked"];
}

/** Makes the handout of *sources* (several: a book). */
export function makeHandout(sources: readonly HandoutSource[], options: HandoutOptions): Handout {
  const book = sources.length > 1;
  const errors: Problem[] = [];
  const losses: Problem[] = [];
  const beside = new Map(sources.map(({ file }) => [file, new Beside(file)]));
  const imageBeside = (file: string) => (path: string) => beside.get(file)?.image(path);
  const sections = sources.map(({ file, notebook }, i): PageSection => {
    for (const stale of staleCells(notebook)) {
      errors.push({ code: "LB_STALE_OUTPUT", file, index: stale.index, cell: stale.id, ...stale.reason });
    }
    const section = renderSection(blocksOf(notebook), {
      edition: options.edition,
      prefix: book ? `${i + 1}-` : "",
      shift: book ? 1 : 0,
      compact: options.edition === "student" && !book,
      resolveImage: imageBeside(file),
    });
    for (const loss of section.losses) {
      losses.push({
        code: "LB_LOSS",
        file,
        index: loss.index,
        cell: loss.cell,
        ko: `종이에 옮길 수 없는 것: ${loss.what}`,
        en: `cannot be put on paper: ${loss.what}`,
      });
    }
    return {
      id: lessonId(notebook),
      title: titleOf(notebook, file),
      html: section.html,
      headings: section.headings,
    };
  });
  const title = options.title ?? (book ? "레이어북" : (sections[0]?.title ?? "레이어북"));
  const linked = book ? sections.map((section) => linkLessons(section, sections)) : sections;
  const lang = languageOfText(sources);
  const page =
    options.edition === "slides"
      ? makeSlides(
          sources.flatMap(({ notebook }) => blocksOf(notebook)),
          { title, lang, resolveImage: imageBeside(sources[0]?.file ?? "") },
        ).page
      : finishPage({
          title,
          edition: options.edition,
          lang,
          sections: linked,
          appendix: options.appendix?.(linked),
        });
  const markdown = options.markdown === false ? "" : markdownHandout(sources, options.edition, title);
  errors.push(...glyphErrors(page, sources), ...linkErrors(page.body, sources, [...beside.values()]));
  const secrets = [...(options.secrets ?? []), ...sources.flatMap(({ notebook }) => hiddenTexts(notebook))];
  const notebooks = sources.map(({ notebook }) => notebook);
  const leaked = new Map(
    [...leaksIn(page.body, secrets, notebooks), ...leaksIn(markdown, secrets, notebooks)].map((leak) => [
      leak.text,
      leak,
    ]),
  );
  for (const { cell, text } of leaked.values()) {
    errors.push({
      code: "LB_LEAK",
      file: sources[0]?.file ?? "",
      ko: `보이면 안 되는 글이 들어 있습니다. 셀 ${cell}: “${text.slice(0, 60)}”`,
      en: `text that must not be shown would be in the file, from cell ${cell}: "${text.slice(0, 60)}"`,
    });
  }
  const asked = [...beside.values()].flatMap((folder) => folder.asked);
  return { title, page, markdown, errors, losses, asked };
}

function glyphErrors(page: FinishedPage, sources: readonly HandoutSource[]): Problem[] {
  return page.missing.map(({ character, code, where }) => {
    const at = whereIs(character, sources);
    const place = where === "code" ? "코드" : "본문";
    return {
      code: "LB_NO_GLYPH" as const,
      ...at,
      ko: `${place}의 글자 “${character}”(${code})가 인쇄용 글꼴에 없습니다. 다른 글자로 바꾸세요.`,
      en: `the character "${character}" (${code}) is in none of the bundled fonts (${where}); use another one`,
    };
  });
}

/** The first cell whose source or output has *text*. */
function whereIs(
  text: string,
  sources: readonly HandoutSource[],
): { file: string; index?: number; cell?: string } {
  for (const { file, notebook } of sources) {
    const index = notebook.cells.findIndex((cell) => JSON.stringify(cell).includes(text));
    if (index !== -1) return { file, index, cell: notebook.cells[index]?.id };
  }
  return { file: sources[0]?.file ?? "" };
}

/** Links within the file that lead nowhere, and to files that are not there. */
function linkErrors(html: string, sources: readonly HandoutSource[], folders: readonly Beside[]): Problem[] {
  const ids = new Set([...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]));
  const broken = new Set<string>();
  for (const [, link = ""] of html.matchAll(/<a [^>]*href="([^"]*)"/g)) {
    if (link.startsWith("#")) {
      let name = link.slice(1);
      try {
        name = decodeURIComponent(name);
      } catch {
        // not encoded
      }
      if (name !== "" && !ids.has(name) && !ids.has(link.slice(1))) broken.add(link);
    } else if (!/^[a-z][a-z0-9+.-]*:/i.test(link) && !folders.some((folder) => folder.has(link)))
      broken.add(link);
  }
  return [...broken].map((link) => ({
    code: "LB_BROKEN_LINK" as const,
    ...whereIs(link, sources),
    ko: `링크 \`${link}\`가 가리키는 것이 없습니다.`,
    en: `the link ${link} leads nowhere`,
  }));
}

/** The lesson's id that compiling left in the notebook, or nothing. */
export function lessonId(notebook: Notebook): string {
  const own = notebook.metadata["layerbook"] as { lesson?: unknown } | undefined;
  return typeof own?.lesson === "string" ? own.lesson : "";
}

function titleOf(notebook: Notebook, file: string): string {
  const named = notebook.metadata["title"];
  if (typeof named === "string" && named !== "") return named;
  const heading = notebook.cells.flatMap((cell) =>
    cell.cell_type === "markdown" ? (/^# +(.+)$/m.exec(cell.source)?.[1] ?? []) : [],
  )[0];
  return (
    heading?.replace(/[`*_]/g, "") ??
    join(file)
      .replace(/^.*[\\/]/, "")
      .replace(/\.ipynb$/, "")
  );
}

/** Korean when there is Hangul in the text cells, otherwise English. */
function languageOfText(sources: readonly HandoutSource[]): string {
  const text = sources
    .flatMap(({ notebook }) =>
      notebook.cells.filter((cell) => cell.cell_type === "markdown").map((cell) => cell.source),
    )
    .join("");
  return text === "" || /[가-힣]/.test(text) ? "ko" : "en";
}
