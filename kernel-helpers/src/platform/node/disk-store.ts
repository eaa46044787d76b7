/** A KeyValueStore in a directory, kept by cacache: content-addressed, atomic, safe for two processes and a kill at any moment. */

import type * as Cacache from "cacache";

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { KeyValueStore } from "../platform";
import { findValue, INDEX, readValue } from "./cacache-files";
import { fileSource } from "./file-source";
import { KeyNames } from "./key-names";

/**
 * Opens (and, at the first `put`, makes) a store in *directory*. cacache writes and removes; it is loaded only then. A value that was
 * damaged on disk reads as absent: it is a cache, what is lost is made again.
 */
export function diskStore(directory: string): KeyValueStore {
  let loaded: typeof Cacache | undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loading it costs more than a cached build
  const cacache = (): typeof Cacache => (loaded ??= require("cacache") as typeof Cacache);
  const names = new KeyNames(join(directory, "keys"));
  let isListed = false;
  /** Before anything is written: a store without a list gets one. */
  const list = async (): Promise<void> => {
    if (isListed) return;
    isListed = true;
    if (names.exists) return;
    const isOld = existsSync(join(directory, INDEX));
    names.create(isOld ? Object.keys(await cacache().ls(directory)) : []);
  };
  return {
    get: (key) =>
      attempt(() => {
        const value = findValue(directory, key);
        return value && readValue(value);
      }),
    async put(key, value) {
      await list();
      await cacache().put(directory, key, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
      names.add(key);
    },
    async delete(key) {
      if (!findValue(directory, key)) return;
      await list();
      names.remove(key);
      // The types do not know the third argument: without it a deleted key stays as an empty line of the index.
      const entry = cacache().rm.entry as (
        cache: string,
        key: string,
        options: { removeFully: boolean },
      ) => Promise<unknown>;
      await entry(directory, key, { removeFully: true });
    },
    open: (key) =>
      attempt(() => {
        const value = findValue(directory, key);
        const stat = value && statSync(value.path, { throwIfNoEntry: false });
        return value && stat?.isFile() && stat.size === value.size ? fileSource(value.path) : undefined;
      }),
    async putPieces(key, pieces) {
      await list();
      let isEmpty = true;
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const piece of pieces) {
          if (piece.length === 0) continue;
          isEmpty = false;
          yield piece;
        }
      };
      try {
        await pipeline(Readable.from(counted()), cacache().put.stream(directory, key));
      } catch (error) {
        // cacache refuses a stream without bytes, though not a value without.
        if (!isEmpty || (error as { code?: unknown }).code !== "ENODATA") throw error;
        await cacache().put(directory, key, Buffer.alloc(0));
      }
      names.add(key);
    },
    async keys(prefix = "") {
      if (!names.exists && !existsSync(join(directory, INDEX))) return [];
      await list();
      return names.list(prefix);
    },
  };
}

/** What *read* gives or throws as a promise. */
function attempt<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}
