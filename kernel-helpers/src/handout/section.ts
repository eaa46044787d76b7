/** Blocks → the HTML of one notebook: a section of the handout. */

import { BUILD_MIME } from "../report";
import { escapeHtml } from "../report/html";
import type { Block, ChangedLine, Edition } from "./document";
import { highlight } from "./highlight";
import { MarkdownRenderer, type Heading } from "./markdown";
import { renderOutput } from "./outputs";
import { breakAtOperators } from "./typography";

export interface Section {
  readonly html: string;
  readonly headings: readonly Heading[];
  /** What could not be shown: cell and what. */
  readonly losses: readonly { readonly index: number; readonly cell: string; readonly what: string }[];
}

export interface SectionOptions {
  readonly edition: Edition;
  /** Short build tables on paper: the student's copy. */
  readonly compact?: boolean;
  /** A renderer to go on with. Default: a new one. */
  readonly markdown?: MarkdownRenderer;
  /** Before every anchor, so that sections of one book do not collide. */
  readonly prefix?: string;
  /** 1 inside a book, whose title is the `h1`. */
  readonly shift?: number;
  /** Reads a picture beside the notebook as a data address. */
  readonly resolveImage?: (path: string) => string | undefined;
}

const AUDIENCES: Readonly<Record<string, string>> = {
  teacher: "강사",
  solution: "풀이",
  exam: "시험",
  slides: "화면",
  paper: "종이",
};

/** Writes *blocks* as HTML. */
export function renderSection(blocks: readonly Block[], options: SectionOptions): Section {
  const markdown = options.markdown ?? new MarkdownRenderer(options.prefix);
  if (options.shift) markdown.headingAbove(options.shift);
  const headings: Heading[] = [];
  const seen = new Set<string>();
  const losses: { index: number; cell: string; what: string }[] = [];
  const html = blocks.map((block) => {
    const body = renderBlock(block, options, markdown, headings, seen, (what) =>
      losses.push({ index: block.index, cell: block.cell, what }),
    );
    const label = AUDIENCES[block.audience];
    return label === undefined
      ? body
      : `<div class="aside for-${escapeHtml(block.audience)}" role="note" aria-label="${label}"><p class="badge">${label}</p>\n${body}</div>\n`;
  });
  return { html: html.join(""), headings, losses };
}

function renderBlock(
  block: Block,
  options: SectionOptions,
  markdown: MarkdownRenderer,
  headings: Heading[],
  seen: Set<string>,
  lose: (what: string) => void,
): string {
  if (block.kind === "markdown") {
    const rendered = markdown.render(onPaper(block), {
      shift: options.shift,
      resolveImage: (source) => attachment(block.attachments, source) ?? options.resolveImage?.(source),
    });
    headings.push(...rendered.headings);
    for (const what of rendered.removed) lose(`HTML: ${what}`);
    return rendered.html;
  }
  if (block.kind === "code" && block.caption.startsWith("%%note")) return renderNote(block.source, markdown);
  let firstBuild = false;
  const outputs = block.outputs.map((output) => {
    // The first build of a lesson teaches how its table is read.
    const compact = options.compact === true && !block.tags.includes("key-visual");
    if ("data" in output && BUILD_MIME in output.data && !seen.has("build")) {
      seen.add("build");
      firstBuild = true;
    }
    const rendered = renderOutput(output, markdown, { compact });
    for (const what of rendered.losses) lose(what);
    return rendered.html;
  });
  const shown = outputs.map((output) => withoutLegend(output, seen)).join("\n");
  if (block.kind === "prediction")
    return renderPrediction(block) + (block.beside === "확신" ? outputNote(shown) : "");
  const code = block.source === "" ? "" : renderCode(block);
  const note = outputNote(shown);
  const marks = block.tags
    .filter((tag) => tag === "key-visual" || tag === "try")
    .map((tag) => ` ${tag}`)
    .join("");
  return `<div class="cell${marks}${firstBuild ? " first-build" : ""}">\n${code}${note}</div>\n`;
}

function outputNote(shown: string): string {
  return shown.trim() === "" ? "" : `<div class="output">${shown}</div>\n`;
}

/** A note of the learner's own; where there is none yet, lines to write on. */
function renderNote(text: string, markdown: MarkdownRenderer): string {
  const own = text.trim();
  const inner =
    own === "" || own === NOTE_PLACEHOLDER
      ? '<p class="blank"></p><p class="blank"></p>'
      : /^\|.*\|$/m.test(own)
        ? markdown.render(own).html
        : `<p>${escapeHtml(own).replaceAll("\n", "<br>")}</p>`;
  return `<div class="prediction" role="group" aria-label="적어 두기">${inner}</div>\n`;
}

/** What the lessons put into an empty note cell. */
const NOTE_PLACEHOLDER = "여기에 적으세요.";

/** What a learner is to type below a question on a screen means nothing on paper. */
function onPaper(block: Extract<Block, { kind: "markdown" }>): string {
  if (!block.tags.includes("prediction") && !block.tags.includes("exercise")) return block.source;
  return block.source.replace(/\n+[^\n]*(?:아래 셀에|적고 실행하세요)[^\n]*$/, "");
}

/** The signs are explained once in a handout, not under every table. */
function withoutLegend(html: string, seen: Set<string>): string {
  return html.replace(/<p style="[^"]*font-size:0\.88em">(?:기호|Signs): [^<]*<\/p>\n?/g, (legend) => {
    const signs = [...legend.matchAll(/[●◆▲△◇✕○–] /g)].map(([sign]) => sign);
    const known = signs.every((sign) => seen.has(sign));
    for (const sign of signs) seen.add(sign);
    return known ? "" : legend;
  });
}

function attachment(
  attachments: Readonly<Record<string, Record<string, unknown>>>,
  source: string,
): string | undefined {
  const name = /^attachment:(.+)$/.exec(source)?.[1];
  if (name === undefined) return undefined;
  const data = attachments[decodeURIComponent(name)] ?? attachments[name];
  const [type, bytes] = Object.entries(data ?? {})[0] ?? [];
  return type !== undefined && typeof bytes === "string"
    ? `data:${type};base64,${bytes.replace(/\s/g, "")}`
    : undefined;
}

function renderCode(block: Extract<Block, { kind: "code" }>): string {
  const { caption, role, flags, language, source, changes } = block;
  const title =
    role === "dockerfile" && flags !== ""
      ? `<span>${escapeHtml(caption)}</span> <span class="flags">docker build ${escapeHtml(flags)} .</span>`
      : escapeHtml(caption);
  const same = block.isSame ? '<span class="for-print same-note">앞에서 본 것과 같습니다</span>' : "";
  const head = caption === "" ? "" : `<figcaption>${title}${same}</figcaption>`;
  if (changes)
    return `<figure class="code changed${changes.length <= 16 ? " short" : ""}">${head}${renderChanges(changes, language)}</figure>\n`;
  const text = role === "shell" ? promptLines(source) : breakAtOperators(highlight(source, language));
  const short = source.split("\n").length <= 16 ? " short" : "";
  return `<figure class="code ${role}${short}${block.isSame ? " same" : ""}">${head}<pre><code>${text}</code></pre></figure>\n`;
}

/** A `$` before each command of a terminal. */
function promptLines(source: string): string {
  let continued = false;
  return source
    .split("\n")
    .map((line) => {
      const html = breakAtOperators(highlight(line, "shell"));
      const prompt =
        continued || line.trim() === "" || line.startsWith("#")
          ? ""
          : '<span class="prompt" aria-hidden="true">$ </span>';
      continued = line.endsWith("\\");
      return prompt + html;
    })
    .join("\n");
}

/** Before and after side by side; changed lines are marked by a sign, weight and a bar, not by colour alone. */
function renderChanges(changes: readonly ChangedLine[], language: string): string {
  const cell = (text: string | undefined, changed: boolean, sign: string, word: string): string => {
    if (text === undefined) return '<td class="none"></td>';
    const code = `<code>${breakAtOperators(highlight(text, language)) || " "}</code>`;
    if (!changed) return `<td><span class="sign" aria-hidden="true"> </span>${code}</td>`;
    return `<td class="diff"><span class="sign" title="${word}">${sign}</span>${code}</td>`;
  };
  const rows = changes.map(({ before, after }) => {
    const changed = before !== after;
    return `<tr>${cell(before, changed, "−", "없어진 줄")}${cell(after, changed, "+", "새 줄")}</tr>`;
  });
  return `<table class="changes"><caption class="hidden">고치기 전과 고친 뒤</caption><thead><tr><th scope="col">고치기 전</th><th scope="col">고친 뒤</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

/** A guess on paper: a line to answer on, or a table of the steps to fill in; in a learner's own notebook what they guessed. */
function renderPrediction(block: Extract<Block, { kind: "prediction" }>): string {
  const guess = block.body.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const steps = block.steps.filter((step) => !/\] FROM /.test(step));
  const inner =
    guess.length > 0
      ? `<pre><code>${escapeHtml(guess.join("\n"))}</code></pre>`
      : block.choices
        ? block.beside === "확신"
          ? '<p class="answer">답 ______ 확신: ☐ 찍었다 ☐ 반반이다 ☐ 확신한다</p>'
          : '<p class="answer">답 ______ 까닭 ______________________________</p>'
        : stepsTable(steps);
  return `<div class="prediction" role="group" aria-label="${block.beside === "확신" ? "답" : "예측"}">${inner}</div>\n`;
}

function stepsTable(steps: readonly string[]): string {
  const names =
    steps.length > 0
      ? steps.map((step) => `<code>${breakAtOperators(escapeHtml(step))}</code>`)
      : ["&nbsp;", "&nbsp;", "&nbsp;"];
  const rows = names.map(
    (name) => `<tr><th scope="row">${name}</th><td>☐</td><td>☐</td><td class="wide-blank"></td></tr>`,
  );
  return `<table class="blanks"><caption class="hidden">빌드하기 전에 적는 예측</caption><thead><tr><th scope="col">단계</th><th scope="col">재사용</th><th scope="col">다시 실행</th><th scope="col">까닭</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}
