/** A real directory as the core sees it: `lstat`, `readdir`, `read`, all below one root. */

import type { FileType } from "./files";

/** What `lstat` says of one entry of a host directory. */
export interface HostEntry {
  readonly type: FileType | "socket";
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, with the fraction the system keeps. */
  readonly mtime: number;
  /** Bytes of a regular file; length of a link's target. */
  readonly size: number;
  /** Target of a symbolic link, as written. */
  readonly linkname?: string;
  /** Names the same file as another entry with an equal `identity` (device and inode); absent where the system has none. */
  readonly identity?: string;
  /** How many names a regular file has. */
  readonly nlink?: number;
  /** Time of the last change of the inode, seconds since 1970: for the stat cache. Absent where the system has none. */
  readonly ctime?: number;
  readonly devmajor?: number;
  readonly devminor?: number;
}

/**
 * A directory of the machine, read only. Paths are relative to it, `/`-separated, without `.` or `..`; the root is the empty
 * string. No call follows a symbolic link in the last element, and none leaves the directory.
 */
export interface HostDirectory {
  /** The directory's own name, for messages and as the key of its records. */
  readonly root: string;
  /** The entry, or undefined when there is none. Throws LayerbookIoError when it cannot be looked at. */
  lstat(path: string): HostEntry | undefined;
  /** Names in a directory, sorted by byte order of UTF-8. */
  readdir(path: string): readonly string[];
  /** The bytes of a regular file. */
  read(path: string): Uint8Array;
}

/** A directory or file of the machine that could not be read; *code* is `LB_HOST_READ`, *reason* the system's errno name. */
export class HostReadError extends Error {
  override readonly name = "HostReadError";
  readonly code = "LB_HOST_READ";
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`cannot read ${path}: ${reason} / ${path} 읽기 실패: ${reason}`);
  }
}
