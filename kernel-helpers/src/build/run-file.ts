/** COPY, ADD, WORKDIR and inline documents (BuildKit solver/llbsolver/ops/file.go). */

import { emptySnapshot, executeFileOp, FileOpError } from "../filesystem";
import type { FileOp, Vertex } from "../graph/types";
import { pushLayer, StepLayer } from "../image/layer";
import { fileOpTime } from "./durations";
import { openAfterFileOp, withStandIns } from "./open-paths";
import type { ExecuteAnswer } from "./operations";
import { unknownCheckout } from "./run-git";
import { releaseContext } from "./run-local";
import { clockAt, type Session } from "./session";
import type { StepResult } from "./step-result";

export function runFileOp(
  session: Session,
  vertex: Vertex,
  op: FileOp,
  inputs: readonly StepResult[],
  at: number,
): ExecuteAnswer {
  const rootIndex = rootInput(op);
  const base = rootIndex === undefined ? undefined : inputs[rootIndex];
  if (rootIndex !== undefined) releaseContext(session, vertex.inputs[rootIndex]?.vertex);
  const lower = base?.snapshot ?? emptySnapshot();
  try {
    const upper = executeFileOp(
      op,
      inputs.map((input, i) =>
        session.options.assume && (input.open || input.unknownBase !== undefined)
          ? withStandIns(input, copiedFrom(op, i))
          : input.snapshot,
      ),
      {
        platform: session.world.platform,
        now: clockAt(session, at),
      },
    );
    const layer = new StepLayer({ lower, upper }, clockAt(session, at), vertex.name);
    const open = openAfterFileOp(op, inputs);
    const unknownBase = unknownCheckout(inputs) ?? base?.unknownBase;
    const end = at + fileOpTime(layer.contentBytes());
    const result = {
      id: session.newRef(),
      snapshot: upper,
      layers: pushLayer(base?.layers, layer),
      createdAt: clockAt(session, end),
      duration: end - at,
      ...(inputs.some((input) => input.assumed) && { assumed: true }),
      ...(open && { open }),
      ...(unknownBase !== undefined && { unknownBase }),
    };
    return { at: end, result };
  } catch (error) {
    if (!(error instanceof FileOpError)) throw error;
    return {
      at: at + fileOpTime(0),
      error: withMountPath(error.message, base ? MOUNT_PATH : snapshotPath(session)),
    };
  }
}

/** What *op* copies from its input number *input*. */
function copiedFrom(op: FileOp, input: number): string[] {
  return op.actions.flatMap((action) =>
    action.action === "copy" && action.secondaryInput === input ? [action.src] : [],
  );
}

/** The input that the first action changes: the file system that the result is built on. */
function rootInput(op: FileOp): number | undefined {
  const first = op.actions[0]?.input;
  return typeof first === "number" && first >= 0 ? first : undefined;
}

/** Where BuildKit has the file system mounted that a copy changes; the number is another one each time there. */
const MOUNT_PATH = "/var/lib/buildkit/runc-overlayfs/cachemounts/buildkit1";

/** On an empty base nothing is mounted: the new snapshot's own directory is changed. It is numbered after those that are there. */
function snapshotPath(session: Session): string {
  return `/var/lib/buildkit/runc-overlayfs/snapshots/snapshots/${session.builder.nextRef + 2}/fs`;
}

/** Two of the refusals name the path as the daemon sees it. */
function withMountPath(message: string, root: string): string {
  return message.replace(/^(cannot copy to non-directory: |cannot replace to directory )(?=\/)/, `$1${root}`);
}
