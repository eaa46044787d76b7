/** A vertex that failed, and when. */

import type { Vertex } from "../graph/types";

/** Thrown inside a solve. *message* is BuildKit's text without `failed to solve: `; *at* the simulated time, Infinity when it only waits for another one that failed. */
export class VertexFailure extends Error {
  override readonly name = "VertexFailure";
  constructor(
    readonly vertex: Vertex,
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

/** A vertex that waits for another one that failed. */
export function blockedBy(vertex: Vertex): VertexFailure {
  return new VertexFailure(vertex, "", Infinity);
}
