/** Why a step was not cached: its key compared with the nearest one of an earlier build (test/vectors/reasons.md). */

import type { HashedFile } from "../context";
import { asSelected, contentDifferences, type Difference, operationDifferences } from "./differences";
import type { OpJson } from "./op-json";
import { similarityAbove } from "./similarity";

/** What a build leaves behind of each step, for later comparisons. */
export interface StepTrace {
  /** As shown: `[3/4] COPY . /app`. */
  readonly name: string;
  /** The directory that was built, where several share a store; what is built in one does not explain another. */
  readonly origin?: string;
  /** Repository of the image that was built, without its tag. Of an image of another one only equal operations are compared. */
  readonly image?: string;
  /** Digest of the vertex. */
  readonly vertex: string;
  /** Key of its result. */
  readonly key: string;
  readonly opDigest: string;
  readonly inputs: readonly InputTrace[];
}

/** How an input took part in the key. */
export interface InputTrace {
  /** Name of the step it is; of a context its row. */
  readonly name: string;
  /** Key of the input's result; undefined for a context. */
  readonly key?: string;
  /** Digest of what was selected of it, when that counts. */
  readonly content?: string;
}

/** A step that missed, and what is known of it. */
export interface MissedStep extends StepTrace {
  /** Was its key stored before this build? Then it was not looked up. */
  readonly keyWasStored: boolean;
}

/** Where earlier operations and contents are found, and which keys were stored before this build. */
export interface ExplainSource {
  operation(digest: string): OpJson | undefined;
  content(digest: string): readonly HashedFile[] | undefined;
  wasStored(key: string): boolean;
}

export interface Explanation {
  readonly cause: "own" | "knock-on" | "not-looked-up";
  readonly parts: readonly Difference[];
  readonly pairedWith?: string;
  /** No earlier step of its kind is left to compare with. */
  readonly first: boolean;
}

/** Below this an operation of an older build is not taken for the same step changed. */
const LEAST_SIMILARITY = 0.5;

/**
 * Explains *missed*. *steps* gives all steps of the build; *earlier*: those of the builds before, newest build first. The counterpart is
 * the same record, else the same operation, else the most similar operation that no step of the build has any more, unless that was
 * another image's.
 */
export function explainMiss(
  missed: MissedStep,
  steps: () => readonly StepTrace[],
  earlier: readonly (readonly StepTrace[])[],
  source: ExplainSource,
): Explanation {
  if (missed.keyWasStored) {
    const twin = earlier.flat().find(({ key }) => key === missed.key);
    return { cause: "not-looked-up", parts: [], first: false, ...(twin && { pairedWith: twin.name }) };
  }
  const operation = source.operation(missed.opDigest)!;
  const counterpart = findCounterpart(missed, operation, steps, earlier, source);
  if (!counterpart) {
    return { cause: "own", parts: operationDifferences(undefined, operation), first: true };
  }
  const parts: Difference[] = [];
  if (counterpart.opDigest !== missed.opDigest) {
    parts.push(...operationDifferences(source.operation(counterpart.opDigest), operation));
  }
  for (const [i, input] of missed.inputs.entries()) {
    const old = counterpart.inputs[i];
    if (input.content === undefined || input.content === old?.content) continue;
    const [before, after] = asSelected(
      old?.content === undefined ? undefined : source.content(old.content),
      source.content(input.content) ?? [],
      counterpart.opDigest === missed.opDigest ? operation : undefined,
    );
    parts.push(...contentDifferences(before, after, i, { old: old?.content, new: input.content }));
  }
  const isOwn = parts.length > 0;
  for (const [i, input] of missed.inputs.entries()) {
    const old = counterpart.inputs[i];
    if (input.content !== undefined || input.key === undefined || input.key === old?.key) continue;
    const dependencyKey = source.wasStored(input.key) ? "stored, another one" : "new";
    parts.push({ kind: "dep", path: "", old: old?.name ?? null, new: input.name, input: i, dependencyKey });
  }
  return { cause: isOwn ? "own" : "knock-on", parts, pairedWith: counterpart.name, first: false };
}

function findCounterpart(
  missed: StepTrace,
  operation: OpJson,
  steps: () => readonly StepTrace[],
  earlier: readonly (readonly StepTrace[])[],
  source: ExplainSource,
): StepTrace | undefined {
  for (const [age, build] of earlier.entries()) {
    const index = indexOf(build);
    const same =
      index.byKey.get(missed.key) ?? nearest(missed, index.byOperation.get(missed.opDigest) ?? [], steps);
    if (same) return same;
    const image = build[0]?.image;
    if (missed.image !== undefined && image !== undefined && image !== missed.image) continue;
    const current = indexOf(steps()).byOperation;
    let best: StepTrace | undefined;
    let bestRatio = age === 0 ? 0 : LEAST_SIMILARITY;
    for (const old of build) {
      const json = source.operation(old.opDigest);
      if (current.has(old.opDigest) || json?.kind !== operation.kind) continue;
      const ratio = similarityAbove(json.text === "" ? "" : textOf(json), textOf(operation), bestRatio);
      if (ratio > bestRatio) [best, bestRatio] = [old, ratio];
    }
    if (best) return best;
  }
  return undefined;
}

const texts = new WeakMap<OpJson, string>();

/** The operation as text, made once. */
function textOf(operation: OpJson): string {
  let text = texts.get(operation);
  if (text === undefined) texts.set(operation, (text = JSON.stringify(operation.json)));
  return text;
}

interface TraceIndex {
  readonly byKey: ReadonlyMap<string, StepTrace>;
  readonly byOperation: ReadonlyMap<string, readonly StepTrace[]>;
}

const indexes = new WeakMap<readonly StepTrace[], TraceIndex>();

/** The steps of a build by key (of equal ones the first) and by operation, made once. */
function indexOf(build: readonly StepTrace[]): TraceIndex {
  let index = indexes.get(build);
  if (!index) {
    const byKey = new Map<string, StepTrace>();
    const byOperation = new Map<string, StepTrace[]>();
    for (const step of build) {
      if (!byKey.has(step.key)) byKey.set(step.key, step);
      const list = byOperation.get(step.opDigest);
      if (list) list.push(step);
      else byOperation.set(step.opDigest, [step]);
    }
    indexes.set(build, (index = { byKey, byOperation }));
  }
  return index;
}

/** Of the steps with the same operation one that no step of this build is, else the one that shares most inputs. */
function nearest(
  missed: StepTrace,
  same: readonly StepTrace[],
  steps: () => readonly StepTrace[],
): StepTrace | undefined {
  if (same.length < 2) return same[0];
  const current = indexOf(steps()).byKey;
  // The second `WORKDIR /app` is not the first one, which is still there.
  const free = same.filter((old) => !current.has(old.key));
  const shared = (old: StepTrace): number =>
    old.inputs.filter((input, i) => input.name === missed.inputs[i]?.name).length +
    (old.name === missed.name ? 1 : 0);
  return [...(free.length > 0 ? free : same)].sort((a, b) => shared(b) - shared(a))[0];
}
