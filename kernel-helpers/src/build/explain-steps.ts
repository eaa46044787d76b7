/** Explains the misses of a build and leaves its steps behind for the explanations of the next ones. */

import { explainMiss, type Explanation, type MissedStep, type StepTrace } from "../cache/explain";
import { missSentence } from "../cache/sentence";
import type { Builder } from "./builder";
import type { Solver } from "./solver";
import type { Miss } from "./types";
import type { VertexState } from "./vertex-state";

/** How many builds are kept to compare with. */
export const KEPT_BUILDS = 50;

/**
 * By vertex digest: why it missed. The builder remembers the steps of this build from now on, unless *forget* is set: then nobody asks
 * about the next one. *image* is the repository
 * of the first name that it is given.
 */
export function explainSteps(
  builder: Builder,
  solver: Solver,
  end: number,
  forget = false,
  image?: string,
): Map<string, Miss> {
  const missed: { readonly trace: StepTrace; readonly state: VertexState }[] = [];
  const fresh = new Set<string>();
  for (const state of solver.states.values()) {
    if (!state.executed || state.resultAt > end) continue;
    const trace = traceOf(builder, state, image);
    if (!trace) continue;
    missed.push({ trace, state });
    if (!state.keyWasStored) fresh.add(trace.key);
  }
  let all: StepTrace[] | undefined;
  const traces = (): StepTrace[] =>
    (all ??= [...solver.states.values()].flatMap((state) => {
      const isDone = !state.executed || state.resultAt <= end;
      return (isDone && traceOf(builder, state, image)) || [];
    }));
  const source = {
    operation: (digest: string) => builder.operations.get(digest),
    content: (digest: string) => builder.filesOf(digest),
    wasStored: (key: string) => builder.keys.record(key) !== undefined && !fresh.has(key),
  };
  const earlier = builder.earlierTraces();
  const found = new Map<string, Miss>();
  for (const { state, trace } of missed) {
    const step: MissedStep = { ...trace, keyWasStored: state.keyWasStored };
    const explanation = explainMiss(step, traces, earlier, source);
    const isWithoutResult = explanation.cause === "not-looked-up" && !state.vertex.ignoreCache;
    found.set(trace.vertex, isWithoutResult ? WITHOUT_RESULT : missOf(explanation, trace.name));
  }
  if (!forget && traces().length > 0) builder.traces = [traces(), ...builder.traces].slice(0, KEPT_BUILDS);
  return found;
}

/** Its key came with an imported cache or is left from before, but nothing that it stands for: `mode=min` knows keys without results. */
const WITHOUT_RESULT: Miss = {
  cause: "own",
  first: true,
  parts: [],
  sentence: {
    ko: "키는 알지만 그 결과가 이 기계에도, 가져온 캐시에도 없음",
    en: "its key is known, but the result is neither on this machine nor in the imported cache",
  },
};

function missOf(explanation: Explanation, name: string): Miss {
  return { ...explanation, sentence: missSentence(explanation, name) };
}

function traceOf(builder: Builder, state: VertexState, image: string | undefined): StepTrace | undefined {
  const key = state.resultKey ?? state.record?.key ?? state.keys[0];
  if (key === undefined || !state.cacheMap) return undefined;
  return {
    name: nameOf(state),
    ...(builder.origin !== undefined && { origin: builder.origin }),
    ...(image !== undefined && { image }),
    vertex: state.vertex.digest,
    key,
    opDigest: state.cacheMap.digest,
    inputs: state.deps.map(({ input }, i) => {
      const digest = contentOf(builder, state, i);
      const inputKey = input.resultKey ?? input.record?.key ?? input.keys[0];
      return {
        name: nameOf(input),
        ...(inputKey !== undefined && { key: inputKey }),
        ...(digest !== undefined && { content: digest }),
      };
    }),
  };
}

/** Digest of the files of input *index*, when they are in the key by their content. */
export function contentOf(builder: Builder, state: VertexState, index: number): string | undefined {
  const known = state.deps[index]?.content;
  if (known !== undefined) return known;
  const key = state.resultKey ?? state.record?.key ?? state.keys[0];
  const stored = key === undefined ? undefined : builder.keys.record(key);
  const link = stored?.deps[index]?.find(({ parent }) => parent.startsWith(CONTENT));
  return link?.parent.slice(CONTENT.length);
}

/** As the row is called: a group by its own name. */
function nameOf({ vertex }: VertexState): string {
  return vertex.progressGroup?.name ?? vertex.name;
}

const CONTENT = "content:";
