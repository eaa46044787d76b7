/** Operations to come, and root file systems under construction with what applies to the next RUN (BuildKit client/llb State). */

import { EnvList } from "./env-list";
import type { Op, PlatformSpec, Vertex } from "./types";

/** Everything of a vertex that is not in its digest. */
export interface NodeMeta {
  readonly name: string;
  readonly internal?: boolean;
  readonly ignoreCache?: boolean;
  readonly progressGroup?: Vertex["progressGroup"];
  readonly source?: Vertex["source"];
}

/** Gives an output its index among the vertex's inputs; equal inputs share one. */
export type InputIndex = (output: Output) => number;

export interface Node {
  readonly meta: NodeMeta;
  /** Outputs in the order in which BuildKit walks them; decides which of several equal vertices gives its name. */
  readonly walk: () => readonly Output[];
  /** The operation; asks for its inputs in the order they are to have. *fallback*: the platform of a state that has none. */
  readonly op: (input: InputIndex, fallback: PlatformSpec) => Op;
}

/** Output 0 of a node. A function, because the build context is known only when every stage has been read. */
export interface Output {
  readonly node: () => Node;
}

/** Immutable: every instruction makes a new one. */
export interface State {
  /** null: the empty root of `FROM scratch`. */
  readonly output: Output | null;
  readonly env: EnvList;
  /** Absolute; `/` until something sets it. */
  readonly dir: string;
  readonly user: string;
  /** Absent for scratch, until an image gave one. */
  readonly platform?: PlatformSpec;
  readonly hostname?: string;
  readonly network: "default" | "none" | "host";
}

/** Nothing at all (`llb.Scratch`). */
export const scratch: State = { output: null, env: EnvList.empty, dir: "/", user: "", network: "default" };

/** A state of *node*'s result, with nothing set. */
export function stateOf(node: Node, platform?: PlatformSpec): State {
  return { ...scratch, output: { node: () => node }, ...(platform === undefined ? {} : { platform }) };
}

/** *state* with another root file system. */
export function withNode(state: State, node: Node): State {
  return { ...state, output: { node: () => node } };
}

/** *state* with the variable set. */
export function addEnv(state: State, key: string, value: string): State {
  return { ...state, env: state.env.set(key, value) };
}
