/** Syncs a context from the client: only what changed since the last time travels (BuildKit source/local/source.go). */

import { PatternError, transferContext } from "../context";
import { emptySnapshot } from "../filesystem";
import { pushLayer, StepLayer } from "../image/layer";
import type { LocalOp, Vertex } from "../graph/types";
import type { Builder } from "./builder";
import { transferTime } from "./durations";
import type { ExecuteAnswer } from "./operations";
import { clockAt, type Session } from "./session";

export function syncLocal(session: Session, vertex: Vertex, op: LocalOp, at: number): ExecuteAnswer {
  const { builder, timeline } = session;
  const source = session.locals.get(op.name) ?? emptySnapshot();
  const sharedKey = sharedKeyOf(builder, op);
  const before = builder.contexts.get(sharedKey);
  let transfer;
  try {
    transfer = transferContext({
      source,
      filter: {
        followPaths: op.followPaths,
        includePatterns: op.includePatterns,
        excludePatterns: op.excludePatterns,
      },
      previous: before ?? emptySnapshot(clockAt(session, at)),
      now: clockAt(session, at),
    });
  } catch (error) {
    // A name of a COPY that is no pattern: the client refuses it.
    if (!(error instanceof PatternError)) throw error;
    timeline.statusSpan(vertex.digest, `transferring ${op.name}:`, at, at, { current: 0 });
    session.transferred.set(vertex.digest, 0);
    return { at, error: `rpc error: code = Unknown desc = ${error.message}` };
  }
  const end = at + transferTime(transfer.bytes);
  builder.contexts.set(sharedKey, transfer.context);
  session.undos.push({
    at: end,
    undo: () => (before ? builder.contexts.set(sharedKey, before) : builder.contexts.delete(sharedKey)),
  });
  session.transferred.set(vertex.digest, transfer.bytes);
  if (before)
    session.contextChanges.set(vertex.digest, { before: before.files, after: transfer.context.files });
  timeline.statusSpan(vertex.digest, `transferring ${op.name}:`, at, end, { current: transfer.bytes });
  const files = transfer.context.files;
  // For a stage that begins with them the files are a layer like any other.
  const layer = new StepLayer(
    { lower: emptySnapshot(), upper: files },
    clockAt(session, end),
    `local source for ${op.name}`,
  );
  const result = {
    id: session.newRef(),
    snapshot: files,
    synced: transfer.context,
    layers: pushLayer(undefined, layer),
    createdAt: clockAt(session, end),
    duration: end - at,
  };
  return { at: end, result };
}

/** Each directory has a copy of its own (buildx tells them apart by a key of the session, build/build.go getBuildSharedKey). */
function sharedKeyOf({ origin }: Builder, op: LocalOp): string {
  return `${op.name}:${op.sharedKeyHint}${origin === undefined ? "" : `:${origin}`}`;
}

/**
 * Something was built on the files of a context: a rw bind mount, a stage that begins with them. The builder's copy is then the lower
 * layer of something else and cannot be changed any more; the next build gets a new one, for which everything is sent again.
 */
export function releaseContext(session: Session, input: Vertex | undefined): void {
  const { builder } = session;
  if (input?.op.kind === "local") builder.contexts.delete(sharedKeyOf(builder, input.op));
}
