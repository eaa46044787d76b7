/** A KeyValueStore in the browser's IndexedDB: every put and delete is one transaction. */

import type { KeyValueStore } from "../platform";

/** The few calls of IndexedDB that are used; given from outside so that the core needs no DOM types. */
export interface IndexedDbFactory {
  open(name: string, version: number): IdbRequest<IdbDatabase> & { onupgradeneeded: (() => void) | null };
}
interface IdbRequest<T> {
  readonly result: T;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}
interface IdbDatabase {
  createObjectStore(name: string): unknown;
  transaction(store: string, mode: "readonly" | "readwrite"): { objectStore(name: string): IdbObjectStore };
}
interface IdbObjectStore {
  get(key: string): IdbRequest<Uint8Array | undefined>;
  put(value: Uint8Array, key: string): IdbRequest<unknown>;
  delete(key: string): IdbRequest<unknown>;
  getAllKeys(): IdbRequest<readonly string[]>;
}

const STORE = "values";

/** Opens (or makes) the data base *name*. Rejects with the browser's error when it cannot be opened. */
export async function indexedDbStore(factory: IndexedDbFactory, name: string): Promise<KeyValueStore> {
  const opening = factory.open(name, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
  const database = await answer(opening);
  const store = (mode: "readonly" | "readwrite"): IdbObjectStore =>
    database.transaction(STORE, mode).objectStore(STORE);
  return {
    get: (key) => answer(store("readonly").get(key)),
    put: async (key, value) => void (await answer(store("readwrite").put(value, key))),
    delete: async (key) => void (await answer(store("readwrite").delete(key))),
    keys: async (prefix = "") =>
      (await answer(store("readonly").getAllKeys())).filter((key) => key.startsWith(prefix)).sort(),
  };
}

function answer<T>(request: IdbRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () =>
      reject(request.error instanceof Error ? request.error : new Error(String(request.error)));
  });
}
