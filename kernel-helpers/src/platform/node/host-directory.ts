/** A real directory, read with node:fs. */

import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, type Stats } from "node:fs";
import { join, resolve } from "node:path";

import { type HostDirectory, type HostEntry, HostReadError } from "../directory";
import type { FileType } from "../files";

/** Opens *directory* (absolute, or relative to the working directory). Throws HostReadError when it is no directory. */
export function openHostDirectory(directory: string): HostDirectory {
  const root = real(resolve(directory));
  const full = (path: string): string => (path === "" ? root : join(root, path));
  return {
    root,
    lstat(path) {
      const name = full(path);
      const stats = reading(name, () => lstatSync(name, { throwIfNoEntry: false }));
      return stats && toEntry(name, stats);
    },
    readdir(path) {
      const name = full(path);
      return reading(name, () => readdirSync(name, "buffer"))
        .sort(Buffer.compare)
        .map((n) => n.toString("utf8"));
    },
    read(path) {
      const name = full(path);
      return reading(name, () => readFileSync(name));
    },
  };
}

function real(name: string): string {
  return reading(name, () => {
    const path = realpathSync(name);
    if (!lstatSync(path).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
    return path;
  });
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new HostReadError(path, String((error as { code?: unknown }).code ?? error));
  }
}

function toEntry(name: string, stats: Stats): HostEntry {
  const type = typeOf(stats);
  return {
    type,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    mtime: stats.mtimeMs / 1000,
    ctime: stats.ctimeMs / 1000,
    size: type === "file" || type === "symlink" ? stats.size : 0,
    ...(type === "symlink" && { linkname: reading(name, () => readlinkSync(name)) }),
    identity: `${stats.dev}:${stats.ino}`,
    nlink: stats.nlink,
    ...((type === "char" || type === "block") && {
      devmajor: (stats.rdev >> 8) & 0xfff,
      devminor: stats.rdev & 0xff,
    }),
  };
}

function typeOf(stats: Stats): FileType | "socket" {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "dir";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isCharacterDevice()) return "char";
  if (stats.isBlockDevice()) return "block";
  return stats.isFIFO() ? "fifo" : "socket";
}
