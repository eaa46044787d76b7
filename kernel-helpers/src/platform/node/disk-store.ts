/** A KeyValueStore in a directory, kept by cacache: content-addressed, atomic, safe for two processes and a kill at any moment. */

import type * as Cacache from "cacache";

import { statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { KeyValueStore } from "../platform";
import { fileSource } from "./file-source";

/**
 * Opens (and, at the first `put`, makes) a store in *directory*. cacache is loaded only when it is used. A value that was
 * damaged on disk reads as absent: it is a cache, what is lost is made again.
 */
export function diskStore(directory: string): KeyValueStore {
  let loaded: typeof Cacache | undefined;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loading it costs more than a cached build
  const cacache = (): typeof Cacache => (loaded ??= require("cacache") as typeof Cacache);
  return {
    async get(key) {
      try {
        return (await cacache().get(directory, key)).data;
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    async put(key, value) {
      await cacache().put(directory, key, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    },
    async delete(key) {
      // The types do not know the third argument: without it a deleted key stays as an empty line of the index.
      const entry = cacache().rm.entry as (
        cache: string,
        key: string,
        options: { removeFully: boolean },
      ) => Promise<unknown>;
      await entry(directory, key, { removeFully: true });
    },
    async open(key) {
      const info = await cacache().get.info(directory, key);
      if (!info) return undefined;
      const stat = statSync(info.path, { throwIfNoEntry: false });
      return stat?.isFile() && stat.size === info.size ? fileSource(info.path) : undefined;
    },
    async putPieces(key, pieces) {
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
    },
    async keys() {
      return Object.keys(await cacache().ls(directory)).sort();
    },
  };
}

/** ENOENT: no such key, or its content is gone; EINTEGRITY and EBADSIZE: its content is damaged. */
function isGone(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ENOENT" || code === "EINTEGRITY" || code === "EBADSIZE";
}
