/** The editor: a plain text area, with line numbers, marked lines and the colours of a Dockerfile painted behind its text. */

import { element, make } from "./dom";
import { highlight } from "./highlight";
import type { Hint } from "./protocol";

/** Longer texts have no line numbers. */
const NUMBERED = 5000;

const area = element<HTMLTextAreaElement>("editor");
const colors = element("colors");
const gutter = element("gutter");
const marks = element("marks");
let colored = false;
let crlf = false;
let numbered = -1;
let marked: readonly Hint[] = [];

/** Shows *text*; *isDockerfile* paints it. */
export function showText(text: string, isDockerfile: boolean, readOnly = false): void {
  colored = isDockerfile && !readOnly;
  // A text area knows only \n: what was \r\n everywhere is so again when it is read.
  crlf = /\r\n/.test(text) && !/(^|[^\r])\n/.test(text);
  area.readOnly = readOnly;
  area.classList.toggle("plain", !colored);
  const shown = text.replace(/\r\n?/g, "\n");
  if (area.value !== shown) {
    area.value = shown;
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
    area.scrollLeft = 0;
  }
  paint();
}

/** What stands in it. */
export const editedText = (): string => (crlf ? area.value.replaceAll("\n", "\r\n") : area.value);

/** Calls *edited* after every change. */
export function onEdit(edited: () => void): void {
  area.addEventListener("input", () => {
    paint();
    edited();
  });
}

/** Marks the lines that *hints* are about. */
export function showMarks(hints: readonly Hint[]): void {
  marked = hints;
  numbered = -1;
  paintGutter();
}

/** Puts the cursor into *line* (1-based) and shows it. */
export function goToLine(line: number): void {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = Math.max(0, (line - 4) * lineHeight());
}

const lineHeight = (): number => parseFloat(getComputedStyle(area).lineHeight);

function paint(): void {
  paintGutter();
  if (colored) {
    const spans = highlight(area.value).map(({ kind, text }) =>
      kind === "plain" ? document.createTextNode(text) : make("span", text, { class: kind }),
    );
    // The last empty line has a height in a text area, and in a pre only with something on it.
    colors.replaceChildren(...spans, "\n ");
  } else colors.replaceChildren();
  follow();
}

function paintGutter(): void {
  const count = area.value.split("\n").length;
  if (count === numbered) return;
  numbered = count;
  const signs = new Map(
    marked.flatMap(({ line, kind }) => (line === undefined ? [] : [[line, kind] as const])),
  );
  for (const { line, kind } of marked) if (line !== undefined && kind === "error") signs.set(line, kind);
  const lines = count > NUMBERED || area.readOnly ? [] : Array.from({ length: count }, (_, i) => i + 1);
  gutter.replaceChildren(
    ...lines.map((line) => {
      const kind = signs.get(line);
      const number = kind === undefined ? `${line}\n` : `${kind === "error" ? "✕" : "⚠"}${line}\n`;
      return kind === undefined ? document.createTextNode(number) : make("span", number, { class: kind });
    }),
  );
  marks.replaceChildren(
    ...[...signs].flatMap(([line, kind]) => {
      if (line > lines.length) return [];
      const bar = make("div", "", { class: kind });
      bar.style.setProperty("--line", String(line - 1));
      return [bar];
    }),
  );
}

function follow(): void {
  colors.scrollTop = area.scrollTop;
  colors.scrollLeft = area.scrollLeft;
  gutter.scrollTop = area.scrollTop;
  marks.style.transform = `translateY(${-area.scrollTop}px)`;
}

area.addEventListener("scroll", follow);
