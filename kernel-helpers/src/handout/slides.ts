/** The slides of a lesson: one offline HTML for the projector. A key shows the next thing: question, prediction, code, then what happened. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CONTENT } from "../platform/node/places";
import { escapeHtml } from "../report/html";
import type { Block } from "./document";
import { fontFaces } from "./fonts/fonts";
import { charactersOf } from "./characters";
import { missingGlyphs, usedCharacters } from "./fonts/glyphs";
import { MarkdownRenderer } from "./markdown";
import type { FinishedPage } from "./page";
import { renderSection, type Section } from "./section";

const THEME = join(CONTENT, "theme");

/** One screen: its parts appear one after another. */
interface Slide {
  readonly parts: string[];
}

export interface SlidesOptions {
  readonly title: string;
  readonly lang: string;
  readonly resolveImage?: (path: string) => string | undefined;
}

/** The slides of *blocks* and what they lose. */
export function makeSlides(
  blocks: readonly Block[],
  options: SlidesOptions,
): { readonly page: FinishedPage; readonly losses: Section["losses"] } {
  const slides: Slide[] = [];
  const markdown = new MarkdownRenderer();
  const losses: Section["losses"][number][] = [];
  const add = (...parts: string[]): void => {
    const shown = parts.filter((part) => part.trim() !== "");
    if (shown.length > 0) slides.push({ parts: shown });
  };
  blocks.flatMap(splitAtHeadings).forEach((block) => {
    const render = (one: Block): string => {
      const section = renderSection([one], {
        markdown,
        edition: "slides",
        resolveImage: options.resolveImage,
      });
      losses.push(...section.losses);
      return section.html;
    };
    if (block.kind === "code" && block.outputs.length > 0 && block.source !== "")
      add(render({ ...block, outputs: [] }), render({ ...block, source: "", changes: undefined }));
    else if (block.kind === "prediction" && slides.length > 0) slides.at(-1)?.parts.push(render(block));
    else add(render(block));
  });
  const body = slides.map((slide, i) => slideHtml(slide, i, slides.length)).join("");
  const { text, code } = charactersOf(body);
  const used = usedCharacters(text + options.title + "0123456789/", code);
  const style = ["handout.css", "slides.css"].map((name) => readFileSync(join(THEME, name), "utf8")).join("");
  const script = readFileSync(join(THEME, "slides.js"), "utf8");
  const html = `<!doctype html>
<html lang="${escapeHtml(options.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="layerbook">
<title>${escapeHtml(options.title)}</title>
<style>
${fontFaces(used)}
${style}</style>
</head>
<body class="slides">
<main>
<h1 class="hidden">${escapeHtml(options.title)}</h1>
${body}</main>
<footer class="help">→ 또는 Space: 다음 · ←: 이전 · Home, End: 처음과 끝</footer>
<script>
${script}</script>
</body>
</html>
`;
  return { page: { html, body, missing: missingGlyphs(used) }, losses };
}

function slideHtml(slide: Slide, index: number, total: number): string {
  const parts = slide.parts
    .map((part, i) => `<div class="part"${i === 0 ? "" : " data-step"}>${deeper(part)}</div>\n`)
    .join("");
  return `<section class="slide" aria-label="${index + 1} / ${total}">\n${parts}<p class="number" aria-hidden="true">${index + 1} / ${total}</p>\n</section>\n`;
}

/** Every slide begins with a heading of level 2: the title of the whole is the only level 1. */
function deeper(html: string): string {
  return html.replace(/<(\/?)h1\b/g, "<$1h2");
}

/** A text cell becomes a slide per heading. */
function splitAtHeadings(block: Block): Block[] {
  if (block.kind !== "markdown") return [block];
  const pieces: string[] = [];
  let fence = "";
  for (const line of block.source.split("\n")) {
    const mark = /^(`{3,}|~{3,})/.exec(line)?.[1];
    if (mark !== undefined) fence = fence === "" ? mark : line.startsWith(fence) ? "" : fence;
    if ((fence === "" && /^#{1,3} /.test(line)) || pieces.length === 0) pieces.push(line);
    else pieces[pieces.length - 1] += "\n" + line;
  }
  return pieces.filter((piece) => piece.trim() !== "").map((source) => ({ ...block, source }));
}
