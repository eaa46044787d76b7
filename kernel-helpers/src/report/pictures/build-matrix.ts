/** V1, the build matrix: several builds of one Dockerfile side by side, what each did with every step, and the first cause. */

import type { BuildRecord, Step } from "../../build/types";
import { type Locale, words } from "../locale";
import { oneLine, truncate } from "../text";
import { labelOf, rootCause, verdictKind } from "../table/model";
import { common } from "./align";
import { type Grid, type GridCell, type PictureMedium, renderGrid } from "./grid";

/** What of a build the matrix shows: a whole record will do. */
export type MatrixBuild = Pick<BuildRecord, "steps"> & Partial<Pick<BuildRecord, "rows">>;

export interface BuildMatrixOptions {
  readonly locale?: Locale;
  /** Caption. Default: `빌드표`. */
  readonly title?: string;
  /** What was edited before each build, in a few words: `문구 수정`. */
  readonly edits?: readonly string[];
  /** What the columns are called, instead of their numbers. */
  readonly heads?: readonly string[];
  /** Instructions that are no step as thin rows too. Default: false. */
  readonly metadata?: boolean;
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
  { locale = "ko", title, edits = [], heads: names, guesses, metadata }: BuildMatrixOptions = {},
): Grid {
  const isKorean = locale === "ko";
  const notes: string[] = [];
  const headOf = (i: number): string =>
    names?.[i] ??
    [String(i + 1), truncate(edits[i] ?? "", EDIT_WIDTH)].filter((part) => part !== "").join(" ");
  const rows = alignSteps(builds);
  const cells = rows.map((row): GridCell[] => [
    { text: row.name.replace(/(@sha256:[0-9a-f]{8})[0-9a-f]{56}/g, "$1…"), code: true },
  ]);
  builds.forEach(({ steps }, build) => {
    const first = steps.findIndex(({ miss }) => miss?.cause === "own" && !miss.first);
    rows.forEach((row, i) => {
      const index = row.steps[build];
      const step = index === undefined ? undefined : steps[index];
      cells[i]!.push(
        step
          ? withFull(cellOf(step, index!, steps, index === first, isKorean), build, step, locale)
          : {
              text: "–",
              full: isKorean ? `${build + 1}번째 빌드, 이 단계 없음` : `build ${build + 1}, no such step`,
            },
      );
    });
    const cause = steps[first];
    if (cause) notes.push((builds.length > 1 ? `${headOf(build)}: ` : "") + footnote(cause, isKorean));
  });
  if (guesses) rows.forEach((row, i) => cells[i]!.push(guessCell(row, builds, guesses, isKorean)));
  const shown = metadata ? withMetadata(cells, rows, builds) : { cells, thin: [] };
  return {
    locale,
    title: title ?? (isKorean ? "빌드표" : "Build matrix"),
    heads: [
      isKorean ? "단계" : "Step",
      ...builds.map((_, i) => headOf(i)),
      ...(guesses ? [isKorean ? "예측" : "Guess"] : []),
    ],
    rows: shown.cells,
    ...(shown.thin.length > 0 && { thinRows: shown.thin }),
    notes,
  };
}

/** Twelve Hangul syllables. */
const EDIT_WIDTH = 24;

/** `③ COPY: server.js 내용 a1b2→c3d4`. */
function footnote(step: Step, isKorean: boolean): string {
  const part = step.miss?.parts.find(({ kind }) => kind !== "dep");
  const head = `${circled(step)} ${step.instruction}: `;
  if (part?.kind === "content" && part.path.startsWith("file ")) {
    const values = [part.old, part.new].map((value) => shortValue(value));
    return `${head}${causeText(step, isKorean)} ${values.join("→")}`;
  }
  return (
    head + step.miss!.sentence[isKorean ? "ko" : "en"].replace(/(sha256:[0-9a-f]{8})[0-9a-f]{56}/g, "$1…")
  );
}

/** The first four digits of a digest, another value as it is, `∅` for none. */
function shortValue(value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return "∅";
  return truncate(oneLine(value.replace(/^(?:sha256:)?([0-9a-f]{4})[0-9a-f]{28,60}$/, "$1")), 24);
}

/** The number in `[3/4]` or `[build 3/4]`: 3. */
function numberOf(step: Step): number {
  return Number(/(\d+)\/\d+\]/.exec(labelOf(step.name))?.[1] ?? 0);
}

/** `③`, in a Dockerfile of several stages `build ③`. */
function circled(step: Step): string {
  const number = numberOf(step);
  const sign = number >= 1 && number <= 20 ? String.fromCharCode(0x2460 + number - 1) : `(${number})`;
  return [stageOf(step), sign].filter((part) => part !== "").join(" ");
}

/** The stage as the label says it; empty for a Dockerfile of one. */
function stageOf(step: Step): string {
  return /^\[(.*?)\s*\d+\/\d+\]/.exec(step.name)?.[1] ?? "";
}

/** `3번 때문`, `build 3번 때문`. */
function becauseOf(step: Step, isKorean: boolean): string {
  const place = [stageOf(step), isKorean ? `${numberOf(step)}번` : `step ${numberOf(step)}`]
    .filter((part) => part !== "")
    .join(" ");
  return isKorean ? `${place} 때문` : `after ${place}`;
}

/** The cell with all it says in one sentence: `3번째 빌드, 3단계 COPY, 다시 실행, 원인은 server.js 내용`. */
function withFull(cell: GridCell, build: number, step: Step, locale: Locale): GridCell {
  const isKorean = locale === "ko";
  const stage = stageOf(step);
  const where = isKorean
    ? `${build + 1}번째 빌드, ${stage === "" ? "" : `${stage} `}${numberOf(step)}단계 ${step.instruction}`
    : `build ${build + 1}, ${stage === "" ? "" : `${stage} `}step ${numberOf(step)} ${step.instruction}`;
  return { ...cell, full: `${where}, ${spoken(cell, locale)}` };
}

/** What a cell of the matrices says, in words. */
export function spoken({ verdict, text = "" }: GridCell, locale: Locale): string {
  const isKorean = locale === "ko";
  if (verdict === "cause")
    return isKorean
      ? `다시 실행${text === "" ? "" : `, 원인은 ${text}`}`
      : `ran again${text === "" ? "" : `, because of ${text}`}`;
  if (verdict === "knock-on")
    return isKorean ? `다시 실행, ${text || "앞 단계 때문"}` : `ran again ${text || "after an earlier step"}`;
  return [verdict && words(locale).meaning[verdict], text].filter((part) => part).join(", ");
}

/** Instructions that are no step, each after the step that stands before it in the newest build's Dockerfile. */
function withMetadata(
  cells: readonly (readonly GridCell[])[],
  aligned: readonly AlignedRow[],
  builds: readonly MatrixBuild[],
): { readonly cells: readonly (readonly GridCell[])[]; readonly thin: readonly number[] } {
  const last = builds.length - 1;
  const after = new Map<number, string[]>();
  let step = -1;
  for (const row of builds[last]?.rows ?? []) {
    if (row.step !== undefined) step = row.step;
    else after.set(step, [...(after.get(step) ?? []), oneLine(row.text)]);
  }
  const out: (readonly GridCell[])[] = [];
  const thin: number[] = [];
  const add = (at: number | undefined): void => {
    for (const text of (at === undefined ? undefined : after.get(at)) ?? []) {
      thin.push(out.length);
      out.push([
        { text, code: true },
        ...cells[0]!.slice(1).map((): GridCell => ({ verdict: "not-a-step" })),
      ]);
    }
  };
  add(-1);
  aligned.forEach((row, i) => {
    out.push(cells[i]!);
    add(row.steps[last]);
  });
  return { cells: out, thin };
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
    return cause ? { verdict, text: becauseOf(cause, isKorean) } : { verdict };
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
