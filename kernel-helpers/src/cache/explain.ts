/** Why a step was not cached: its key compared with the nearest one of an earlier build (test/vectors/reasons.md). */

/** What a build leaves behind of each step, for later comparisons. */
export interface StepTrace {
  /** As shown: `[3/4] COPY . /app`. */
  readonly name: string;
  /** Digest of the vertex. */
  readonly vertex: string;
  /** Key of its result. */
  readonly key: string;
  readonly opDigest: string;
  readonly inputs: readonly InputTrace[];
}

/** How an input took part in the key. */
export interface InputTrace {
  /** Name of the step it is; undefined for a context. */
  readonly name: string;
  /** Key of the input's result; undefined for a context. */
  readonly key?: string;
  /** Digest of what was selected of it, when that counts. */
  readonly content?: string;
}
