/** Makes a notebook (nbformat 4.5) of a lesson, one edition at a time. What an edition must not show never reaches its notebook. */

import { expandReference } from "./expand-exercise";
import type { ExerciseFile } from "./read-exercises";
import { LessonError, type CellAudience, type Lesson, type LessonCell } from "./source";

/** The copies a lesson is made into. `student` is what `notebooks/` holds. */
export type Edition = "student" | "slides" | "teacher" | "solution" | "exam";

/** A notebook cell as nbformat 4.5 writes it. */
export interface NotebookCell {
  cell_type: "markdown" | "code";
  id: string;
  metadata: Record<string, unknown>;
  source: string[];
  execution_count?: null;
  outputs?: [];
}

export interface LessonNotebook {
  cells: NotebookCell[];
  metadata: Record<string, unknown>;
  nbformat: 4;
  nbformat_minor: 5;
}

const AUDIENCES: Readonly<Record<Edition, ReadonlySet<CellAudience>>> = {
  student: new Set<CellAudience>(["student"]),
  slides: new Set<CellAudience>(["student", "slides"]),
  teacher: new Set<CellAudience>(["student", "teacher", "solution", "paper"]),
  solution: new Set<CellAudience>(["student", "solution", "paper"]),
  exam: new Set<CellAudience>(["exam"]),
};

/** The kernel that lessons name: it must be the name under which `layerbook kernel install` registers it. */
export const KERNELSPEC = {
  display_name: "Layerbook (TypeScript)",
  language: "typescript",
  name: "layerbook",
} as const;

/** The cells of *lesson* that *edition* shows, in order. */
export function cellsOf(lesson: Lesson, edition: Edition): readonly LessonCell[] {
  return lesson.cells.filter(
    (cell) => AUDIENCES[edition].has(cell.audience) || (edition === "exam" && cell.kind === "quiz"),
  );
}

/**
 * Compiles one edition of a lesson, without outputs. Same lesson, same notebook. *exercises* is the lesson's file of
 * content/exercises/; an `<!-- exercise: … -->` that it lacks is refused (LessonError LB_LESSON_REFERENCE).
 */
export function compileLesson(
  lesson: Lesson,
  edition: Edition = "student",
  exercises?: ExerciseFile,
): LessonNotebook {
  const cells = cellsOf(lesson, edition).flatMap((cell) => {
    if (cell.kind === "markdown" || cell.kind === "code") return [cell];
    const expanded = expandReference(cell, exercises, edition);
    if (expanded === undefined) {
      throw new LessonError(
        "LB_LESSON_REFERENCE",
        `${lesson.head.slug}.md`,
        cell.line,
        `\`${cell.source}\`이(가) content/exercises에 없습니다.`,
        `"${cell.source}" is not in content/exercises`,
      );
    }
    return expanded;
  });
  return {
    cells: cells.map((cell) => notebookCell(lesson, cell, edition)),
    metadata: {
      kernelspec: { ...KERNELSPEC },
      language_info: { file_extension: ".ts", mimetype: "text/typescript", name: "typescript" },
      layerbook: { lesson: lesson.head.id, title: lesson.head.title, edition },
      title: `${lesson.head.id} ${lesson.head.title}`,
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

/** The text of the notebook file: keys sorted as nbformat writes them, one space of indentation, a final newline. */
export function notebookText(notebook: LessonNotebook): string {
  return JSON.stringify(sortKeys(notebook), null, 1) + "\n";
}

function notebookCell(lesson: Lesson, cell: LessonCell, edition: Edition): NotebookCell {
  const metadata: Record<string, unknown> = {};
  if (cell.tags.length > 0) metadata["tags"] = [...cell.tags];
  if (edition !== "student" && cell.audience !== "student")
    metadata["layerbook"] = { audience: cell.audience };
  const base = {
    id: `${lesson.head.id}-${cell.id}`.toLowerCase(),
    metadata,
    source: splitLines(cell.source),
  };
  return cell.kind === "code"
    ? { cell_type: "code", execution_count: null, outputs: [], ...base }
    : { cell_type: "markdown", ...base };
}

/** nbformat's multi-line string: each line with its newline, the last without. */
function splitLines(text: string): string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== "");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
