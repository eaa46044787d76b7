/** Walking the graph. */

import type { Edge, Vertex } from "./types";

/**
 * All vertices that *roots* need, each once, depth first with inputs before their users, in input order: the canonical order of steps.
 * Works on graphs of any depth.
 */
export function walkVertices(roots: readonly (Edge | null)[]): Vertex[] {
  const seen = new Set<Vertex>();
  const out: Vertex[] = [];
  for (const root of roots) {
    if (root === null || seen.has(root.vertex)) continue;
    seen.add(root.vertex);
    const stack = [{ vertex: root.vertex, next: 0 }];
    for (let top = stack[stack.length - 1]; top !== undefined; top = stack[stack.length - 1]) {
      const input = top.vertex.inputs[top.next++];
      if (input === undefined) {
        stack.pop();
        out.push(top.vertex);
      } else if (!seen.has(input.vertex)) {
        seen.add(input.vertex);
        stack.push({ vertex: input.vertex, next: 0 });
      }
    }
  }
  return out;
}
