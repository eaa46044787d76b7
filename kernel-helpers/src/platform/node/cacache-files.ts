/** Reads what cacache has written without loading it: an index line by key, the value by its digest (cacache 20: index-v5, content-v2). */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a value lies, and what it must be. */
export interface StoredValue {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** `sha512-<base64>`. */
  readonly integrity: string;
}

/** The folders below which cacache keeps its index and the values. */
export const INDEX = "index-v5";
const CONTENT = "content-v2";

/** The value of *key* in the cache at *directory*; undefined when there is none. It may be damaged, or gone: see `readValue`. */
export function findValue(directory: string, key: string): StoredValue | undefined {
  const name = createHash("sha256").update(key).digest("hex");
  const text = readIfThere(join(directory, INDEX, ...segments(name)))?.toString("utf8");
  // Lines are only added, each with its sum: the last whole one of the key counts.
  for (const line of text?.split("\n").reverse() ?? []) {
    const tab = line.indexOf("\t");
    const json = line.slice(tab + 1);
    if (tab < 0 || createHash("sha1").update(json).digest("hex") !== line.slice(0, tab)) continue;
    const entry = JSON.parse(json) as { key: string; integrity: string | null; size: number };
    if (entry.key !== key) continue;
    if (!entry.integrity) return undefined;
    return { path: contentPath(directory, entry.integrity), size: entry.size, integrity: entry.integrity };
  }
  return undefined;
}

/** The bytes of *value*; undefined when they are gone or damaged. */
export function readValue({ path, size, integrity }: StoredValue): Uint8Array | undefined {
  const bytes = readIfThere(path);
  if (bytes?.length !== size) return undefined;
  const { algorithm, digest } = partsOf(integrity);
  return createHash(algorithm).update(bytes).digest("base64") === digest ? bytes : undefined;
}

function contentPath(directory: string, integrity: string): string {
  const { algorithm, digest } = partsOf(integrity);
  return join(directory, CONTENT, algorithm, ...segments(Buffer.from(digest, "base64").toString("hex")));
}

function partsOf(integrity: string): { readonly algorithm: string; readonly digest: string } {
  const dash = integrity.indexOf("-");
  return { algorithm: integrity.slice(0, dash), digest: integrity.slice(dash + 1) };
}

/** Folders by the first bytes of a digest. */
function segments(hex: string): [string, string, string] {
  return [hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)];
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
