/** All of the learner's work as one zip, and back: notebooks, contexts, progress and notes, with permissions and links. Caches are made anew. */

import { strFromU8, strToU8, unzipSync, zipSync, type Zippable } from "fflate";

import type { FileChange, FileStore } from "../files/file-store";
import { isGoodPath } from "../play/project";

const MODE_SHIFT = 16;
const TYPE_MASK = 0o170000;
const FILE = 0o100000;
const FOLDER = 0o040000;
const LINK = 0o120000;
const UNIX = 3;
/** What an upload may hold. */
const LIMITS = { files: 20_000, bytes: 500_000_000 } as const;

/** A zip that cannot be read; the message is for people. */
export class WorkZipError extends Error {
  override readonly name = "WorkZipError";
}

/** Everything in *store* as a zip that `unzip` makes a working folder of. */
export async function packWork(store: FileStore): Promise<Uint8Array<ArrayBuffer>> {
  const entries: Zippable = {};
  for (const { path, kind, data, target, mode, modified } of await store.below("")) {
    const type = kind === "folder" ? FOLDER : kind === "link" ? LINK : FILE;
    const bytes = kind === "link" ? strToU8(target ?? "") : (data ?? new Uint8Array());
    // A zip knows no times before 1980.
    const mtime = Math.max(modified, Date.UTC(1980, 0, 2));
    entries[kind === "folder" ? `${path}/` : path] = [
      bytes,
      { os: UNIX, attrs: ((type | mode) << MODE_SHIFT) >>> 0, mtime },
    ];
  }
  return zipSync(entries);
}

/** Puts the files of *zip* into *store*, over those of the same names; answers how many. Throws WorkZipError; then nothing was written. */
export async function unpackWork(store: FileStore, zip: Uint8Array): Promise<string[]> {
  let files: Record<string, Uint8Array>;
  let total = 0;
  let count = 0;
  try {
    files = unzipSync(zip, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (++count > LIMITS.files || total > LIMITS.bytes)
          throw new WorkZipError("파일이 너무 많거나 커서 올리지 않았습니다. (The zip is too large.)");
        return true;
      },
    });
  } catch (error) {
    if (error instanceof WorkZipError) throw error;
    throw new WorkZipError("온전한 zip 파일이 아니라 올리지 않았습니다. (The zip cannot be read.)");
  }
  const modes = modesOf(zip);
  const now = Date.now();
  const changes: FileChange[] = [];
  for (const [name, data] of Object.entries(files)) {
    const path = name.replace(/\/$/, "");
    if (!isGoodPath(path))
      throw new WorkZipError(`쓸 수 없는 이름이 들어 있어 올리지 않았습니다: ${path} (Unusable name.)`);
    const attributes = modes.get(name) ?? 0;
    const type = attributes & TYPE_MASK;
    const times = { modified: now, created: now, changed: now };
    const mode = attributes & 0o777;
    if (name.endsWith("/")) changes.push({ path, kind: "folder", mode: mode || 0o755, ...times });
    else if (type === LINK)
      changes.push({ path, kind: "link", target: strFromU8(data), mode: 0o777, ...times });
    else changes.push({ path, kind: "file", data, mode: mode || 0o644, ...times });
  }
  await store.apply(changes);
  return changes.map(({ path }) => path);
}

/** Permission bits by name, from the central directory (APPNOTE 4.3.12): the library does not give them. */
function modesOf(zip: Uint8Array): Map<string, number> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const modes = new Map<string, number>();
  let end = zip.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) return modes;
  let at = view.getUint32(end + 16, true);
  while (at + 46 <= end && view.getUint32(at, true) === 0x02014b50) {
    const length = view.getUint16(at + 28, true);
    const madeBy = zip[at + 5];
    const name = strFromU8(zip.subarray(at + 46, at + 46 + length));
    if (madeBy === UNIX) modes.set(name, view.getUint32(at + 38, true) >>> MODE_SHIFT);
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return modes;
}
