/** A solve without running anything but what layerbook.json declares: the solver's own rules on a fork of the builder, with unknown contents where a RUN would run. */

import type { CacheMap } from "../cache/cache-map";
import { KeyStoreFork } from "../cache/key-store-fork";
import { emptySnapshot, FileOpError } from "../filesystem";
import type { Vertex } from "../graph/types";
import type { Layer } from "../image/layer";
import { contentKey, type KeyResult } from "../cache/key-store";
import { Builder } from "./builder";
import { ConversionMemo } from "./conversion-memo";
import { CONTAINER_TIME, fileOpTime } from "./durations";
import type { BuildWorld } from "./machine";
import { buildOperations, type ExecuteAnswer, type Operations } from "./operations";
import { runFileOp } from "./run-file";
import { isDeclaredRun } from "../run";
import { clockAt, type Session } from "./session";
import { Solver } from "./solver";
import type { StepResult } from "./step-result";
import { LostValueError } from "./store/stored-result";
import type { Timeline } from "./timeline";
import type { VertexState } from "./vertex-state";

/** A map that reads through to another one and keeps what is new to itself. Only `get`, `has` and `set` know of the other. */
class OverlayMap<K, V> extends Map<K, V> {
  constructor(private readonly below: ReadonlyMap<K, V>) {
    super();
  }
  override get(key: K): V | undefined {
    return super.get(key) ?? this.below.get(key);
  }
  override has(key: K): boolean {
    return super.has(key) || this.below.has(key);
  }
}

/** A builder that knows all that *builder* knows (*asOf*: only results up to that number); what happens to it does not reach *builder*. */
export function forkBuilder(
  builder: Builder,
  world: BuildWorld,
  asOf?: number,
): Builder & { readonly keys: KeyStoreFork<StepResult> } {
  const keys = new KeyStoreFork(
    builder.keys,
    (text) => "key:" + world.platform.sha256Hex(text),
    builder.keys.lastSequence,
    asOf,
  );
  const fork = Object.create(Builder.prototype) as Builder;
  return Object.assign(fork, {
    keys,
    operations: new OverlayMap(builder.operations),
    contents: new OverlayMap(builder.contents),
    unlisted: new Map<never, never>(),
    contexts: new Map(builder.contexts),
    cacheMounts: new Map<never, never>(),
    blobs: new Set(builder.blobs),
    unpackedBytes: builder.unpackedBytes,
    chains: new Set(builder.chains),
    merged: new Set(builder.merged),
    packed: new WeakSet<Layer>(),
    traces: builder.traces,
    origin: builder.origin,
    digests: builder.digests,
    conversions: new ConversionMemo(),
    cacheMaps: builder.cacheMaps,
    runs: builder.runs,
    nextRef: builder.nextRef,
  });
}

/** Results of which the files are not known without a build. */
export class UnknownResults {
  private readonly all = new WeakSet<StepResult>();

  make(session: Session, at: number): StepResult {
    const result: StepResult = {
      id: session.newRef(),
      snapshot: emptySnapshot(),
      layers: undefined,
      createdAt: clockAt(session, at),
      duration: 0,
    };
    this.all.add(result);
    return result;
  }

  has(result: StepResult): boolean {
    return this.all.has(result);
  }
}

/**
 * Operations that run no command: a RUN gives an unknown result at once, unless layerbook.json declares all of it; files are copied only
 * when their content is asked for.
 */
function dryOperations(
  session: Session,
  unknown: UnknownResults,
  newBases: ReadonlySet<string>,
  known: (vertex: Vertex) => StepResult | undefined = () => undefined,
): Operations {
  const real = buildOperations(session);
  const declaredRun = async (
    vertex: Vertex,
    inputs: readonly StepResult[],
    at: number,
  ): Promise<ExecuteAnswer> => {
    try {
      return await real.execute(vertex, inputs, at);
    } catch (error) {
      // What it would read cannot be made.
      if (!(error instanceof FileOpError)) throw error;
      return { at: at + CONTAINER_TIME, result: unknown.make(session, at) };
    }
  };
  const nameOf = (vertex: Vertex): string =>
    vertex.op.kind === "image" ? vertex.op.ref.replace(/@.*$/, "") : "";
  return {
    assumes: real.assumes,
    resolveSource(vertex, at) {
      return newBases.has(nameOf(vertex)) ? Promise.resolve({ at }) : real.resolveSource(vertex, at);
    },
    unlazy: (vertex, result, at, under) =>
      newBases.has(nameOf(vertex)) ? at : real.unlazy(vertex, result, at, under),
    // Nothing is fetched.
    load: (_vertex, _result, at) => at,
    async execute(vertex, inputs, at): Promise<ExecuteAnswer> {
      const { op } = vertex;
      const isUnknown = inputs.some((input) => unknown.has(input)) || newBases.has(nameOf(vertex));
      const made = isUnknown ? undefined : known(vertex);
      if (made) return { at, result: made };
      if (op.kind === "exec" && !isUnknown && isDeclaredRun(op.args, session.declared))
        return known(vertex) ? { at, result: known(vertex)! } : declaredRun(vertex, inputs, at);
      if (op.kind === "exec") return { at: at + CONTAINER_TIME, result: unknown.make(session, at) };
      if (isUnknown) return { at, result: unknown.make(session, at) };
      if (op.kind !== "file" && op.kind !== "merge") return real.execute(vertex, inputs, at);
      if (op.kind === "merge") {
        // The layers of a merge are those of what it merges: only stored ones are at hand.
        return inputs.some((input) => "pending" in input)
          ? { at, result: unknown.make(session, at) }
          : real.execute(vertex, inputs, at);
      }
      return {
        at: at + fileOpTime(0),
        result: lazily(session, at, () => runFileOp(session, vertex, op, inputs, at)),
      };
    },
  };
}

/** A result whose files are made at the first look. */
function lazily(session: Session, at: number, make: () => ExecuteAnswer): StepResult {
  let made: StepResult | undefined;
  const get = (): StepResult => {
    if (!made) {
      const answer = make();
      if (answer.error !== undefined) throw new FileOpError(answer.error);
      made = answer.result;
    }
    return made;
  };
  return Object.defineProperties(
    { id: session.newRef(), createdAt: clockAt(session, at), duration: 0, pending: true },
    {
      snapshot: { get: () => get().snapshot },
      layers: { get: () => get().layers },
    },
  ) as unknown as StepResult;
}

/**
 * The solver on a forked builder. *optimistic*: an input of unknown content leads to every key its step was ever stored under;
 * otherwise to none. What is reused in both ways of looking is reused for sure, what in neither is not.
 */
export class DrySolver extends Solver {
  /** Did the outcome hang on a content that only a build can tell? */
  sawUnknown = false;
  private readonly guessed = new Set<VertexState>();

  constructor(
    private readonly fork: Builder & { readonly keys: KeyStoreFork<StepResult> },
    world: BuildWorld,
    timeline: Timeline,
    private readonly session: Session,
    private readonly unknown: UnknownResults,
    private readonly optimistic: boolean,
    newBases: ReadonlySet<string>,
    /** One state after another on the same fork: the same unknown result has the same contents, another one other ones. */
    private readonly isCourse = false,
    /** What steps have already led to. */
    known?: (vertex: Vertex) => StepResult | undefined,
  ) {
    super(fork, world, timeline, dryOperations(session, unknown, newBases, known));
  }

  protected override async hashInput(state: VertexState, map: CacheMap, i: number): Promise<void> {
    const dep = state.deps[i]!;
    if (await this.isKnown(dep.input)) {
      await super.hashInput(state, map, i);
      if (!dep.isOpen) return;
    }
    this.sawUnknown = true;
    if (this.isCourse) {
      this.hashById(state, map, i);
      if (dep.matches.size === 0) this.guessed.add(state);
      return;
    }
    this.guessed.add(state);
    if (!this.optimistic || state.vertex.ignoreCache) return;
    dep.matches = new Set([...dep.matches, ...this.fork.keys.candidates(map.digest)]);
  }

  /** The step of *digest* was not reused only because an unknown content may be another one. */
  isGuessed(digest: string): boolean {
    const state = this.states.get(digest);
    return state !== undefined && this.guessed.has(state);
  }

  /** As `hashInput`, with the id of the result for its contents. */
  private hashById(state: VertexState, map: CacheMap, i: number): void {
    const dep = state.deps[i]!;
    dep.contentAt = dep.input.resultAt;
    dep.content = `unknown:${dep.input.result!.id} ${JSON.stringify(map.deps[i]!.content)}`;
    const byContent = { parent: contentKey(dep.content), selector: "" };
    if (!state.vertex.ignoreCache)
      dep.matches = new Set([...dep.matches, ...this.fork.keys.query([byContent], i, map.digest, 0)]);
  }

  private async isKnown(input: VertexState): Promise<boolean> {
    const result = input.result!;
    if (this.guessed.has(input) || this.unknown.has(result)) return false;
    try {
      await result.ready?.();
      return (result.synced ?? result.snapshot) !== null;
    } catch (error) {
      if (error instanceof LostValueError || error instanceof FileOpError) return false;
      throw error;
    }
  }

  protected override takeKeys(state: VertexState): void {
    super.takeKeys(state);
    if (state.deps.some(({ input }) => this.guessed.has(input))) this.guessed.add(state);
  }

  protected override load(state: VertexState, record: KeyResult<StepResult>, at: number): void {
    super.load(state, record, at);
    // Which of several stored results it would be is not known.
    if (this.guessed.has(state)) state.result = this.unknown.make(this.session, at);
  }
}
