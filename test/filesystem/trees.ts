/** Trees in the notation of the vectors. */

import { buildSnapshot, type TreeEntry } from "../../kernel-helpers/src/filesystem";
import { type FileType, type Snapshot, timeOf } from "../../kernel-helpers/src/platform/files";

export interface VectorFile {
  p: string;
  t: string;
  mode?: string;
  uid?: number;
  gid?: number;
  data?: string;
  repeat?: number;
  to?: string;
  xattrs?: Record<string, string>;
  major?: number;
  minor?: number;
  mtime?: string;
}

const TYPES: Record<string, FileType> = {
  f: "file",
  d: "dir",
  l: "symlink",
  h: "file",
  c: "char",
  b: "block",
  p: "fifo",
  s: "socket",
};

export const DEFAULT_TIME = 1700000000;

/** Text of a vector as bytes: the attributes are written as byte strings. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** `1700000000.5` as seconds. */
export function timeOfText(text: string): number {
  const [seconds = "", fraction = ""] = text.split(".");
  return timeOf(Number(seconds), Number((fraction + "000000000").slice(0, 9)));
}

export function treeEntry(file: VectorFile): TreeEntry {
  const type = TYPES[file.t];
  if (type === undefined) throw new Error(`no such entry: ${file.t}`);
  return {
    path: file.p,
    type,
    ...(file.mode !== undefined && { mode: parseInt(file.mode, 8) }),
    uid: file.uid ?? 0,
    gid: file.gid ?? 0,
    mtime: file.mtime === undefined ? DEFAULT_TIME : timeOfText(file.mtime),
    content: (file.data ?? "").repeat(file.repeat ?? 1),
    ...(file.t === "l" && { linkname: file.to ?? "" }),
    ...(file.t === "h" && { hardlink: file.to ?? "" }),
    devmajor: file.major ?? 0,
    devminor: file.minor ?? 0,
    ...(file.xattrs && {
      xattrs: Object.fromEntries(Object.entries(file.xattrs).map(([k, v]) => [k, bytesOf(v)])),
    }),
  };
}

export function treeOf(files: readonly VectorFile[]): Snapshot {
  return buildSnapshot(files.map(treeEntry), { mtime: DEFAULT_TIME });
}
