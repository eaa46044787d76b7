/** ADD of a git repository: nothing here reaches a remote, so a build that may assume takes it to be as it was (추정). */

import { goJson } from "../cache/go-json";
import { emptySnapshot } from "../filesystem";
import type { GitOp, Vertex } from "../graph/types";
import type { ExecuteAnswer, SourceAnswer } from "./operations";
import { clockAt, type Session } from "./session";

/** Begins the `unknownBase` of files that come from a remote repository. */
const GIT = "git ";

/** The key is the commit (BuildKit source/git/source.go): the one that is asked for, or a stand-in for whatever the ref names. */
export function resolveGitSource(session: Session, vertex: Vertex, op: GitOp, at: number): SourceAnswer {
  if (!session.options.assume)
    return { at, error: `failed to fetch remote ${op.remote}: no network in the simulation` };
  session.assumed.set(vertex.digest, [`git:${op.remote}`]);
  const commit = op.checksum ?? session.world.platform.sha256Hex(`${op.remote}#${op.ref ?? ""}`).slice(0, 40);
  const json = { Commit: commit, Subdir: op.subdir ?? "", KeepGitDir: op.keepGitDir };
  return { at, key: { kind: "source", json, text: goJson(json) } };
}

/** A checkout of which no file is known: what is copied out of it is taken to be there. */
export function checkOut(session: Session, op: GitOp, at: number): ExecuteAnswer {
  const result = {
    id: session.newRef(),
    snapshot: emptySnapshot(clockAt(session, at)),
    layers: undefined,
    createdAt: clockAt(session, at),
    duration: 0,
    assumed: true,
    unknownBase: `${GIT}${op.remote}#${op.ref ?? ""}:${op.subdir ?? ""}`,
  };
  return { at, result };
}

/** Of the files of *inputs* that come from a repository nobody knows, the name; it is the `unknownBase` of what they are copied into. */
export function unknownCheckout(inputs: readonly { readonly unknownBase?: string }[]): string | undefined {
  return inputs.find(({ unknownBase }) => unknownBase?.startsWith(GIT))?.unknownBase;
}
