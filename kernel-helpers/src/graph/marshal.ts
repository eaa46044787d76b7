/** Nodes → vertices: digests, equal ones made one (BuildKit client/llb/state.go marshal, mergeMetadata). */

import { sha256Digest, type Platform } from "../platform/platform";
import type { Node, Output } from "./state";
import type { Edge, Op, PlatformSpec, Vertex } from "./types";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Makes the vertices of one or more conversions. Nodes with the same operation and inputs become one vertex; it has the name of the node
 * met last in a walk that goes depth first, inputs before their users.
 */
export class Marshaller {
  private readonly byNode = new Map<Node, Vertex>();
  private byDigest = new Map<string, Mutable<Vertex>>();
  private readonly envTexts = new WeakMap<readonly string[], string>();
  /** Digests known from an earlier target: their names stay. */
  private readonly settled = new Set<string>();

  constructor(
    private readonly machine: Platform,
    private fallback: PlatformSpec,
  ) {}

  /** Begins the next target: equal vertices are shared with the ones before, but named by them. */
  startTarget(fallback: PlatformSpec): void {
    this.fallback = fallback;
    for (const digest of this.byDigest.keys()) this.settled.add(digest);
    this.byNode.clear();
  }

  /** The vertex of a node met before. */
  vertexOf(node: Node): Vertex | undefined {
    return this.byNode.get(node);
  }

  /** The vertex of *output* and all that it needs. */
  marshal(output: Output): Edge {
    const root = output.node();
    const stack: { readonly node: Node; readonly rest: Output[] }[] = [];
    const push = (node: Node): void => {
      if (!this.byNode.has(node)) stack.push({ node, rest: [...node.walk()].reverse() });
    };
    push(root);
    for (let top = stack[stack.length - 1]; top !== undefined; top = stack[stack.length - 1]) {
      const next = top.rest.pop();
      if (next !== undefined) {
        push(next.node());
        continue;
      }
      stack.pop();
      if (!this.byNode.has(top.node)) this.byNode.set(top.node, this.vertex(top.node));
    }
    return { vertex: this.byNode.get(root) as Vertex, output: 0 };
  }

  /** A text that no other operation has. Steps share their environments, so that the text of one is made once. */
  private identity(op: Op): string {
    if (op.kind !== "exec") return JSON.stringify(op);
    let env = this.envTexts.get(op.env);
    if (env === undefined) this.envTexts.set(op.env, (env = JSON.stringify(op.env)));
    const {
      args,
      cwd,
      user,
      network,
      security,
      extraHosts,
      ulimit,
      proxyEnv,
      secretEnv,
      devices,
      platform,
      mounts,
    } = op;
    const rest = [
      args,
      cwd,
      user,
      network,
      security,
      extraHosts,
      ulimit,
      proxyEnv,
      secretEnv,
      devices,
      platform,
      mounts,
    ];
    return JSON.stringify([...rest, op.hostname, op.cgroupParent]) + env;
  }

  private vertex(node: Node): Vertex {
    const inputs: Edge[] = [];
    const op = node.op((output) => {
      const vertex = this.byNode.get(output.node()) as Vertex;
      const known = inputs.findIndex((edge) => edge.vertex === vertex);
      if (known !== -1) return known;
      inputs.push({ vertex, output: 0 });
      return inputs.length - 1;
    }, this.fallback);
    const digest = sha256Digest(
      this.machine,
      this.identity(op) + inputs.map((edge) => edge.vertex.digest).join(),
    );
    const { name, internal = false, ignoreCache = false, progressGroup, source } = node.meta;
    const known = this.byDigest.get(digest);
    if (known === undefined) {
      const vertex: Mutable<Vertex> = { digest, name, op, inputs, internal, ignoreCache };
      if (progressGroup !== undefined) vertex.progressGroup = progressGroup;
      if (source !== undefined) vertex.source = source;
      this.byDigest.set(digest, vertex);
      return vertex;
    }
    if (ignoreCache) known.ignoreCache = true;
    if (!this.settled.has(digest)) {
      known.name = name;
      known.internal = internal;
      if (progressGroup !== undefined) known.progressGroup = progressGroup;
      if (source !== undefined) known.source = source;
    }
    return known;
  }
}
