/** A KeyValueStore that lives as long as the process. */

import type { KeyValueStore } from "./platform";

/** An empty store in memory. Values are kept as given: callers must not change them afterwards. */
export function memoryStore(): KeyValueStore {
  const values = new Map<string, Uint8Array>();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    put: (key, value) => {
      values.set(key, value);
      return Promise.resolve();
    },
    delete: (key) => {
      values.delete(key);
      return Promise.resolve();
    },
    keys: (prefix = "") => Promise.resolve([...values.keys()].filter((key) => key.startsWith(prefix)).sort()),
  };
}
