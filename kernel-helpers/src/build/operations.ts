/** Runs the operation of a vertex: fetches an image, syncs a context, copies files, runs a command. */

import type { OpJson } from "../cache/op-json";
import type { Vertex } from "../graph/types";
import { runExecOp } from "./run-exec";
import { runFileOp } from "./run-file";
import { GitSources } from "./run-git";
import { HttpSources } from "./run-http";
import { fetchImported, openImage, resolveImageSource, unlazyImage } from "./run-image";
import { syncLocal } from "./run-local";
import { mergeResults, unlazyMerge } from "./run-merge";
import type { Session } from "./session";
import type { StepResult } from "./step-result";

/** The key of a source, or why it has none. *at*: when it was known, ms. */
export interface SourceAnswer {
  readonly at: number;
  /** Only for sources whose key is not in the operation (http, git). */
  readonly key?: OpJson;
  /** A local context: new in every build. */
  readonly isRandom?: boolean;
  readonly error?: string;
}

/** What an operation led to; *at*: when it ended, ms. */
export type ExecuteAnswer =
  | { readonly at: number; readonly result: StepResult; readonly error?: undefined }
  | { readonly at: number; readonly error: string };

/** What the solver asks for. */
export interface Operations {
  /** May what is not simulated be assumed? If not, results that were assumed are not reused. */
  readonly assumes: boolean;
  resolveSource(vertex: Vertex, at: number): Promise<SourceAnswer>;
  execute(vertex: Vertex, inputs: readonly StepResult[], at: number): Promise<ExecuteAnswer>;
  /**
   * The files of *vertex*'s result are needed: fetches what was not fetched yet. Gives the moment at which they are there, ms.
   * *under*: the merge that needs them, on whose row the unpacking is shown.
   */
  unlazy(vertex: Vertex, result: StepResult | undefined, at: number, under?: Vertex): number;
  /** *result* was found in the cache: fetches the layers that only an imported cache has. Gives the moment at which they are there, ms. */
  load(vertex: Vertex, result: StepResult, at: number): number;
}

/** The operations of one build. */
export function buildOperations(session: Session): Operations {
  const http = new HttpSources(session);
  const git = new GitSources(session);
  return {
    assumes: session.options.assume === true,
    resolveSource(vertex, at) {
      switch (vertex.op.kind) {
        case "image":
          return Promise.resolve(resolveImageSource(session, vertex, vertex.op, at));
        case "http":
          return Promise.resolve(http.resolve(vertex, vertex.op, at));
        case "git":
          return Promise.resolve(git.resolve(vertex, vertex.op, at));
        case "local":
          return Promise.resolve({ at, isRandom: true });
        default:
          return Promise.resolve({ at });
      }
    },
    unlazy(vertex, result, at, under) {
      if (vertex.op.kind === "image") return unlazyImage(session, vertex, vertex.op, at, under);
      return vertex.op.kind === "merge" && result ? unlazyMerge(session, vertex, result, at) : at;
    },
    load(vertex, result, at) {
      return session.imported.has(result.id) ? fetchImported(session, vertex, result, at) : at;
    },
    async execute(vertex, inputs, at) {
      const { op } = vertex;
      switch (op.kind) {
        case "image":
          return openImage(session, op, at);
        case "local":
          return syncLocal(session, vertex, op, at);
        case "http":
          return http.fetch(vertex, op, at);
        case "git":
          return git.checkOut(op, at);
        case "file":
          return runFileOp(session, vertex, op, inputs, at);
        case "exec":
          return runExecOp(session, vertex, op, inputs, at);
        case "merge":
          return mergeResults(session, inputs, at);
      }
    },
  };
}
