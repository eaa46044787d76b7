/** Decides which vertices are cached and runs the others (BuildKit solver/edge.go, restated as plain recursion over the graph). */

import { type CacheDep, type CacheMap, cacheMap, CacheMapError } from "../cache/cache-map";
import type { OpJson } from "../cache/op-json";
import { contentKey, type KeyLink, type KeyResult } from "../cache/key-store";
import { ChecksumError, ContentHasher, type HashedFile, PatternError, type Selector } from "../context";
import type { Vertex } from "../graph/types";
import type { Builder } from "./builder";
import type { BuildWorld } from "./machine";
import { isSelectionOpen } from "./open-paths";
import type { Operations } from "./operations";
import type { StepResult } from "./step-result";
import type { Timeline } from "./timeline";
import { VertexFailure } from "./vertex-failure";
import {
  definitionLinks,
  type DepState,
  isSearched,
  linksOf,
  linkText,
  type VertexState,
} from "./vertex-state";
import { inputsFirst, isBelow, missing, notSlow } from "./vertex-walks";

/** One solve: from the targets' vertices to their results. */
export class Solver {
  readonly states = new Map<string, VertexState>();
  /** The first failure in time: nothing after it happens. */
  failure: VertexFailure | undefined;
  private readonly saved: { readonly at: number; readonly undo: () => void }[] = [];
  private readonly hashers = new Map<StepResult, ContentHasher>();
  /** What has run, by the digest of its operation. */
  private readonly ran = new Map<string, VertexState[]>();

  constructor(
    protected readonly builder: Builder,
    protected readonly world: BuildWorld,
    private readonly timeline: Timeline,
    protected readonly operations: Operations,
  ) {}

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
    for (const vertex of order) this.makeState(vertex, at);
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

  private makeState(vertex: Vertex, at: number): void {
    const state: VertexState = {
      vertex,
      keys: [],
      keysAt: at,
      deps: vertex.inputs.map((edge) => ({
        input: this.state(edge.vertex),
        matches: new Set(),
        probed: new Set(),
        contentAt: 0,
      })),
      resultAt: 0,
      loaded: false,
      executed: false,
      blocked: false,
      keyWasStored: false,
      isSlow: vertex.inputs.length === 0,
      consumers: [],
    };
    for (const [input, dep] of state.deps.entries()) dep.input.consumers.push({ state, input });
    this.states.set(vertex.digest, state);
  }

  /** All vertices ask the store by the definition of their inputs before anything runs, so what this build stores later is not among it. */
  private findDefinitionKeys(state: VertexState): void {
    if (state.deps.length === 0) return;
    const map = this.knownCacheMap(state);
    if (!map) return;
    for (const i of state.deps.keys()) this.probe(state, map, i);
    if (!state.vertex.ignoreCache) state.keys = [...common(state.deps)];
  }

  /** Undefined: it has none, which is said when its turn comes. */
  private knownCacheMap(state: VertexState): CacheMap | undefined {
    try {
      return this.cacheMapOf(state.vertex, undefined);
    } catch (error) {
      if (error instanceof CacheMapError) return undefined;
      throw error;
    }
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
    if (common(state.deps).size === 0) {
      // First only the inputs that lead nowhere yet; the others when these have found something ("skipPhase2").
      const open = state.deps.map((dep) => dep.matches.size === 0);
      await this.searchDeeper(state, map, (i) => open[i]!);
      const isHopeless = vertex.ignoreCache || state.deps.some((dep) => dep.matches.size === 0);
      if (!isHopeless && common(state.deps).size === 0) await this.searchDeeper(state, map, (i) => !open[i]);
    }
    this.takeKeys(state);
  }

  protected takeKeys(state: VertexState): void {
    state.keys = state.vertex.ignoreCache ? [] : [...common(state.deps)];
    state.record = this.newest(state.keys);
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
    state.record = this.newest(state.keys);
  }

  protected makeCacheMap(state: VertexState, sourceKey?: OpJson): CacheMap {
    try {
      state.cacheMap = this.cacheMapOf(state.vertex, sourceKey);
      return state.cacheMap;
    } catch (error) {
      if (!(error instanceof CacheMapError)) throw error;
      throw new VertexFailure(state.vertex, `failed to load cache key: ${error.message}`, state.keysAt);
    }
  }

  /** The cache map follows from the vertex, so that of the build before is still right. */
  private cacheMapOf(vertex: Vertex, sourceKey: OpJson | undefined): CacheMap {
    const { cacheMaps } = this.builder;
    const known = sourceKey === undefined ? cacheMaps.get(vertex.digest) : undefined;
    if (known) return known;
    const map = cacheMap(this.world.platform, vertex, sourceKey);
    if (sourceKey === undefined) {
      if (cacheMaps.size >= MAX_CACHE_MAPS) cacheMaps.clear();
      cacheMaps.set(vertex.digest, map);
    }
    return map;
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
    const open = this.operations.assumes && isSelectionOpen(result, content!);
    const hashed = open
      ? { digest: this.openDigest(result, content!) }
      : this.hashContent(state.vertex, result, content!, dep.contentAt);
    dep.content = hashed.digest;
    const byContent: KeyLink = { parent: contentKey(dep.content), selector: "" };
    const { keys } = this.builder;
    const found = state.vertex.ignoreCache ? undefined : keys.query([byContent], i, map.digest, 0);
    if (found) dep.matches = union(dep.matches, found);
    if (hashed.files) this.noteContent(hashed.digest, hashed.files, (found?.size ?? 0) > 0);
    if (open && dep.matches.size === 0) dep.isOpen = true;
    // Connects the definition with the content, for the next time.
    keys.query([...definitionLinks(dep.input, selector), byContent], i, map.digest, 0);
  }

  /** Stands for a content that nobody knows: equal only to itself. */
  private openDigest(result: StepResult, selectors: readonly Selector[]): string {
    return "sha256:" + this.world.platform.sha256Hex(`open ${result.id} ${JSON.stringify(selectors)}`);
  }

  /** The digest of what *content* takes of *result*, and the files behind it. */
  private hashContent(
    vertex: Vertex,
    result: StepResult,
    content: NonNullable<CacheDep["content"]>,
    at: number,
  ): HashedContent {
    let hasher = this.hashers.get(result);
    if (!hasher) {
      hasher = new ContentHasher(this.world.platform, result.synced ?? result.snapshot, this.builder.digests);
      this.hashers.set(result, hasher);
    }
    const selectors = content.length > 0 ? content : WHOLE;
    try {
      const known = hasher;
      return { digest: hasher.digestAll(selectors), files: () => namedFiles(known, selectors) };
    } catch (error) {
      if (!(error instanceof ChecksumError) && !(error instanceof PatternError)) throw error;
      // What is not there may be in the base that nobody knows, always the same.
      if (this.operations.assumes && result.unknownBase !== undefined)
        return {
          digest:
            "sha256:" +
            this.world.platform.sha256Hex(`base ${result.unknownBase} ${JSON.stringify(selectors)}`),
        };
      const message = `failed to calculate checksum of ref ${result.id}: ${error.message}`;
      this.timeline.start(vertex.digest, at);
      this.timeline.complete(vertex.digest, at, { error: message });
      throw new VertexFailure(vertex, `failed to compute cache key: ${message}`, at);
    }
  }

  /** Remembers the files behind *digest*, for explanations. *isStored*: a key with it was there before. */
  private noteContent(digest: string, files: () => readonly HashedFile[], isStored: boolean): void {
    const { contents, unlisted, prepareExplanations } = this.builder;
    if (contents.has(digest)) return;
    // What a key in a store was made of, the store has too.
    if (isStored && prepareExplanations) unlisted.set(digest, files);
    else contents.set(digest, files());
  }

  private newest(keys: readonly string[]): KeyResult<StepResult> | undefined {
    let best: KeyResult<StepResult> | undefined;
    for (const key of keys) {
      const { assumes } = this.operations;
      const result = this.builder.keys.results(key).find(({ value }) => assumes || !value.assumed);
      if (result && (!best || isNewer(result, best))) best = result;
    }
    return best;
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
    const twin = map && this.twinOf(state, map);
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

  /** A step of this build that is not below *state* and has the same key: BuildKit runs only one of the two (edgeindex.go, `mergeTo`). */
  private twinOf(state: VertexState, map: CacheMap): VertexState | undefined {
    if (state.vertex.ignoreCache) return undefined;
    const mine = state.deps.map((_, i) => linksOf(state, map, i).map(linkText));
    const isSame = (other: VertexState): boolean =>
      other.deps.length === mine.length &&
      mine.every((links, i) =>
        linksOf(other, other.cacheMap!, i).some((link) => links.includes(linkText(link))),
      );
    const twins = (this.ran.get(map.digest) ?? []).filter(
      (other) => !other.vertex.ignoreCache && isSame(other),
    );
    return twins.find((other) => !isBelow(other, state));
  }

  /** Stores the result under its key. A local context has none. */
  private save(state: VertexState, result: StepResult): void {
    const map = state.cacheMap;
    if (!map) return;
    const { keys, operations } = this.builder;
    const deps = state.deps.map((_, i) => linksOf(state, map, i));
    const ran = this.ran.get(map.digest);
    if (ran) ran.push(state);
    else this.ran.set(map.digest, [state]);
    state.keyWasStored = keys.find(map.digest, 0, deps) !== undefined;
    const id = keys.save(map.digest, 0, deps);
    if (!operations.has(map.digest)) operations.set(map.digest, map.op);
    const saved = keys.addResult(id, result);
    this.saved.push({
      at: state.resultAt,
      undo: () => {
        keys.removeResult(saved);
        if (!state.keyWasStored && keys.results(id).length === 0) keys.forget(id);
      },
    });
    state.resultKey = id;
    // A vertex that was not looked up does not lead those after it to their stored results either.
    if (state.vertex.ignoreCache) return;
    state.keys = [...new Set([...state.keys, id])];
    for (const { state: consumer, input } of state.consumers) {
      const map = consumer.cacheMap ?? this.knownCacheMap(consumer);
      if (map) this.probe(consumer, map, input);
    }
  }

  /** Takes back what would have been finished only after *end*: it was never built. */
  takeBack(end: number): void {
    for (const { at, undo } of this.saved.reverse()) if (at > end) undo();
  }
}

/** Of several results the one that was made last; of an import the time counts, not when it came. */
function isNewer(a: KeyResult<StepResult>, b: KeyResult<StepResult>): boolean {
  return (
    a.value.createdAt > b.value.createdAt ||
    (a.value.createdAt === b.value.createdAt && a.sequence > b.sequence)
  );
}

/** The files behind a digest. One file alone is called as the instruction calls it, not as the link it stands behind. */
function namedFiles(hasher: ContentHasher, selectors: readonly Selector[]): HashedFile[] {
  return selectors.flatMap((selector) => {
    const files = hasher.files([selector]);
    const [only] = files;
    const isAlone = files.length === 1 && only!.header.type !== "dir";
    const isPlain =
      !selector.wildcard && !selector.includePatterns?.length && !selector.excludePatterns?.length;
    return isAlone && isPlain ? [{ ...only!, path: selector.path }] : files;
  });
}

/** A content digest; *files*: lists what is behind it, unless it only stands for what nobody knows. */
interface HashedContent {
  readonly digest: string;
  readonly files?: () => readonly HashedFile[];
}

/** So many cache maps are remembered. */
const MAX_CACHE_MAPS = 20_000;

const WHOLE = [{ path: "/" }] as const;

function blockedBy(vertex: Vertex): VertexFailure {
  return new VertexFailure(vertex, "", Infinity);
}

function common(deps: readonly DepState[]): Set<string> {
  let all: Set<string> | undefined;
  for (const { matches } of deps) {
    if (!all) all = new Set(matches);
    else for (const id of all) if (!matches.has(id)) all.delete(id);
  }
  return all ?? new Set();
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> {
  const both = new Set(a);
  for (const value of b) both.add(value);
  return both;
}
