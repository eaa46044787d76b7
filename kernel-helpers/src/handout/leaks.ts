/** Proves that nothing meant for others is in a reader's file: solutions, notes, hidden outputs. */

import type { Cell, Notebook } from "../notebook/format";
import { isHidden, type Edition } from "./document";
import { lessonCells, type CourseLesson } from "./lesson-source";

/** A piece of text that the reader must not find. */
export interface Secret {
  /** Where it comes from: a cell's id. */
  readonly cell: string;
  /** One line, normalised. */
  readonly text: string;
}

/** Shorter lines say too little: `RUN npm ci` may stand anywhere. */
const SHORTEST = 16;

/** What *course* has for teachers, solutions and exams that *edition* does not show. */
export function secretsOfLesson(course: CourseLesson, edition: Edition): Secret[] {
  const own = new Set(lessonCells(course, edition).map((cell) => cell.id));
  const secrets = new Map<string, Secret>();
  for (const other of ["teacher", "solution", "exam"] as const) {
    if (other === edition) continue;
    for (const cell of lessonCells(course, other)) {
      const { audience } = (cell.metadata["layerbook"] ?? {}) as { audience?: string };
      if (audience === undefined || audience === "student" || own.has(cell.id)) continue;
      for (const text of linesOf(cell.source.join(""))) secrets.set(text, { cell: cell.id, text });
    }
  }
  return [...secrets.values()];
}

/** What *notebook* hides: cells that are taken out, outputs and sources that are not shown. */
export function hiddenTexts(notebook: Notebook): Secret[] {
  const hidden = notebook.cells.flatMap((cell) =>
    hiddenOf(cell)
      .flatMap(linesOf)
      .map((text) => ({ cell: cell.id, text })),
  );
  if (hidden.length === 0) return [];
  const visible = normalise(
    notebook.cells
      .flatMap((cell) =>
        isHidden(cell, "cell")
          ? []
          : [
              isHidden(cell, "source") ? "" : cell.source,
              cell.cell_type === "code" && !isHidden(cell, "outputs") ? JSON.stringify(cell.outputs) : "",
            ],
      )
      .join("\n"),
  );
  return hidden.filter(({ text }) => !visible.includes(text));
}

function hiddenOf(cell: Cell): string[] {
  const texts: string[] = [];
  if (isHidden(cell, "cell") || isHidden(cell, "source")) texts.push(cell.source);
  if (cell.cell_type === "code" && (isHidden(cell, "cell") || isHidden(cell, "outputs"))) {
    for (const output of cell.outputs) {
      if (output.output_type === "stream") texts.push(output.text);
      else if (output.output_type === "error") texts.push(output.evalue);
      else texts.push(...Object.values(output.data).filter((value) => typeof value === "string"));
    }
  }
  return texts;
}

/**
 * The secrets that stand somewhere in *file* (the body of the HTML, or Markdown; also in attributes and comments). What the *notebooks* themselves
 * show their reader is no secret: a line of a solution may also be one of a lesson's Dockerfile.
 */
export function leaksIn(file: string, secrets: readonly Secret[], notebooks: readonly Notebook[]): Secret[] {
  if (secrets.length === 0) return [];
  const shown = normalise(
    notebooks
      .flatMap((notebook) =>
        notebook.cells.map((cell) => (isHidden(cell, "cell") || isHidden(cell, "source") ? "" : cell.source)),
      )
      .join("\n"),
  );
  const places = [normalise(file.replace(TAG, "")), normalise(rawPlaces(file))];
  return secrets.filter(
    (secret) => places.some((place) => place.includes(secret.text)) && !shown.includes(secret.text),
  );
}

const TAG = /<!--[\s\S]*?-->|<[^>]*>/g;

/**
 * What a reader sees who looks at the file itself. In the HTML of handouts tags and comments, each different one once (most are repeated a
 * thousand times); where a tag's end is in doubt, and in Markdown, all of it.
 */
function rawPlaces(file: string): string {
  const tags = new Set(file.match(TAG));
  const isClear =
    file.startsWith("<") &&
    [...tags].every((tag) => tag.startsWith("<!--") || tag.split('"').length % 2 === 1);
  return (isClear ? [...tags].join("\n") : file).replace(/base64,[A-Za-z0-9+/=]+/g, "");
}

function linesOf(source: string): string[] {
  return source
    .split("\n")
    .map(normalise)
    .filter((line) => line.length >= SHORTEST && /[\p{L}\p{N}]{4}/u.test(line));
}

/** Text as it reads, whatever it was written in: no markup, no white space, no entities. */
function normalise(text: string): string {
  return text
    .replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .normalize("NFC")
    .replace(/[\s`*_|>#\\\u2060\u00a0\u200b-]+/g, "");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&nbsp;": " ",
  "&amp;": "&",
};
