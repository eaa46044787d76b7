/** The layer table as plain data: every instruction of a build with its verdict and reason. All media print this. */

import { withoutAssigned } from "../../build/mask-secrets";
import type { BuildRecord, BuildWarning, InstructionRow, Step } from "../../build/types";
import { explainBuildError, explainBuildWarning } from "../explain";
import { SIGNS, words, type Locale, type VerdictKind } from "../locale";
import { humanSize } from "../units";
import { rowSizes } from "./sizes";

export interface Verdict {
  readonly kind: VerdictKind;
  /** One of ● ◆ ▲ △ ◇ ✕ ○ –. */
  readonly sign: string;
  readonly word: string;
}

export interface TableRow {
  /** As written; may have several lines. */
  readonly text: string;
  readonly instruction: string;
  readonly stage: string;
  /** 1-based line in the Dockerfile. */
  readonly line: number;
  /** `[3/4]`, absent when the instruction is no build step. */
  readonly label?: string;
  readonly layer: boolean;
  readonly history: boolean;
  readonly verdict: Verdict;
  /** Uncompressed bytes that its layer adds; absent when it makes no layer or did not get that far. */
  readonly bytes?: number;
  /** *bytes* for people, `5.2kB`. */
  readonly size?: string;
  /** One sentence. */
  readonly reason?: string;
  /** Of a knock-on: label of the step that is the first cause. */
  readonly causedBy?: string;
  /** Is it the first step in order that ran because of its own ingredients? */
  readonly firstCause: boolean;
  readonly assumed: boolean;
  readonly warnings: readonly TableWarning[];
}

export interface TableWarning {
  readonly rule: string;
  /** BuildKit's own words. */
  readonly detail: string;
  /** What the rule is for and how to mend it. */
  readonly explanation?: string;
  readonly url: string;
  readonly line: number;
}

export interface LayerTable {
  readonly locale: Locale;
  readonly title: string;
  /** What happened, in one sentence. */
  readonly summary: string;
  readonly rows: readonly TableRow[];
  /** Warnings whose line belongs to no row shown. */
  readonly otherWarnings: readonly TableWarning[];
  /** Kinds of verdict that occur, in the order of the legend. */
  readonly legend: readonly Verdict[];
  readonly error?: {
    readonly message: string;
    readonly explanation?: string;
    readonly frames: readonly string[];
  };
  readonly image?: {
    readonly id: string;
    readonly bytes: number;
    readonly size: string;
    readonly layers: number;
    readonly baseLayers: number;
  };
  readonly assumed: boolean;
}

export interface TableOptions {
  readonly locale?: Locale;
  /** Caption. Default: `레이어 표 · Dockerfile`. */
  readonly title?: string;
}

/** The table of *record*. Rows are the instructions of the target and the stages it needs, in the order of the record. */
export function tableOf(record: BuildRecord, options: TableOptions = {}): LayerTable {
  const locale = options.locale ?? "ko";
  const text = words(locale);
  const placed = new Set<BuildWarning>();
  const firstCause = record.steps.findIndex((step) => step.miss?.cause === "own" && !step.miss.first);
  const baseLayers = record.image?.layers.filter((layer) => layer.fromBase) ?? [];
  const sizes = rowSizes(record);
  const nextLine = (index: number): number => record.rows[index + 1]?.line ?? Infinity;

  const rows = record.rows.map((row, index): TableRow => {
    const step = row.step === undefined ? undefined : record.steps[row.step];
    const warnings = record.warnings.filter(
      (warning) =>
        !placed.has(warning) &&
        warning.line >= row.line &&
        warning.line < nextLine(index) &&
        warning.line <= lastLine(row, step),
    );
    for (const warning of warnings) placed.add(warning);
    const verdict = verdictOf(row, step, locale);
    const cause = step?.miss?.cause === "knock-on" ? rootCause(record.steps, row.step ?? -1) : undefined;
    // A whole digest says nothing to people and makes lines unreadable.
    const reason = (step?.miss?.sentence[locale] ?? step?.hit?.sentence[locale])?.replace(
      /(sha256:[0-9a-f]{8})[0-9a-f]{56}/g,
      "$1…",
    );
    const bytes = sizes.get(index);
    return {
      text: withoutSecrets(row),
      instruction: row.instruction,
      stage: row.stage,
      line: row.line,
      label: step ? labelOf(step.name) : row.pending && labelOf(row.pending),
      layer: row.layer,
      history: row.history,
      verdict,
      bytes,
      size: bytes === undefined ? undefined : humanSize(bytes, 3),
      reason,
      causedBy: cause && !reason?.includes(labelOf(cause.name)) ? labelOf(cause.name) : undefined,
      firstCause: row.step !== undefined && row.step === firstCause,
      assumed: step?.assumed ?? false,
      warnings: warnings.map((warning) => tableWarning(warning, locale)),
    };
  });

  const kinds = [...new Set(rows.map((row) => row.verdict.kind))];
  const order = Object.keys(SIGNS) as VerdictKind[];
  return {
    locale,
    title: options.title ?? `${text.layerTable} · ${record.file}`,
    summary: summaryOf(record, locale),
    rows,
    otherWarnings: record.warnings
      .filter((warning) => !placed.has(warning))
      .map((warning) => tableWarning(warning, locale)),
    legend: order.filter((kind) => kinds.includes(kind)).map((kind) => verdict(kind, locale)),
    error: record.error && {
      message: record.error.message,
      explanation: explainBuildError(record.error, locale),
      frames: record.error.frames,
    },
    image: record.image && {
      id: record.image.configDigest,
      bytes: sum(record.image.layers.map((layer) => layer.uncompressed)),
      size: humanSize(sum(record.image.layers.map((layer) => layer.uncompressed)), 3),
      layers: record.image.layers.length,
      baseLayers: baseLayers.length,
    },
    assumed: rows.some((row) => row.assumed),
  };
}

/** `[3/4]` or `[build 2/3]` of a step's name. */
export function labelOf(name: string): string {
  return /^\[[^\]]*\]/.exec(name)?.[0] ?? name;
}

/** The step that ran for its own reason and made *index* run. Nearest first; undefined when there is none. */
export function rootCause(steps: readonly Step[], index: number): Step | undefined {
  const seen = new Set([index]);
  let level = [...(steps[index]?.needs ?? [])];
  while (level.length > 0) {
    const next: number[] = [];
    for (const need of level) {
      const step = steps[need];
      if (!step || seen.has(need)) continue;
      seen.add(need);
      if (step.miss && step.miss.cause !== "knock-on") return step;
      next.push(...step.needs);
    }
    level = next;
  }
  return undefined;
}

/** Which of the signs a step gets. */
export function verdictKind(step: Step): VerdictKind {
  switch (step.status) {
    case "CACHED":
      return step.skipped ? "not-run" : "reused";
    case "ERROR":
      return "failed";
    case "CANCELED":
      return "canceled";
    case null:
      return "not-run";
    case "DONE":
      break;
  }
  if (!step.miss) return step.instruction === "FROM" ? "resolved" : "ran";
  if (step.miss.cause === "not-looked-up") return "not-looked-up";
  if (step.miss.first) return "first";
  return step.miss.cause === "own" ? "cause" : "knock-on";
}

/** Verdicts of steps that made nothing. */
const NOTHING: ReadonlySet<VerdictKind> = new Set(["failed", "canceled", "not-run"]);

/** What stands in the column "layer": whether the instruction makes one; of a FROM, how many the base brings. */
export function layerWord(row: TableRow, table: LayerTable): string {
  const text = words(table.locale);
  if (NOTHING.has(row.verdict.kind)) return "";
  if (row.instruction === "FROM")
    return table.image && row.bytes !== undefined ? text.baseLayers(table.image.baseLayers) : text.ofBase;
  return row.layer ? text.makesLayer : text.makesNoLayer;
}

/** What stands in the column "history". */
export function historyWord(row: TableRow, table: LayerTable): string {
  const text = words(table.locale);
  // A build that failed makes no image, and only images have a history.
  if (table.error) return "";
  if (row.instruction === "FROM") return text.ofBase;
  return row.history ? text.inHistory : text.notInHistory;
}

/** The instruction without the values of ARG and ENV whose names look like secrets: a table is shown around. `$NAME` is no value. */
function withoutSecrets({ text, instruction }: InstructionRow): string {
  if (instruction !== "ARG" && instruction !== "ENV") return text;
  return withoutAssigned(text);
}

/** The verdict *kind* with sign and word. */
export function verdict(kind: VerdictKind, locale: Locale): Verdict {
  return { kind, sign: SIGNS[kind], word: words(locale).verdict[kind] };
}

function verdictOf(row: InstructionRow, step: Step | undefined, locale: Locale): Verdict {
  if (!step) return verdict(row.pending === undefined ? "not-a-step" : "not-run", locale);
  return verdict(verdictKind(step), locale);
}

function lastLine(row: InstructionRow, step: Step | undefined): number {
  const end = step?.range?.end;
  const lines = row.text.split("\n").length;
  return Math.max(row.line + lines - 1, end?.line ?? row.line);
}

function tableWarning(warning: BuildWarning, locale: Locale): TableWarning {
  return {
    rule: warning.rule,
    detail: warning.detail,
    explanation: explainBuildWarning(warning, locale),
    url: warning.url,
    line: warning.line,
  };
}

/** What happened in one sentence. FROM is not counted: it is looked up, not run. */
export function summaryOf(record: BuildRecord, locale: Locale): string {
  const text = words(locale);
  if (record.check) return text.summaryCheck(record.warnings.length);
  const failed = record.steps.find((step) => step.status === "ERROR");
  if (failed) return text.summaryFailed(failed.name);
  if (record.error) return text.summaryError;
  const counted = record.steps.filter((step) => step.instruction !== "FROM");
  const hits = counted.filter((step) => step.status === "CACHED").length;
  const ran = counted.length - hits;
  if (counted.length === 0) return text.noSteps;
  if (ran === 0) return text.summaryAllCached(hits);
  if (hits === 0 && counted.every((step) => step.miss?.first)) return text.summaryFirst(ran);
  return text.summaryMixed(hits, ran);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
