/** Which steps of a finished build ran only because nobody knows whether an assumed command makes the same files again. */

import { forkBuilder, DrySolver, UnknownResults } from "./dry-solver";
import type { BuildRequest } from "./request";
import type { Session } from "./session";
import type { Solver } from "./solver";
import { Timeline } from "./timeline";
import type { Vertex } from "../graph/types";

/** Said of a step whose reuse hangs on the files that a RUN makes. */
export const DEPENDS = {
  ko: "앞의 RUN이 만드는 파일에 달려 있음: 내용이 같으면 재사용, 다르면 다시 실행",
  en: "depends on the files that a RUN before it makes: reused when they are the same, run again when not",
};

/**
 * Digests of the vertices that ran in *solver* and would have been reused, had the assumed commands left what they left before.
 * *asOf*: number of the newest result before the build.
 */
export async function dependingVertices(
  request: BuildRequest,
  session: Session,
  solver: Solver,
  roots: readonly Vertex[],
  asOf: number,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const states = [...solver.states.values()];
  if (asOf === 0 || !states.some(({ deps }) => deps.some(({ isOpen }) => isOpen))) return found;
  const fork = forkBuilder(request.builder, request.world, asOf);
  const timeline = new Timeline();
  const hopeful = new DrySolver(
    fork,
    request.world,
    timeline,
    { ...session, timeline, undos: [] },
    new UnknownResults(),
    true,
    new Set(),
    false,
    (vertex) => solver.states.get(vertex.digest)?.result,
  );
  await hopeful.solve(roots, 0);
  for (const { vertex, executed } of states) {
    const other = hopeful.states.get(vertex.digest);
    if (executed && other && !other.executed && !other.blocked && other.record) found.add(vertex.digest);
  }
  return found;
}
