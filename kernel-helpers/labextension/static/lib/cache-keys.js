// The cache keys that the builds of one notebook have left or found, newest first.

/** Collects keys from record after record. */
export class CacheKeys {
  #keys = new Map();
  #build = 0;

  /** Takes one build; each step's key once. */
  add(record) {
    this.#build++;
    for (const { name, cacheKey, status, instruction } of record.steps) {
      if (!cacheKey || instruction === "FROM" || (status !== "CACHED" && status !== "DONE")) continue;
      const known = this.#keys.get(cacheKey) ?? { name, key: cacheKey, builds: 0, hits: 0, last: 0 };
      known.builds++;
      known.hits += status === "CACHED" ? 1 : 0;
      known.last = this.#build;
      this.#keys.set(cacheKey, known);
    }
  }

  /** `{ name, key, builds, hits, current }`, those of the last build first. */
  list() {
    return [...this.#keys.values()]
      .sort((a, b) => b.last - a.last)
      .map((known) => ({ ...known, current: known.last === this.#build }));
  }
}
