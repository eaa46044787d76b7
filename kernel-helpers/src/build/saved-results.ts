/** What a solve stores: results under their keys, and how that is taken back (BuildKit solver/cachemanager.go `Save`, solver/index.go). */

import type { CacheMap } from "../cache/cache-map";
import type { KeyResult } from "../cache/key-store";
import type { Builder } from "./builder";
import type { StepResult } from "./step-result";
import { linksOf, linkText, type VertexState } from "./vertex-state";
import { isBelow } from "./vertex-walks";

/** The results of one solve. */
export class SavedResults {
  private readonly saved: { readonly at: number; readonly undo: () => void }[] = [];
  /** What has run, by the digest of its operation. */
  private readonly ran = new Map<string, VertexState[]>();

  constructor(private readonly builder: Builder) {}

  /** Stores *result* under the key of *state*, and notes it there. */
  save(state: VertexState, map: CacheMap, result: StepResult): void {
    const { keys, operations } = this.builder;
    const deps = state.deps.map((_, i) => linksOf(state, map, i));
    const ran = this.ran.get(map.digest);
    if (ran) ran.push(state);
    else this.ran.set(map.digest, [state]);
    state.keyWasStored = keys.find(map.digest, 0, deps) !== undefined;
    const id = keys.save(map.digest, 0, deps);
    if (!operations.has(map.digest)) operations.set(map.digest, map.op);
    const saved = keys.addResult(id, result);
    this.saved.push({
      at: state.resultAt,
      undo: () => {
        keys.removeResult(saved);
        if (!state.keyWasStored && keys.results(id).length === 0) keys.forget(id);
      },
    });
    state.resultKey = id;
    // A vertex that was not looked up does not lead those after it to their stored results either.
    if (!state.vertex.ignoreCache) state.keys = [...new Set([...state.keys, id])];
  }

  /** A step of this build that is not below *state* and has the same key: BuildKit runs only one of the two (solver/index.go, solver/scheduler.go `mergeTo`). */
  twinOf(state: VertexState, map: CacheMap): VertexState | undefined {
    const ran = this.ran.get(map.digest);
    if (state.vertex.ignoreCache || !ran) return undefined;
    const mine = state.deps.map((_, i) => linksOf(state, map, i).map(linkText));
    const isSame = (other: VertexState): boolean =>
      other.deps.length === mine.length &&
      mine.every((links, i) =>
        linksOf(other, other.cacheMap!, i).some((link) => links.includes(linkText(link))),
      );
    return ran.find((other) => !other.vertex.ignoreCache && isSame(other) && !isBelow(other, state));
  }

  /** The newest result of *keys*; *assumes*: one that was assumed will do. */
  newest(keys: readonly string[], assumes: boolean): KeyResult<StepResult> | undefined {
    let best: KeyResult<StepResult> | undefined;
    for (const key of keys) {
      const result = this.builder.keys.results(key).find(({ value }) => assumes || !value.assumed);
      if (result && (!best || isNewer(result, best))) best = result;
    }
    return best;
  }

  /** Takes back what would have been finished only after *end*: it was never built. */
  takeBack(end: number): void {
    for (const { at, undo } of this.saved.reverse()) if (at > end) undo();
  }
}

/** Of several results the one that was made last; of an import the time counts, not when it came. */
function isNewer(a: KeyResult<StepResult>, b: KeyResult<StepResult>): boolean {
  return (
    a.value.createdAt > b.value.createdAt ||
    (a.value.createdAt === b.value.createdAt && a.sequence > b.sequence)
  );
}
