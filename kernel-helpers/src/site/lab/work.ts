/** The learner's work in the browser's storage as one zip, and back: the same zip that `layerbook lesson export` and `import` know. */

import { packWork, planWork, readWork, type WorkEntry } from "../../lesson/work-zip";
import type { FileChange, FileStore, StoredEntry } from "../files/file-store";
import { handedOut } from "./lessons";

/** All work in *store*; *now*: milliseconds since 1970. */
export async function downloadWork(store: FileStore, now: number): Promise<Uint8Array<ArrayBuffer>> {
  return packWork(await store.below(""), now);
}

/** What an upload did. */
export interface Uploaded {
  readonly files: number;
  /** Folder that holds the versions that were replaced; undefined for none. */
  readonly kept: string | undefined;
}

/** Puts the work in *zip* into *store*; *now*: milliseconds since 1970. Throws WorkZipError or StorageRefused; then nothing was written. */
export async function uploadWork(store: FileStore, zip: Uint8Array, now: number): Promise<Uploaded> {
  const entries = readWork(zip);
  const all = await store.below("");
  const there = new Map(all.map((entry) => [entry.path, entry]));
  let copies = 1;
  while (there.has(`kept/import-${copies}`)) copies++;
  const isUntouched = await handedOut(store);
  const bytes = (path: string): Uint8Array | undefined => bytesOf(there.get(path));
  const { writes, kept } = planWork(entries, { bytes, isUntouched }, copies);
  const changes: FileChange[] = [];
  for (const { from, to } of kept) {
    const old = there.get(from);
    if (old !== undefined) changes.push({ ...old, path: to });
  }
  for (const entry of writes) {
    const old = there.get(entry.path);
    // What is below a folder that becomes a file goes with it.
    if (old !== undefined && old.kind !== entry.kind) changes.push({ path: entry.path, gone: true });
    else if (old?.kind === "folder" && old.mode === entry.mode) continue;
    changes.push(stored(entry, now));
  }
  await store.apply(changes);
  const files = writes.filter(({ kind }) => kind !== "folder").length;
  return { files, kept: kept.length > 0 ? `kept/import-${copies}` : undefined };
}

function bytesOf(entry: StoredEntry | undefined): Uint8Array | undefined {
  if (entry === undefined || entry.kind === "folder") return undefined;
  return entry.kind === "link"
    ? new TextEncoder().encode(entry.target ?? "")
    : (entry.data ?? new Uint8Array());
}

const stored = ({ path, kind, data, target, mode }: WorkEntry, now: number): StoredEntry => ({
  path,
  kind,
  ...(data === undefined ? {} : { data }),
  ...(target === undefined ? {} : { target }),
  mode,
  modified: now,
  created: now,
  changed: now,
});
