/** What a Lab answers: plain records, with the tables and texts that can be made of them as methods. */

import type { BuildOptions, BuildOutcome, BuildRecord, Step, WhatIf } from "../build";
import { emptySnapshot } from "../filesystem";
import type { Snapshot } from "../platform";
import {
  buildOutput,
  type Comparison,
  type Locale,
  type Medium,
  type Optimization,
  type ProgressKind,
  type ProgressOptions,
  renderComparison,
  renderEditMatrix,
  renderOptimization,
  renderTable,
  withPicture,
} from ".";

/** The record of a build with what can be made of it. */
export interface BuildResult extends BuildRecord {
  /** What `docker build --progress=…` prints, with warnings and the error at its end. Default: the build's option `progress`, else plain. */
  progress(kind?: ProgressKind, options?: ProgressOptions): string;
  /** The table of layers. Default: text. */
  table(medium?: Medium, options?: { readonly locale?: Locale }): string;
  /** The root file system of the image; undefined when there is none. */
  root(): Promise<Snapshot | undefined>;
}

/** An edit matrix with what can be made of it. */
export interface WhatIfResult extends WhatIf {
  /** The matrix as a table. */
  table(medium: Medium, options?: { readonly locale?: Locale }): string;
}

/** A comparison with what can be made of it. */
export interface ComparisonResult extends Comparison {
  /** The comparison as tables. */
  table(medium: Medium, options?: { readonly locale?: Locale }): string;
}

/** Proposals with what can be made of them. */
export interface OptimizationResult extends Optimization {
  /** The proposals with their diffs and proofs. */
  table(medium: Medium, options?: { readonly locale?: Locale }): string;
}

type Render = (medium: Medium, options?: { readonly locale?: Locale }) => string;

/** *record* with its table. Not enumerable: it prints and compares as the plain record it is. */
function withTable<Result>(record: object, table: Render): Result {
  return Object.defineProperty(withPicture(record, table), "table", { value: table }) as Result;
}

/** *record* as a Lab of *locale* answers it. Default: Korean. */
export function whatIfResult(record: WhatIf, locale: Locale | undefined): WhatIfResult {
  return withTable(record, (medium, options) =>
    renderEditMatrix(record, medium, { locale: options?.locale ?? locale }),
  );
}

/** *record* as a Lab of *locale* answers it. Default: Korean. */
export function comparisonResult(record: Comparison, locale: Locale | undefined): ComparisonResult {
  return withTable(record, (medium, options) =>
    renderComparison(record, medium, { locale: options?.locale ?? locale }),
  );
}

/** *record* as a Lab of *locale* answers it. Default: Korean. */
export function optimizationResult(record: Optimization, locale: Locale | undefined): OptimizationResult {
  return withTable(record, (medium, options) =>
    renderOptimization(record, medium, { locale: options?.locale ?? locale ?? "ko" }),
  );
}

/** The outcome of a build as a Lab of *locale* answers it. Default: Korean. */
export function buildResult({ record, results }: BuildOutcome, locale: Locale | undefined): BuildResult {
  const methods = {
    progress: (kind: ProgressKind = progressKind(record.options), options?: ProgressOptions) =>
      buildOutput(record, one(kind, ["plain", "tty", "rawjson"]), options),
    table: (medium: Medium = "text", options?: { readonly locale?: Locale }) =>
      renderTable(record, one(medium, ["text", "html", "markdown", "json"]), options?.locale ?? locale),
    root: async () => {
      const result = results?.[0];
      await result?.ready?.();
      return results && (result?.snapshot ?? emptySnapshot());
    },
  };
  const steps = record.steps.map((step) => spokenStep(step, locale ?? "ko"));
  // Not enumerable: the result prints and compares as the plain record it is.
  const plain: BuildRecord = { ...record, steps };
  return Object.defineProperties(
    plain,
    Object.fromEntries(Object.entries(methods).map(([name, value]) => [name, { value }])),
  ) as BuildResult;
}

function progressKind({ progress }: BuildOptions): ProgressKind {
  return progress === "tty" || progress === "rawjson" ? progress : "plain";
}

/** *word* itself when it is one of *words*. Throws RangeError (`LB_BAD_FORM`). */
function one<Word extends string>(word: Word, words: readonly Word[]): Word {
  if (words.includes(word)) return word;
  const all = words.join(", ");
  throw new RangeError(
    `LB_BAD_FORM: ${String(word)} is not one of ${all} / ${all} 가운데 하나를 고르세요. 받은 값: ${String(word)}`,
  );
}

/** The sentences of a step say themselves in one language when they are put into a text. */
function spokenStep(step: Step, locale: Locale): Step {
  const { miss, hit } = step;
  return {
    ...step,
    ...(miss && { miss: { ...miss, sentence: spoken(miss.sentence, locale) } }),
    ...(hit && { hit: { ...hit, sentence: spoken(hit.sentence, locale) } }),
  };
}

function spoken<Sentence extends Readonly<Record<Locale, string>>>(
  sentence: Sentence,
  locale: Locale,
): Sentence {
  return Object.defineProperty({ ...sentence }, "toString", { value: () => sentence[locale] });
}
