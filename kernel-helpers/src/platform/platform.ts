/** What the core needs of a machine: hashing, gzip, a key-value store. Node's versions live in `node/`, a browser's in `browser/`. */

import { type ByteSource, bytesSource, gather, type Pieces } from "./bytes";

/** A running SHA-256. `update` takes bytes or a string (as UTF-8); `hex` ends it and gives 64 lower-case hex digits. */
export interface Sha256 {
  update(data: Uint8Array | string): Sha256;
  hex(): string;
}

/** What the pure core asks of the machine it runs on. All calls are synchronous and deterministic. */
export interface Platform {
  /** Starts a SHA-256. */
  sha256(): Sha256;
  /** The SHA-256 of *data* (a string as UTF-8) as 64 lower-case hex digits, in one go: faster than `sha256()` for small data. */
  sha256Hex(data: Uint8Array | string): string;
  /** gzip with a zero time stamp, so that equal input gives equal bytes. */
  gzip(bytes: Uint8Array): Uint8Array;
  /** Undoes gzip. Throws RangeError when the result would be larger than *limit* bytes (default: 4 GiB - 1). */
  gunzip(bytes: Uint8Array, limit?: number): Uint8Array;
  /** As `gzip`, the same bytes, beside other work where the machine can do that. Absent: it cannot. */
  gzipLater?(bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Undoes gzip piece by piece, in bounded memory. Rejects with RangeError at *limit* bytes (default: none), with what *pieces*
   * rejects with, with another error for broken or cut-off gzip.
   */
  gunzipPieces(pieces: Pieces, limit?: number): AsyncIterable<Uint8Array>;
}

/** Bytes by name. Every operation is atomic; a reader never sees half a value. Keys are any strings. */
export interface KeyValueStore {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, value: Uint8Array): Promise<void>;
  delete(key: string): Promise<void>;
  /** The keys that begin with *prefix* (default: all), sorted by code unit. */
  keys(prefix?: string): Promise<readonly string[]>;
  /** The value without reading it; what is read of it is not checked for damage. Absent: use `get`. */
  open?(key: string): Promise<ByteSource | undefined>;
  /** As `put`, in bounded memory; nothing is kept when *pieces* rejects. Absent: use `put`. */
  putPieces?(key: string, pieces: Pieces): Promise<void>;
}

/** A value of *store* as a source. */
export async function openValue(store: KeyValueStore, key: string): Promise<ByteSource | undefined> {
  if (store.open) return store.open(key);
  const value = await store.get(key);
  return value && bytesSource(value);
}

/** Puts *pieces*; nothing is kept when they reject. */
export async function putPieces(store: KeyValueStore, key: string, pieces: Pieces): Promise<void> {
  if (store.putPieces) await store.putPieces(key, pieces);
  else await store.put(key, await gather(pieces));
}

/** The sha256 of *data* as `sha256:<64 hex digits>`, the form in which OCI and BuildKit write digests. */
export function sha256Digest(platform: Platform, data: Uint8Array | string): string {
  return "sha256:" + platform.sha256Hex(data);
}

/** Default limit of `gunzip`: no layer is larger than this. */
export const GUNZIP_LIMIT = 2 ** 32 - 1;
