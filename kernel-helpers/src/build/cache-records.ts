/** What a builder's cache holds, as `docker buildx du` lists it. */

import type { Builder } from "./builder";

/** One result of the cache. */
export interface CacheRecord {
  readonly id: string;
  /** Bytes that the step added. */
  readonly bytes: number;
  /** What the step was. */
  readonly description: string;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

/** All results, newest first. */
export function cacheRecordsOf(builder: Builder): CacheRecord[] {
  const records = [...builder.keys.allResults()].map(({ value }) => {
    const layer = value.layers?.layer;
    return {
      id: value.id.slice(value.id.indexOf("::") + 2),
      bytes: layer?.kind === "step" ? layer.contentBytes() : 0,
      description: layer?.kind === "step" ? layer.description : "pulled image",
      createdAt: value.createdAt,
    };
  });
  return records.sort((a, b) => b.createdAt - a.createdAt);
}
