/** The files of the machine, as `docker cp` reads and writes them. */

import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { resolve } from "node:path";

import type { CallerFiles } from "../docker";

type Stat = NonNullable<ReturnType<CallerFiles["lstat"]>>;

function statOf(stats: Stats | undefined, linkname?: string): Stat | undefined {
  if (!stats) return undefined;
  const { uid, gid } = stats;
  const type = stats.isFile()
    ? "file"
    : stats.isDirectory()
      ? "dir"
      : stats.isSymbolicLink()
        ? "symlink"
        : stats.isFIFO()
          ? "fifo"
          : stats.isSocket()
            ? "socket"
            : stats.isBlockDevice()
              ? "block"
              : "char";
  return {
    type,
    mode: stats.mode & 0o7777,
    uid,
    gid,
    mtime: Math.floor(stats.mtimeMs / 1000),
    ...(linkname !== undefined && { linkname }),
  };
}

/** Nothing there, or a file where a folder should be: undefined. */
function found<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}

/** Paths are relative to *cwd*. */
export function hostFiles(cwd: string): CallerFiles {
  return {
    absolute: (path) => resolve(cwd, path),
    lstat: (path) =>
      found(() => {
        const stats = lstatSync(path);
        return statOf(stats, stats.isSymbolicLink() ? readlinkSync(path) : undefined);
      }),
    stat: (path) => found(() => statOf(statSync(path))),
    readdir: (path) => readdirSync(path).sort(),
    realpath: (path) => found(() => realpathSync(path)),
    read: (path) => readFileSync(path),
    mkdir(path, mode) {
      mkdirSync(path);
      chmodSync(path, mode);
    },
    symlink(target, path) {
      rmSync(path, { force: true });
      symlinkSync(target, path);
    },
    write(path, data, mode) {
      // A link is replaced, not written through.
      rmSync(path, { force: true });
      writeFileSync(path, data);
      chmodSync(path, mode & 0o777);
    },
  };
}
