/** Trees from nothing and from lists of entries. */

import type { Content, FileAttributes, FileType, Snapshot } from "../platform/files";
import { cleanPath, dirName } from "../platform/paths";
import { toContent } from "./content";
import { Dir } from "./nodes";
import { TreeSnapshot } from "./tree-file-system";

/** One entry to build a tree from. */
export interface TreeEntry {
  /** With or without a slash at the start. Missing parents are made: 755 of 0:0. */
  readonly path: string;
  readonly type: FileType;
  /** Default: 0o644 for files, 0o755 for directories. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970; default: that of the whole tree. */
  readonly mtime?: number;
  readonly content?: Content | Uint8Array | string;
  /** Target of a symbolic link. */
  readonly linkname?: string;
  /** Path of an earlier entry that this is another name of. */
  readonly hardlink?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  readonly xattrs?: FileAttributes["xattrs"];
}

/** A root directory (755 of 0:0) and nothing else. *mtime*: seconds since 1970, default 0. */
export function emptySnapshot(mtime = 0): Snapshot {
  const layer = {};
  const attributes: FileAttributes = { type: "dir", mode: 0o755, uid: 0, gid: 0, mtime };
  return new TreeSnapshot(new Dir({ ino: 1, layer }, attributes, new Map(), layer), 2);
}

/**
 * A tree of *entries* in their order, on *base* (default: empty). An entry replaces what has its path; a directory onto a
 * directory changes its attributes only. Directories keep the mtime of their entry whatever is put into them.
 * *mtime*: of entries without one, seconds since 1970, default 0. Throws FileSystemError.
 */
export function buildSnapshot(
  entries: Iterable<TreeEntry>,
  options: { readonly base?: Snapshot; readonly mtime?: number } = {},
): Snapshot {
  const { mtime = 0 } = options;
  const fs = (options.base ?? emptySnapshot(mtime)).fork(mtime);
  const times = new Map<string, number>();
  for (const entry of entries) {
    const path = cleanPath("/" + entry.path);
    const parent = dirName(path);
    if (fs.lstat(parent) === undefined) fs.mkdir(parent, { recursive: true });
    const time = entry.mtime ?? mtime;
    const owner = { uid: entry.uid ?? 0, gid: entry.gid ?? 0 };
    const old = path === "/" ? undefined : fs.lstat(path);
    if (old && !(old.type === "dir" && entry.type === "dir")) fs.remove(path, { recursive: true });
    if (entry.hardlink !== undefined) {
      fs.link(cleanPath("/" + entry.hardlink), path);
      continue;
    }
    const mode = entry.mode ?? (entry.type === "dir" ? 0o755 : entry.type === "symlink" ? 0o777 : 0o644);
    if (entry.type === "dir") {
      if (path !== "/" && old?.type !== "dir") fs.mkdir(path);
      fs.chmod(path, mode);
      fs.chown(path, owner.uid, owner.gid);
      times.set(path, time);
    } else if (entry.type === "file") {
      fs.writeFile(path, toContent(entry.content ?? ""), { mode, ...owner, mtime: time });
    } else if (entry.type === "symlink") {
      fs.symlink(entry.linkname ?? "", path, { ...owner, mtime: time });
    } else {
      const { devmajor = 0, devminor = 0 } = entry;
      fs.mknod(path, { type: entry.type, mode, ...owner, mtime: time, devmajor, devminor });
    }
    for (const [name, value] of Object.entries(entry.xattrs ?? {})) fs.setxattr(path, name, value);
  }
  for (const [path, time] of times) if (fs.lstat(path)?.type === "dir") fs.utimes(path, time);
  return fs.snapshot();
}
