/** V6, the edit matrix: edits that have not been made against the steps they would run again. */

import type { WhatIf, WhatIfCell, WhatIfOutcome } from "../../build/what-if";
import type { Locale, VerdictKind } from "../locale";
import { labelOf } from "../table/model";
import { spoken } from "./build-matrix";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "./grid";

export interface EditMatrixOptions {
  readonly locale?: Locale;
  /** Caption. Default: `편집 행렬`. */
  readonly title?: string;
  /** Only these steps (a part of their name): columns of a small picture. Default: all, but of FROM only those that an edit changes. */
  readonly steps?: readonly string[];
}

const KINDS: Readonly<Record<WhatIfOutcome, VerdictKind>> = {
  hit: "reused",
  own: "cause",
  "knock-on": "knock-on",
  first: "first",
  "not-looked-up": "not-looked-up",
  depends: "ran",
  fails: "failed",
  "not-reached": "not-run",
};

/** The matrix of *prediction* in *medium*. Default locale: Korean. */
export function renderEditMatrix(
  prediction: WhatIf,
  medium: PictureMedium,
  options: EditMatrixOptions = {},
): string {
  return medium === "json"
    ? JSON.stringify(prediction, null, 2) + "\n"
    : renderGrid(editMatrix(prediction, options), medium);
}

/** As plain data. A row whose Dockerfile has other steps is aligned by order. */
export function editMatrix(
  prediction: WhatIf,
  { locale = "ko", title, steps }: EditMatrixOptions = {},
): Grid {
  const isKorean = locale === "ko";
  const isAlwaysReused = (i: number): boolean =>
    prediction.rows.every(({ cells }) => !cells[i] || cells[i].outcome === "hit");
  const isShown = (step: string, i: number): boolean =>
    steps ? steps.some((part) => step.includes(part)) : !/\] FROM /.test(step) || !isAlwaysReused(i);
  const shown = prediction.steps.flatMap((step, i) => (isShown(step, i) ? [i] : []));
  const notes: string[] = [];
  const rows = prediction.rows.map(({ edit, cells, error }): GridCell[] => {
    if (error !== undefined)
      notes.push(isKorean ? `${edit}: 빌드가 거절됨 (${error})` : `${edit}: the build is refused (${error})`);
    const first = cells.findIndex(({ outcome }) => outcome === "own" || outcome === "first");
    return [
      { text: edit },
      ...shown.map((i): GridCell => {
        const cell = cells[i];
        const shownCell: GridCell = cell
          ? { verdict: KINDS[cell.outcome], ...(i === first && { outlined: true }) }
          : { verdict: "not-run" };
        const step = headOf(prediction.steps[i]!);
        return { ...shownCell, full: `${edit}, ${step}, ${spokenOutcome(shownCell, cell, locale)}` };
      }),
      { text: error === undefined ? againOf(cells, isKorean) : "–" },
    ];
  });
  const heads = [
    isKorean ? "고친 것" : "Edit",
    ...shown.map((i) => headOf(prediction.steps[i]!)),
    isKorean ? "다시 실행" : "Runs again",
  ];
  const causes = [...new Set(prediction.rows.flatMap((row) => causeOf(row.edit, row.cells, isKorean)))];
  return {
    locale,
    title:
      title ??
      (isKorean
        ? "편집 행렬 · 아직 하지 않은 편집의 예측"
        : "Edit matrix · what edits not yet made would do"),
    heads,
    rows,
    notes: [...notes, ...causes, summaryOf(prediction, shown, isKorean)].filter((note) => note !== ""),
    words: {
      ran: isKorean ? "내용에 달림" : "depends on content",
      "not-run": isKorean ? "가지 않음" : "not reached",
    },
  };
}

/** The verdict in the words of this picture. */
function spokenOutcome(shown: GridCell, cell: WhatIfCell | undefined, locale: Locale): string {
  if (cell?.outcome === "depends") return locale === "ko" ? "내용에 달림" : "depends on content";
  if (!cell || cell.outcome === "not-reached") return locale === "ko" ? "가지 않음" : "not reached";
  return spoken(shown, locale);
}

/** `[4/5] RUN npm ci`, short enough for a column. */
function headOf(step: string): string {
  const instruction = step.slice(labelOf(step).length).trim();
  const short = instruction.length > 24 ? instruction.slice(0, 23) + "…" : instruction;
  return `${labelOf(step)} ${short}`;
}

function againOf(cells: readonly WhatIfCell[], isKorean: boolean): string {
  const ran = cells
    .filter(({ outcome }) => outcome !== "hit" && outcome !== "not-reached" && outcome !== "depends")
    .map(({ step }) => labelOf(step));
  return ran.length === 0 ? (isKorean ? "없음" : "none") : ran.join(" ");
}

/** What a first cause is, for edits of one file or value. */
function causeOf(edit: string, cells: readonly WhatIfCell[], isKorean: boolean): string[] {
  const cell = cells.find(({ outcome }) => outcome === "own");
  if (!cell?.sentence) return [];
  const sentence = (isKorean ? cell.sentence.ko : cell.sentence.en).replace(
    /(sha256:[0-9a-f]{8})[0-9a-f]{56}/g,
    "$1…",
  );
  return [`${edit} → ${labelOf(cell.step)}: ${sentence}`];
}

function summaryOf({ steps, rows }: WhatIf, shown: readonly number[], isKorean: boolean): string {
  const edits = rows.filter(({ kind }) => kind !== "none");
  if (edits.length === 0) return "";
  const counts = shown.map((i) => {
    const again = edits.filter(
      ({ cells }) => cells[i] && !["hit", "not-reached", "depends"].includes(cells[i].outcome),
    ).length;
    return `${labelOf(steps[i]!)} ${again}`;
  });
  return isKorean
    ? `편집 ${edits.length}가지에서 다시 실행하는 횟수: ${counts.join(", ")}`
    : `Runs in ${edits.length} edit${edits.length === 1 ? "" : "s"}: ${counts.join(", ")}`;
}
