/** COPY --link: the layers of the copy on top of those of the stage (BuildKit solver/llbsolver/ops/merge.go). */

import { applyLayer } from "../filesystem";
import { layersOf, pushLayer, type StepLayer } from "../image/layer";
import { MERGE_TIME } from "./durations";
import type { ExecuteAnswer } from "./operations";
import { clockAt, type Session } from "./session";
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
  const end = at + MERGE_TIME;
  return {
    at: end,
    result: {
      id: session.newRef(),
      snapshot,
      layers,
      createdAt: clockAt(session, end),
      duration: MERGE_TIME,
      ...(inputs.some((input) => input.assumed) && { assumed: true }),
    },
  };
}
