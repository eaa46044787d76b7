/** Decides which vertices are cached and runs the others (BuildKit solver/edge.go, restated as plain recursion over the graph). */

import { type CacheMap, CacheMapError } from "../cache/cache-map";
import type { OpJson } from "../cache/op-json";
import { contentKey, type KeyLink, type KeyResult } from "../cache/key-store";
import type { Vertex } from "../graph/types";
import type { Builder } from "./builder";
import { ContentDigests, type HashedContent, isContentError } from "./content-digests";
import { cacheMapOf, knownCacheMap } from "./known-cache-maps";
import type { BuildWorld } from "./machine";
import type { Operations } from "./operations";
import { SavedResults } from "./saved-results";
import type { StepResult } from "./step-result";
import type { Timeline } from "./timeline";
import { blockedBy, VertexFailure } from "./vertex-failure";
import {
  addState,
  commonMatches,
  definitionLinks,
  isSearched,
  union,
  type VertexState,
} from "./vertex-state";
import { inputsFirst, missing, notSlow } from "./vertex-walks";

/** One solve: from the targets' vertices to their results. */
export class Solver {
  readonly states = new Map<string, VertexState>();
  /** The first failure in time: nothing after it happens. */
  failure: VertexFailure | undefined;
  private readonly results: SavedResults;
  private readonly contents: ContentDigests;

  constructor(
    protected readonly builder: Builder,
    protected readonly world: BuildWorld,
    private readonly timeline: Timeline,
    protected readonly operations: Operations,
  ) {
    this.results = new SavedResults(builder);
    this.contents = new ContentDigests(builder, world.platform, operations.assumes);
  }

  /** Solves *roots*, which begin at *at* ms. Gives their results, or leaves `failure` set. */
  async solve(roots: readonly Vertex[], at: number): Promise<readonly (VertexState | undefined)[]> {
    const order = inputsFirst(roots);
    for (const vertex of order) {
      this.timeline.add(
        {
          digest: vertex.digest,
          name: vertex.name,
          inputs: vertex.inputs.map((edge) => edge.vertex.digest),
          ...(vertex.progressGroup && { progressGroup: vertex.progressGroup }),
        },
        at,
      );
    }
    for (const vertex of order) addState(this.states, vertex, at);
    for (const state of this.states.values())
      if (state.deps.length === 0) await this.guard(state, () => this.findSourceKeys(state, at));
    for (const state of this.states.values()) this.findDefinitionKeys(state);
    for (const vertex of order) {
      const state = this.state(vertex);
      if (state.deps.length === 0) continue;
      if (state.deps.some((dep) => dep.input.blocked)) await this.hashBeside(state);
      else await this.guard(state, () => this.findKeys(state));
    }
    for (const root of roots) {
      const state = this.state(root);
      if (!state.blocked) await this.materialize(state, state.keysAt);
    }
    if (this.failure) {
      // The copy of a COPY --link fails before anything but FROM has begun, and its row is not even shown.
      if (this.failure.vertex.progressGroup?.weak) await this.openImages(order);
      else await this.runBeside(order);
    }
    return roots.map((root) => this.states.get(root.digest));
  }

  state(vertex: Vertex): VertexState {
    return this.states.get(vertex.digest)!;
  }

  /** All vertices ask the store by the definition of their inputs before anything runs, so what this build stores later is not among it. */
  private findDefinitionKeys(state: VertexState): void {
    if (state.deps.length === 0) return;
    const map = knownCacheMap(this.builder, this.world.platform, state.vertex);
    if (!map) return;
    for (const i of state.deps.keys()) this.probe(state, map, i);
    if (!state.vertex.ignoreCache) state.keys = [...commonMatches(state.deps)];
  }

  /** Runs *action*; a failure of the vertex is noted with its time, and the vertex is blocked. */
  private async guard(state: VertexState, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof VertexFailure)) throw error;
      state.blocked = true;
      if (error.at < this.deadline) this.failure = error;
    }
  }

  private get deadline(): number {
    return this.failure?.at ?? Infinity;
  }

  /** Finds the stored keys of a vertex: by definition first, then by the content of inputs ("cache-slow"). */
  private async findKeys(state: VertexState): Promise<void> {
    const { vertex } = state;
    state.keysAt = Math.max(...state.deps.map((dep) => dep.input.keysAt));
    const map = this.makeCacheMap(state);
    for (const i of state.deps.keys()) this.probe(state, map, i);
    if (commonMatches(state.deps).size === 0) {
      // First only the inputs that lead nowhere yet; the others when these have found something ("skipPhase2").
      const open = state.deps.map((dep) => dep.matches.size === 0);
      await this.searchDeeper(state, map, (i) => open[i]!);
      const isHopeless = vertex.ignoreCache || state.deps.some((dep) => dep.matches.size === 0);
      if (!isHopeless && commonMatches(state.deps).size === 0)
        await this.searchDeeper(state, map, (i) => !open[i]);
    }
    this.takeKeys(state);
  }

  protected takeKeys(state: VertexState): void {
    state.keys = state.vertex.ignoreCache ? [] : [...commonMatches(state.deps)];
    state.record = this.results.newest(state.keys, this.operations.assumes);
    state.isSlow = isSearched(state);
  }

  /**
   * A vertex behind a failed one. What it takes of a context is hashed all the same, when the context comes: if that fails too, it is
   * reported as well.
   */
  private async hashBeside(state: VertexState): Promise<void> {
    state.blocked = true;
    if (state.vertex.inputs.length === 0) return;
    await this.guard(state, async () => {
      state.keysAt = Math.max(
        0,
        ...state.deps.map((dep) => dep.input.keysAt).filter((at) => at <= this.deadline),
      );
      const map = this.makeCacheMap(state);
      for (const [i, dep] of state.deps.entries()) {
        const isContext = dep.input.vertex.op.kind === "local" && map.deps[i]!.content !== undefined;
        if (isContext && dep.input.result && dep.input.resultAt <= this.deadline)
          await this.hashInput(state, map, i);
      }
    });
  }

  /** Steps that are not stored run from the moment that is known, beside the one that failed, until the failure stops them. */
  private async runBeside(order: readonly Vertex[]): Promise<void> {
    for (const vertex of order) {
      const state = this.state(vertex);
      if (state.blocked || state.record || state.result || vertex.op.kind === "local") continue;
      await this.materialize(state, state.keysAt);
    }
  }

  private async openImages(order: readonly Vertex[]): Promise<void> {
    for (const vertex of order) {
      const state = this.state(vertex);
      if (vertex.op.kind === "image" && !state.blocked) await this.materialize(state, state.keysAt);
    }
  }

  /** Asks the store by what an input is by definition, with every key once: what is stored under it later in this build is not seen. */
  private probe(state: VertexState, map: CacheMap, i: number): void {
    const dep = state.deps[i]!;
    const fresh = dep.input.keys.filter((key) => !dep.probed.has(key));
    if (state.vertex.ignoreCache || fresh.length === 0) return;
    for (const key of fresh) dep.probed.add(key);
    const links = fresh.map((parent) => ({ parent, selector: map.deps[i]!.selector }));
    dep.matches = union(dep.matches, this.builder.keys.query(links, i, map.digest, 0));
  }

  /** Of the chosen inputs: all keys they have, then their contents. */
  private async searchDeeper(
    state: VertexState,
    map: CacheMap,
    isChosen: (input: number) => boolean,
  ): Promise<void> {
    for (const [i, dep] of state.deps.entries()) {
      if (!isChosen(i)) continue;
      await this.findSlowKeys(dep.input);
      this.probe(state, map, i);
    }
    await this.hashInputs(state, map, (i) => isChosen(i) && map.deps[i]!.content !== undefined);
  }

  /** A consumer found nothing under the keys of *target*: looks at the contents of everything below it, for further keys ("cache-slow"). */
  private async findSlowKeys(target: VertexState): Promise<void> {
    for (const state of notSlow(target)) {
      const map = state.cacheMap;
      if (!map || state.blocked) continue;
      await this.guard(state, async () => {
        for (const i of state.deps.keys()) this.probe(state, map, i);
        await this.hashInputs(state, map, (i) => map.deps[i]!.content !== undefined);
        this.takeKeys(state);
        state.isSlow = true;
      });
      if (state.blocked) throw blockedBy(state.vertex);
    }
  }

  private async findSourceKeys(state: VertexState, at: number): Promise<void> {
    const { vertex } = state;
    const { digest } = vertex;
    this.timeline.start(digest, at);
    const source = await this.operations.resolveSource(vertex, at);
    if (source.error !== undefined) {
      this.timeline.complete(digest, source.at, { error: source.error });
      throw new VertexFailure(vertex, `failed to load cache key: ${source.error}`, source.at);
    }
    this.timeline.complete(digest, source.at);
    state.keysAt = source.at;
    if (source.isRandom) return;
    const map = this.makeCacheMap(state, source.key);
    const id = this.builder.keys.queryRoot(map.digest);
    if (id === undefined || vertex.ignoreCache) return;
    state.keys = [id];
    state.record = this.results.newest(state.keys, this.operations.assumes);
  }

  protected makeCacheMap(state: VertexState, sourceKey?: OpJson): CacheMap {
    try {
      state.cacheMap = cacheMapOf(this.builder, this.world.platform, state.vertex, sourceKey);
      return state.cacheMap;
    } catch (error) {
      if (!(error instanceof CacheMapError)) throw error;
      throw new VertexFailure(state.vertex, `failed to load cache key: ${error.message}`, state.keysAt);
    }
  }

  /** Evaluates the chosen inputs and asks the store by their contents. */
  private async hashInputs(
    state: VertexState,
    map: CacheMap,
    isChosen: (input: number) => boolean,
  ): Promise<void> {
    for (const [i, dep] of state.deps.entries()) {
      if (!isChosen(i) || dep.content !== undefined) continue;
      await this.materialize(dep.input, Math.max(state.keysAt, dep.input.keysAt));
      if (!dep.input.result) throw blockedBy(state.vertex);
      await this.hashInput(state, map, i);
      state.keysAt = Math.max(state.keysAt, dep.contentAt);
    }
  }

  protected async hashInput(state: VertexState, map: CacheMap, i: number): Promise<void> {
    const dep = state.deps[i]!;
    const { selector, content } = map.deps[i]!;
    const result = dep.input.result!;
    await result.ready?.();
    this.unlazy(dep.input);
    dep.contentAt = dep.input.resultAt;
    const hashed = this.contentOf(state.vertex, result, content!, dep.contentAt);
    dep.content = hashed.digest;
    const byContent: KeyLink = { parent: contentKey(dep.content), selector: "" };
    const { keys } = this.builder;
    const found = state.vertex.ignoreCache ? undefined : keys.query([byContent], i, map.digest, 0);
    if (found) dep.matches = union(dep.matches, found);
    this.contents.note(hashed, (found?.size ?? 0) > 0);
    if (hashed.isOpen && dep.matches.size === 0) dep.isOpen = true;
    // Connects the definition with the content, for the next time.
    keys.query([...definitionLinks(dep.input, selector), byContent], i, map.digest, 0);
  }

  private contentOf(
    vertex: Vertex,
    result: StepResult,
    content: NonNullable<CacheMap["deps"][number]["content"]>,
    at: number,
  ): HashedContent {
    try {
      return this.contents.of(result, content);
    } catch (error) {
      if (!isContentError(error)) throw error;
      const message = `failed to calculate checksum of ref ${result.id}: ${error.message}`;
      this.timeline.start(vertex.digest, at);
      this.timeline.complete(vertex.digest, at, { error: message });
      throw new VertexFailure(vertex, `failed to compute cache key: ${message}`, at);
    }
  }

  /** Makes the result of *target* be there, from the store or by running what is missing, not before *at*. */
  private async materialize(target: VertexState, at: number): Promise<void> {
    for (const state of missing(target)) {
      if (state.blocked || state.result) continue;
      await this.guard(state, () => this.provide(state, Math.max(at, state.keysAt)));
    }
  }

  private async provide(state: VertexState, at: number): Promise<void> {
    if (state.record) {
      if (at >= this.deadline) throw blockedBy(state.vertex);
      this.load(state, state.record, at);
      return;
    }
    const map = state.cacheMap;
    if (state.deps.some((dep) => !dep.input.result)) throw blockedBy(state.vertex);
    for (const [i, dep] of state.deps.entries()) {
      if (map?.deps[i]?.content !== undefined && dep.content === undefined)
        await this.hashInput(state, map, i);
      await dep.input.result!.ready?.();
    }
    if (map) {
      // What has run since has its key now, and that may lead to something stored (edge.go processExecReq).
      for (const i of state.deps.keys()) this.probe(state, map, i);
      this.takeKeys(state);
    }
    const ready = Math.max(at, ...state.deps.map((dep) => Math.max(dep.input.resultAt, dep.contentAt)));
    const twin = map && this.results.twinOf(state, map);
    if (twin) state.record = this.builder.keys.results(twin.resultKey!)[0];
    if (state.record && ready < this.deadline) {
      this.load(state, state.record, ready);
      return;
    }
    if (state.vertex.op.kind !== "merge") for (const dep of state.deps) this.unlazy(dep.input);
    const start = Math.max(at, ...state.deps.map((dep) => Math.max(dep.input.resultAt, dep.contentAt)));
    if (start >= this.deadline) throw blockedBy(state.vertex);
    await this.execute(state, start);
  }

  /** An input of a step must have its files. */
  private unlazy(state: VertexState, under?: Vertex): void {
    const at = this.unlazyBelow(state, under ?? state.vertex);
    state.resultAt = this.operations.unlazy(state.vertex, state.result, at, under);
  }

  /** A merge of merges is one merge of all their layers: of those below only the images are fetched. Gives the end, ms. */
  private unlazyBelow(state: VertexState, under: Vertex): number {
    let at = state.resultAt;
    if (state.vertex.op.kind !== "merge") return at;
    for (const { input } of state.deps) {
      if (input.vertex.op.kind === "merge") at = Math.max(at, this.unlazyBelow(input, under));
      else {
        this.unlazy(input, under);
        at = Math.max(at, input.resultAt);
      }
    }
    return at;
  }

  protected load(state: VertexState, record: KeyResult<StepResult>, at: number): void {
    this.timeline.start(state.vertex.digest, at, true);
    const end = this.operations.load(state.vertex, record.value, at);
    this.timeline.complete(state.vertex.digest, end, { cached: true });
    state.result = record.value;
    state.resultKey = record.key;
    state.resultAt = end;
    state.loaded = true;
  }

  private async execute(state: VertexState, at: number): Promise<void> {
    const { vertex } = state;
    this.timeline.start(vertex.digest, at);
    const answer = await this.operations.execute(
      vertex,
      state.deps.map((dep) => dep.input.result!),
      at,
    );
    if (answer.error !== undefined) {
      this.timeline.complete(vertex.digest, answer.at, { error: answer.error });
      throw new VertexFailure(vertex, answer.error, answer.at);
    }
    this.timeline.complete(vertex.digest, answer.at);
    state.result = answer.result;
    state.resultAt = answer.at;
    state.executed = true;
    this.save(state, answer.result);
  }

  /** Stores the result under its key, and asks with it for what is made of it. A local context has none. */
  private save(state: VertexState, result: StepResult): void {
    if (!state.cacheMap) return;
    this.results.save(state, state.cacheMap, result);
    if (state.vertex.ignoreCache) return;
    for (const { state: consumer, input } of state.consumers) {
      const map = consumer.cacheMap ?? knownCacheMap(this.builder, this.world.platform, consumer.vertex);
      if (map) this.probe(consumer, map, input);
    }
  }

  /** Takes back what would have been finished only after *end*: it was never built. */
  takeBack(end: number): void {
    this.results.takeBack(end);
  }
}
