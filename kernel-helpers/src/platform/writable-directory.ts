/** A real directory that may be changed: what a Lab's context needs when it lies on the disk. */

import type { HostDirectory } from "./directory";

/** Paths as in HostDirectory. Nothing is written outside the directory, also not by way of a symbolic link (HostReadError, `EACCES`). */
export interface WritableDirectory extends HostDirectory {
  /** Replaces the file or link at *path*; missing parents are made. */
  write(path: string, data: Uint8Array, mode: number): void;
  mkdir(path: string, mode: number): void;
  symlink(target: string, path: string): void;
  /** Removes a file, or a directory with all that is in it. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  chmod(path: string, mode: number): void;
  /** Sets the mtime, seconds since 1970; does not follow a link. */
  utimes(path: string, mtime: number): void;
}
