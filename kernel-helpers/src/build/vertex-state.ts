/** What the solver knows of a vertex while it looks for its keys (BuildKit solver/edge.go `edge`, `dep`). */

import type { CacheMap } from "../cache/cache-map";
import { contentKey, type KeyLink, type KeyResult } from "../cache/key-store";
import type { Vertex } from "../graph/types";
import type { StepResult } from "./step-result";

/** What is known of a vertex in this build. */
export interface VertexState {
  readonly vertex: Vertex;
  cacheMap?: CacheMap;
  /** Keys under which it is stored, found by definition or content. Empty: it is not, or its results are not looked up. */
  keys: readonly string[];
  /** When the keys were known, ms. */
  keysAt: number;
  /** The newest stored result of these keys. */
  record?: KeyResult<StepResult>;
  readonly deps: DepState[];
  result?: StepResult;
  /** Key of the result: where it was found or saved. */
  resultKey?: string;
  resultAt: number;
  /** Was the result loaded from the store? */
  loaded: boolean;
  executed: boolean;
  /** It failed, or something it needs did. */
  blocked: boolean;
  /** The key existed before this build. */
  keyWasStored: boolean;
  /** All its keys were looked for, also by content. */
  isSlow: boolean;
  /** Vertices of this build that take it as an input, and as which (from 0). */
  readonly consumers: { readonly state: VertexState; readonly input: number }[];
}

/** How an input of a vertex takes part in its key. */
export interface DepState {
  readonly input: VertexState;
  /** Candidates that this input leads to. */
  matches: Set<string>;
  /** The keys of the input with which the store was asked. */
  readonly probed: Set<string>;
  /** Content digest of what is selected of the input. */
  content?: string;
  contentAt: number;
  /** The content hangs on what an assumed command made, and nothing is stored for it: equal or not, nobody knows. */
  isOpen?: boolean;
}

/**
 * Need nothing more be looked for? That is so when the contents of all inputs are known, and also when there is a record and no
 * input leads to further keys that the contents could single out ("upgrade to cache-slow").
 */
export function isSearched(state: VertexState): boolean {
  if (state.keys.length === 0) return true;
  const map = state.cacheMap!;
  const isOpen = (dep: DepState, i: number): boolean =>
    map.deps[i]!.content !== undefined && dep.content === undefined;
  if (state.deps.every((dep, i) => dep.input.isSlow && !isOpen(dep, i))) return true;
  if (!state.record || state.deps.some((dep) => !dep.input.isSlow && dep.matches.size === 0)) return false;
  const found = new Set(state.keys);
  let open = new Set<string>();
  for (const [i, dep] of state.deps.entries()) {
    if (isOpen(dep, i) && (dep.input.isSlow || dep.input.result !== undefined)) continue;
    const others = new Set([...dep.matches].filter((id) => !found.has(id)));
    open = open.size > 0 ? new Set([...open].filter((id) => others.has(id))) : others;
    if (open.size === 0) return true;
  }
  return false;
}

/** Adds what is known of *vertex* at *at* ms, behind its inputs: nothing yet. */
export function addState(states: Map<string, VertexState>, vertex: Vertex, at: number): void {
  const state: VertexState = {
    vertex,
    keys: [],
    keysAt: at,
    deps: vertex.inputs.map((edge) => ({
      input: states.get(edge.vertex.digest)!,
      matches: new Set(),
      probed: new Set(),
      contentAt: 0,
    })),
    resultAt: 0,
    loaded: false,
    executed: false,
    blocked: false,
    keyWasStored: false,
    isSlow: vertex.inputs.length === 0,
    consumers: [],
  };
  for (const [input, dep] of state.deps.entries()) dep.input.consumers.push({ state, input });
  states.set(vertex.digest, state);
}

/** The keys to which all of *deps* lead. */
export function commonMatches(deps: readonly DepState[]): Set<string> {
  let all: Set<string> | undefined;
  for (const { matches } of deps) {
    if (!all) all = new Set(matches);
    else for (const id of all) if (!matches.has(id)) all.delete(id);
  }
  return all ?? new Set();
}

export function union(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  const both = new Set(a);
  for (const value of b) both.add(value);
  return both;
}

/** The keys of *input* as a part of the key of what is made from it. */
export function definitionLinks(input: VertexState, selector: string): KeyLink[] {
  const keys = input.resultKey === undefined ? input.keys : [input.resultKey];
  return keys.map((parent) => ({ parent, selector }));
}

/** A local context is known by nothing but this one transfer of it (its key is random): what is made on top of it is never found again. */
function sessionLink({ vertex, result }: VertexState, selector: string): KeyLink[] {
  return vertex.op.kind === "local" && result ? [{ parent: `session:${result.id}`, selector }] : [];
}

/** By what an input is known: its definition and, where that was looked at, its content. */
export function linksOf({ deps }: VertexState, map: CacheMap, i: number): KeyLink[] {
  const dep = deps[i]!;
  const { selector } = map.deps[i]!;
  const links = definitionLinks(dep.input, selector);
  return dep.content === undefined
    ? [...links, ...sessionLink(dep.input, selector)]
    : [...links, { parent: contentKey(dep.content), selector: "" }];
}

/** Equal for equal links. */
export const linkText = ({ parent, selector }: KeyLink): string => `${parent}|${selector}`;
