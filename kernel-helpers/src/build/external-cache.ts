/** Caches outside the builder, as `--cache-to` and `--cache-from` use them (BuildKit solver/exporter.go, combinedcache.go, cache/remotecache). */

import { contentKey, type KeyRecord } from "../cache/key-store";
import type { OpJson } from "../cache/op-json";
import type { HashedFile } from "../context";
import type { Vertex } from "../graph/types";
import type { Builder } from "./builder";
import { DOCUMENT_TIME, exportTime, registryTime } from "./durations";
import type { Session } from "./session";
import type { VertexState } from "./vertex-state";
import type { StepResult } from "./step-result";

/** What one build left behind for other builders. */
export interface ExportedCache {
  readonly records: readonly KeyRecord[];
  readonly links: readonly (readonly [name: string, child: string])[];
  readonly results: readonly (readonly [key: string, value: StepResult])[];
  readonly operations: ReadonlyMap<string, OpJson>;
  readonly contents: ReadonlyMap<string, readonly HashedFile[]>;
}

/** By name. */
export type ExternalCaches = Map<string, ExportedCache>;

/** Imported keys stand beside the builder's own for one build; what the build used stays. */
export interface ImportedCaches {
  /** *used*: keys that were hit. Removes the rest, but for keys under which this build has stored results. */
  settle(used: readonly string[]): void;
}

/**
 * Shows the rows of `--cache-from` from *at* on and makes the keys known. A cache that does not exist is passed over in silence; without
 * *roots* (an empty image) none is looked at.
 */
export function importCaches(
  session: Session,
  caches: ExternalCaches,
  roots: readonly Vertex[],
  at: number,
): ImportedCaches & { readonly at: number } {
  const { builder, timeline, world } = session;
  const newRecords = new Set<string>();
  const newLinks: (readonly [string, string])[] = [];
  const newResults: ReturnType<Builder["keys"]["addResult"]>[] = [];
  let end = at;
  for (const name of (roots.length > 0 && session.options.cacheFrom) || []) {
    const cache = caches.get(name);
    if (!cache) continue;
    const digest = world.platform.sha256Hex("import " + name);
    timeline.add(
      {
        digest,
        name: `importing cache manifest from local:${digest.replace(/\D/g, "").slice(0, 19)}`,
        inputs: [],
      },
      at,
    );
    timeline.start(digest, at);
    end = Math.max(end, at + registryTime(true));
    timeline.complete(digest, at + registryTime(true));
    for (const record of cache.records) {
      if (builder.keys.record(record.id)) continue;
      builder.keys.add({ ...record, deps: [] });
      newRecords.add(record.id);
    }
    for (const [link, child] of cache.links)
      if (builder.keys.addLink(link, child)) newLinks.push([link, child]);
    for (const [key, value] of cache.results) {
      if (builder.keys.results(key).some((result) => result.value.id === value.id)) continue;
      newResults.push(builder.keys.addResult(key, value));
      builder.pack(value.layers);
      session.imported.add(value.id);
    }
    for (const record of cache.records) if (newRecords.has(record.id)) builder.keys.setDeps(record);
    for (const [key, op] of cache.operations)
      if (!builder.operations.has(key)) builder.operations.set(key, op);
    for (const [key, files] of cache.contents)
      if (!builder.contents.has(key)) builder.contents.set(key, files);
  }
  const settle = (used: readonly string[]): void => {
    const own = [...newRecords].filter((id) =>
      builder.keys.results(id).some((result) => !newResults.includes(result)),
    );
    const kept = ancestors(builder, [...used, ...own]);
    for (const result of newResults) if (!kept.has(result.key)) builder.keys.removeResult(result);
    for (const [link, child] of newLinks) if (!kept.has(child)) builder.keys.removeLink(link, child);
    for (const id of newRecords) if (!kept.has(id)) builder.keys.forget(id);
  };
  return { at: end, settle };
}

/** *keys* and every key they were made from. */
function ancestors(builder: Builder, keys: readonly string[]): Set<string> {
  const found = new Set<string>();
  const todo = [...keys];
  while (todo.length > 0) {
    const id = todo.pop()!;
    const record = builder.keys.record(id);
    if (!record || found.has(id)) continue;
    found.add(id);
    for (const links of record.deps) for (const { parent } of links) todo.push(parent);
  }
  return found;
}

/** Writes the cache named by `--cache-to` and shows the row, from *at* on. Gives the end, ms. */
export function exportCache(
  session: Session,
  caches: ExternalCaches,
  roots: readonly VertexState[],
  at: number,
): number {
  const { builder, options, timeline, world } = session;
  const name = options.cacheTo!;
  const cache = collect(builder, roots, options.cacheMode === "max");
  const isEmpty = !cache.results.some(([, { layers }]) => layers !== undefined);
  if (!isEmpty) caches.set(name, cache);
  for (const [, { layers }] of cache.results) builder.pack(layers);
  const digest = world.platform.sha256Hex("export " + name);
  timeline.add({ digest, name: "exporting cache to client directory", inputs: [] }, at);
  timeline.start(digest, at);
  const prepared = at + exportTime(0);
  timeline.statusSpan(digest, "preparing build cache for export", at, prepared);
  if (isEmpty) {
    // Without layers nothing is written: an older cache of that name stays (cache/remotecache/export.go Finalize).
    const skipped = prepared + DOCUMENT_TIME;
    timeline.statusSpan(digest, "skipping cache export for empty result", prepared, skipped);
    timeline.statusSpan(digest, "sending cache export", prepared, skipped);
    timeline.complete(digest, skipped);
    return skipped;
  }
  let now = prepared;
  timeline.status(digest, "sending cache export", now, { started: now });
  for (const layer of layerNames(cache)) {
    timeline.statusSpan(digest, `writing layer ${layer}`, now, now + DOCUMENT_TIME);
    now += DOCUMENT_TIME;
  }
  const text = JSON.stringify(cache.records);
  for (const id of [
    `writing config sha256:${world.platform.sha256Hex(text)}`,
    `writing cache image manifest sha256:${world.platform.sha256Hex(text + "\n")}`,
  ]) {
    timeline.statusSpan(digest, id, now, now + DOCUMENT_TIME);
    now += DOCUMENT_TIME;
  }
  timeline.status(digest, "sending cache export", now, { started: prepared, done: true });
  timeline.complete(digest, now);
  return now;
}

function layerNames(cache: ExportedCache): Set<string> {
  const names = new Set<string>();
  for (const [key] of cache.results) names.add(key.replace(/^key:/, "sha256:"));
  return names;
}

/**
 * The keys of *states* in this build, and of all that they rest on: of what has a result the one that it was found or saved under, of
 * what was passed over all that are known.
 */
export function keyChain(states: readonly VertexState[]): Set<string> {
  const seen = new Set<VertexState>();
  const found = new Set<string>();
  const todo = states.filter(({ resultKey }) => resultKey !== undefined);
  while (todo.length > 0) {
    const state = todo.pop()!;
    if (seen.has(state)) continue;
    seen.add(state);
    for (const key of state.resultKey === undefined ? state.keys : [state.resultKey]) found.add(key);
    todo.push(...state.deps.map(({ input }) => input));
  }
  return found;
}

const CONTENT = contentKey("");

/**
 * All keys that lead to the roots, on every way that is known (exporter.go `addBacklinks`); results only of those that this build went
 * through. These are: with *isMax* all that there are but base images, otherwise those whose layers are all packed
 * already, as those of the image are by now; the copy of a COPY --link is one of them.
 */
function collect(builder: Builder, roots: readonly VertexState[], isMax: boolean): ExportedCache {
  const chain = keyChain(roots);
  const ids = builder.keys.leadingTo(chain);
  const records = [...ids].map((id) => builder.keys.record(id)!);
  const operations = new Map<string, OpJson>();
  const contents = new Map<string, readonly HashedFile[]>();
  for (const record of records) {
    const op = builder.operations.get(record.opDigest);
    if (op) operations.set(record.opDigest, op);
  }
  const links = builder.keys.linksTo(ids);
  for (const [name] of links) {
    if (!name.startsWith(CONTENT)) continue;
    const digest = name.slice(CONTENT.length, name.indexOf("|"));
    const files = builder.filesOf(digest);
    if (files) contents.set(digest, files);
  }
  for (const { result } of roots) builder.pack(result?.layers);
  const results = records
    .filter(({ id, deps }) => deps.length > 0 && chain.has(id))
    .flatMap(({ id }) => {
      const result = builder.keys.results(id)[0];
      const layers = result?.value.layers;
      const isPart = layers !== undefined && builder.isPacked(layers);
      return result && (isMax || isPart) ? [[id, result.value] as const] : [];
    });
  return { records, links, results, operations, contents };
}
