/** V1, the build matrix: several builds of one Dockerfile side by side, what each did with every step, and the first cause. */

import type { BuildRecord, Step } from "../../build/types";
import type { Locale } from "../locale";
import { labelOf, rootCause, verdictKind } from "../table/model";
import { common } from "./align";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "./grid";

/** What of a build the matrix shows: a whole record will do. */
export type MatrixBuild = Pick<BuildRecord, "steps">;

export interface BuildMatrixOptions {
  readonly locale?: Locale;
  /** Caption. Default: `빌드표`. */
  readonly title?: string;
  /** What was edited before each build, in a few words: `문구 수정`. */
  readonly edits?: readonly string[];
  /** What the columns are called, instead of their numbers. */
  readonly heads?: readonly string[];
  /** The learner's marks for the last build, by step name: a column of its own, `≠` where it differs. */
  readonly guesses?: Readonly<Record<string, "reused" | "ran">>;
}

/** The matrix of *builds*, oldest first, in *medium*. Default locale: Korean. */
export function renderBuildMatrix(
  builds: readonly MatrixBuild[],
  medium: PictureMedium,
  options: BuildMatrixOptions = {},
): string {
  return renderGrid(buildMatrix(builds, options), medium);
}

/** As plain data. Steps are those of the newest build; older steps that it has no more stand where they stood. */
export function buildMatrix(
  builds: readonly MatrixBuild[],
  { locale = "ko", title, edits = [], heads: names, guesses }: BuildMatrixOptions = {},
): Grid {
  const isKorean = locale === "ko";
  const notes: string[] = [];
  const rows = alignSteps(builds);
  const cells = rows.map((row): GridCell[] => [{ text: row.name, code: true }]);
  builds.forEach(({ steps }, build) => {
    const first = steps.findIndex(({ miss }) => miss?.cause === "own" && !miss.first);
    rows.forEach((row, i) => {
      const index = row.steps[build];
      const step = index === undefined ? undefined : steps[index];
      cells[i]!.push(step ? cellOf(step, index!, steps, index === first, isKorean) : { text: "–" });
    });
    const cause = steps[first];
    if (cause)
      notes.push(
        `${builds.length > 1 ? `${build + 1}: ` : ""}${cause.name}: ${shortDigests(cause.miss!.sentence[locale])}`,
      );
  });
  if (guesses) rows.forEach((row, i) => cells[i]!.push(guessCell(row, builds, guesses, isKorean)));
  const heads = builds.map(
    (_, i) => names?.[i] ?? [String(i + 1), edits[i] ?? ""].filter((part) => part !== "").join(" "),
  );
  return {
    locale,
    title: title ?? (isKorean ? "빌드표" : "Build matrix"),
    heads: [isKorean ? "단계" : "Step", ...heads, ...(guesses ? [isKorean ? "예측" : "Guess"] : [])],
    rows: cells,
    notes,
  };
}

function shortDigests(sentence: string): string {
  return sentence.replace(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, "$1…");
}

function cellOf(
  step: Step,
  index: number,
  steps: readonly Step[],
  isFirst: boolean,
  isKorean: boolean,
): GridCell {
  const verdict = verdictKind(step);
  if (verdict === "cause")
    return { verdict, text: causeText(step, isKorean), ...(isFirst && { outlined: true }) };
  if (verdict === "knock-on") {
    const cause = rootCause(steps, index);
    return cause
      ? { verdict, text: isKorean ? `${labelOf(cause.name)} 때문` : `after ${labelOf(cause.name)}` }
      : { verdict };
  }
  return { verdict };
}

/** The ingredient that differs, in a few words. */
function causeText({ miss }: Step, isKorean: boolean): string {
  const part = miss?.parts.find(({ kind }) => kind !== "dep");
  if (part?.kind === "content" && part.path.startsWith("file ")) {
    const files = new Set(miss?.parts.flatMap(({ kind, path }) => (kind === "content" ? [path] : [])));
    const rest = files.size - 1;
    const name = part.path.slice("file ".length);
    const word = fieldWord(part.field, isKorean);
    return `${name} ${word}${rest > 0 ? ` +${rest}` : ""}`;
  }
  return (miss?.sentence[isKorean ? "ko" : "en"] ?? "").replace(/[:(].*$/s, "").trim();
}

const FIELDS: Readonly<Record<string, string>> = {
  mode: "권한",
  uid: "소유자",
  gid: "그룹",
  added: "추가",
  removed: "삭제",
  linkname: "링크",
  typeflag: "종류",
};

/** An attribute of a file in a word: `내용`, `권한`. */
export function fieldWord(field: string | undefined, isKorean: boolean): string {
  if (field === undefined || !(field in FIELDS)) return isKorean ? "내용" : "content";
  return isKorean ? FIELDS[field]! : field;
}

function guessCell(
  row: AlignedRow,
  builds: readonly MatrixBuild[],
  guesses: NonNullable<BuildMatrixOptions["guesses"]>,
  isKorean: boolean,
): GridCell {
  const guess = guesses[row.name];
  if (!guess) return { text: "" };
  const last = builds.length - 1;
  const step = row.steps[last] === undefined ? undefined : builds[last]!.steps[row.steps[last]];
  const isRight = step !== undefined && (step.status === "CACHED") === (guess === "reused");
  const word = guess === "reused" ? (isKorean ? "재사용" : "reused") : isKorean ? "다시 실행" : "runs again";
  return { text: isRight ? word : `≠ ${word}` };
}

interface AlignedRow {
  name: string;
  readonly key: string;
  readonly keyword: string;
  /** By build: index of the step. */
  readonly steps: (number | undefined)[];
}

/** The same instruction in several builds is one row, also when its number or its text changed. */
function alignSteps(builds: readonly MatrixBuild[]): AlignedRow[] {
  let rows: AlignedRow[] = [];
  for (let build = builds.length - 1; build >= 0; build--) {
    const { steps } = builds[build]!;
    const pairs = common(
      rows.map(({ key }) => key),
      steps.map(keyOf),
    );
    const merged: AlignedRow[] = [];
    let row = 0;
    let step = 0;
    for (const [toRow, toStep] of [...pairs, [rows.length, steps.length] as const]) {
      const gap = rows.slice(row, toRow);
      for (let i = step; i < toStep; i++) {
        const at = gap.findIndex(
          ({ keyword, steps: known }) => keyword === keywordOf(steps[i]!) && known[build] === undefined,
        );
        if (at >= 0) {
          merged.push(...gap.splice(0, at + 1));
          merged.at(-1)!.steps[build] = i;
        } else merged.push(newRow(steps[i]!, builds.length, build, i));
      }
      merged.push(...gap);
      const matched = rows[toRow];
      if (matched) {
        matched.steps[build] = toStep;
        merged.push(matched);
      }
      row = toRow + 1;
      step = toStep + 1;
    }
    rows = merged;
  }
  return rows;
}

function newRow(step: Step, builds: number, build: number, index: number): AlignedRow {
  const steps = new Array<number | undefined>(builds).fill(undefined);
  steps[build] = index;
  return { name: step.name, key: keyOf(step), keyword: keywordOf(step), steps };
}

function keyOf(step: Step): string {
  return `${step.stage} ${step.name.slice(labelOf(step.name).length)}`;
}

function keywordOf(step: Step): string {
  return step.instruction;
}
