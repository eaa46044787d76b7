/** The cache maps of vertices: one follows from its vertex, so that of the build before is still right. */

import { type CacheMap, cacheMap, CacheMapError } from "../cache/cache-map";
import type { OpJson } from "../cache/op-json";
import type { Vertex } from "../graph/types";
import type { Platform } from "../platform/platform";
import type { Builder } from "./builder";

/** So many are remembered. */
const MAX_CACHE_MAPS = 20_000;

/** The cache map of *vertex*; *sourceKey*: of a source what it was resolved to, which is not remembered. Throws CacheMapError. */
export function cacheMapOf(
  { cacheMaps }: Builder,
  platform: Platform,
  vertex: Vertex,
  sourceKey: OpJson | undefined,
): CacheMap {
  const known = sourceKey === undefined ? cacheMaps.get(vertex.digest) : undefined;
  if (known) return known;
  const map = cacheMap(platform, vertex, sourceKey);
  if (sourceKey === undefined) {
    if (cacheMaps.size >= MAX_CACHE_MAPS) cacheMaps.clear();
    cacheMaps.set(vertex.digest, map);
  }
  return map;
}

/** The same; undefined where there is none, which is said when its turn comes. */
export function knownCacheMap(builder: Builder, platform: Platform, vertex: Vertex): CacheMap | undefined {
  try {
    return cacheMapOf(builder, platform, vertex, undefined);
  } catch (error) {
    if (error instanceof CacheMapError) return undefined;
    throw error;
  }
}
