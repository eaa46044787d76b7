/** COPY --link: the layers of the copy on top of those of the stage (BuildKit solver/llbsolver/ops/merge.go). */

import { applyLayer } from "../filesystem";
import type { Vertex } from "../graph/types";
import { layersOf, pushLayer, type StepLayer } from "../image/layer";
import { MERGE_TIME } from "./durations";
import type { ExecuteAnswer } from "./operations";
import { clockAt, type Session } from "./session";
import { openAfterMerge } from "./open-paths";
import type { StepResult } from "./step-result";

export function mergeResults(session: Session, inputs: readonly StepResult[], at: number): ExecuteAnswer {
  const [base, ...others] = inputs;
  let { snapshot, layers } = base!;
  for (const other of others) {
    for (const layer of layersOf(other.layers)) {
      snapshot = applyLayer(snapshot, (layer as StepLayer).entries());
      layers = pushLayer(layers, layer);
    }
  }
  return {
    at,
    result: {
      id: session.newRef(),
      snapshot,
      layers,
      createdAt: clockAt(session, at),
      duration: 0,
      ...(inputs.some((input) => input.assumed) && { assumed: true }),
      ...(base!.unknownBase !== undefined && { unknownBase: base!.unknownBase }),
      ...(openAfterMerge(inputs) && { open: openAfterMerge(inputs) }),
    },
  };
}

/** The layers are put on one another only when a step needs the files. Gives the end, ms. */
export function unlazyMerge(session: Session, vertex: Vertex, result: StepResult, at: number): number {
  const { merged } = session.builder;
  if (merged.has(result.id)) return at;
  merged.add(result.id);
  const end = at + MERGE_TIME;
  session.undos.push({ at: end, undo: () => void merged.delete(result.id) });
  session.timeline.start(vertex.digest, at);
  session.timeline.statusSpan(vertex.digest, "merging", at, end);
  session.timeline.complete(vertex.digest, end);
  return end;
}
