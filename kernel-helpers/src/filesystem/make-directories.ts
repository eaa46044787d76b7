/** Directories with all that is missing above them (fsutil copy/mkdir.go). */

import type { WritableFileSystem } from "../platform/files";
import type { UserIds } from "./owner";
import { calling, lookAt, PathError } from "./syscalls";

/** What new directories are like. */
export interface NewDirectories {
  /** Only the permission bits count. */
  readonly mode: number;
  readonly owner: UserIds | undefined;
  /** Seconds since 1970; default: the file system's now. */
  readonly mtime: number | undefined;
}

/** Makes *path* (absolute, no links) and its missing parents; gives those made, outermost first. Throws PathError. */
export function makeDirectories(fs: WritableFileSystem, path: string, options: NewDirectories): string[] {
  const stat = fs.stat(path);
  if (stat !== undefined) {
    if (stat.type === "dir") return [];
    throw new PathError("mkdir", path, "ENOTDIR");
  }
  const parent = path.slice(0, path.lastIndexOf("/"));
  const made = parent === "" ? [] : makeDirectories(fs, parent, options);
  const isDir = (): boolean => lookAt(fs, path, "lstat")?.type === "dir";
  if (isDir()) return made;
  calling("mkdir", path, () => fs.mkdir(path, { mode: options.mode & 0o777 }));
  made.push(path);
  if (options.owner) fs.chown(path, options.owner.uid, options.owner.gid);
  if (options.mtime !== undefined) fs.utimes(path, options.mtime);
  return made;
}
