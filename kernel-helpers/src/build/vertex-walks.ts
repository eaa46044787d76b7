/** Walks over the graph, inputs before what is made from them; iterative, for chains of thousands of steps. */

import type { Vertex } from "../graph/types";
import type { VertexState } from "./vertex-state";

/** All vertices below *roots*, each after its inputs, in input order. */
export function inputsFirst(roots: readonly Vertex[]): Vertex[] {
  const order: Vertex[] = [];
  const seen = new Set<string>();
  for (const root of roots) {
    if (seen.has(root.digest)) continue;
    seen.add(root.digest);
    const stack: { vertex: Vertex; next: number }[] = [{ vertex: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const edge = top.vertex.inputs[top.next++];
      if (!edge) {
        order.push(top.vertex);
        stack.pop();
      } else if (!seen.has(edge.vertex.digest)) {
        seen.add(edge.vertex.digest);
        stack.push({ vertex: edge.vertex, next: 0 });
      }
    }
  }
  return order;
}

/** *target* and everything below it whose keys were not all looked for, inputs first. */
export function notSlow(target: VertexState): VertexState[] {
  const order: VertexState[] = [];
  if (target.isSlow) return order;
  const seen = new Set<VertexState>([target]);
  const stack: { state: VertexState; next: number }[] = [{ state: target, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const dep = top.state.deps[top.next++];
    if (!dep) {
      order.push(top.state);
      stack.pop();
    } else if (!dep.input.isSlow && !seen.has(dep.input)) {
      seen.add(dep.input);
      stack.push({ state: dep.input, next: 0 });
    }
  }
  return order;
}

/** What must be provided for *target*, inputs first; what is stored needs none of its inputs. */
export function missing(target: VertexState): VertexState[] {
  const order: VertexState[] = [];
  const seen = new Set<VertexState>([target]);
  const stack: { state: VertexState; next: number }[] = [{ state: target, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1]!;
    const isEnough = top.state.result !== undefined || top.state.record !== undefined;
    const dep = isEnough ? undefined : top.state.deps[top.next++];
    if (!dep) {
      order.push(top.state);
      stack.pop();
    } else if (!seen.has(dep.input)) {
      seen.add(dep.input);
      stack.push({ state: dep.input, next: 0 });
    }
  }
  return order;
}

/** Does *state* rest on *other*? */
export function isBelow(other: VertexState, state: VertexState): boolean {
  const seen = new Set<VertexState>();
  const todo = [state];
  while (todo.length > 0) {
    const one = todo.pop()!;
    if (one === other) return true;
    if (seen.has(one)) continue;
    seen.add(one);
    todo.push(...one.deps.map(({ input }) => input));
  }
  return false;
}
