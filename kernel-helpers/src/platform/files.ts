/** The file records that every folder of the core shares. */

/** The kinds of entry. A hard link is a second name of a `file`, not a kind of its own; a socket is never in a layer. */
export type FileType = "file" | "dir" | "symlink" | "char" | "block" | "fifo" | "socket";

/** The bytes of a regular file, read only when asked for. */
export interface Content {
  /** Length in bytes. */
  readonly size: number;
  /** `sha256:…` of the bytes when it is known already. */
  readonly digest?: string;
  /** Of a file without contents (catalog): what stands for the bytes in digests; equal for equal files. `read` throws `LB_NO_CONTENT` then. */
  readonly standIn?: string;
  /** The bytes. Callers must not change them. Throws `LB_NO_CONTENT` for a catalog file, of which only the size is known. */
  read(): Uint8Array;
  /** The bytes in pieces, for files too large to hold at once. Optional: `read` must work as well. */
  chunks?(): Iterable<Uint8Array>;
}

/** Everything a layer records of one entry but its name. Immutable. */
export interface FileAttributes {
  readonly type: FileType;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. 0o777 for symbolic links. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970; a fraction is kept here and cut off in a layer tar. */
  readonly mtime: number;
  /** Target of a symbolic link, as written. */
  readonly linkname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Extended attributes by name. Absent when there are none. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

/**
 * A time as `mtime` holds it. A double keeps about a quarter of a microsecond here; the result is never rounded up to the next
 * second, because a layer cuts the fraction off.
 */
export function timeOf(seconds: number, nanoseconds: number): number {
  const time = seconds + nanoseconds / 1e9;
  return time < seconds + 1 ? time : seconds + 1 - 2 ** -21;
}

/** What `lstat` answers. */
export interface FileStat extends FileAttributes {
  /** Bytes of a regular file, length of a link's target in UTF-8, 0 otherwise. */
  readonly size: number;
  /** Two paths with one `ino` are hard links of one another. Unique within one file system. */
  readonly ino: number;
  /** How many names a regular file has. */
  readonly nlink: number;
}

/** Who a new entry belongs to and what it may do. */
export interface CreateOptions {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970. Default: the file system's `now`. */
  readonly mtime?: number;
}

/**
 * A file system that can be read. Paths are absolute, `/`-separated, without `.` or `..`.
 * `lstat` and `readlink` do not follow a symbolic link in the last element, `readdir` and `readFile` do; all follow earlier ones
 * (inside this root: an absolute target starts at this root again, and `..` never leaves it).
 */
export interface ReadableFileSystem {
  /** The entry at *path*, or undefined when there is none. */
  lstat(path: string): FileStat | undefined;
  /** As `lstat`, but follows a symbolic link in the last element too. */
  stat(path: string): FileStat | undefined;
  /** *path* with all symbolic links followed (the last element too), or undefined when something on the way is missing or a loop. */
  realpath(path: string): string | undefined;
  /** Names in the directory, sorted by byte order. Throws FileSystemError ENOENT, ENOTDIR. */
  readdir(path: string): readonly string[];
  readFile(path: string): Content;
  readlink(path: string): string;
}

/**
 * A file system that can be changed: what a step works on. Every call is synchronous and throws
 * FileSystemError (`code`: ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, ELOOP, EINVAL, EROFS, EPERM, ENOSPC, EBUSY,
 * EXDEV, ENAMETOOLONG).
 */
export interface WritableFileSystem extends ReadableFileSystem {
  /** The time that new and changed entries get, seconds since 1970. Given from outside: the core has no clock. */
  now: number;
  writeFile(path: string, content: Content | Uint8Array | string, options?: CreateOptions): void;
  mkdir(path: string, options?: CreateOptions & { readonly recursive?: boolean }): void;
  symlink(target: string, path: string, options?: CreateOptions): void;
  /** Makes *path* another name of the file *existing*. */
  link(existing: string, path: string): void;
  mknod(path: string, attributes: FileAttributes): void;
  /** Removes a file, link or (with *recursive*, a full) directory. */
  remove(path: string, options?: { readonly recursive?: boolean }): void;
  rename(from: string, to: string): void;
  chmod(path: string, mode: number): void;
  /** Does not follow a link in the last element. */
  chown(path: string, uid: number, gid: number): void;
  /** Does not follow a link in the last element. */
  utimes(path: string, mtime: number): void;
  setxattr(path: string, name: string, value: Uint8Array | undefined): void;
  /** A frozen picture of the present state; cheap (structure is shared), and later changes do not reach it. */
  snapshot(): Snapshot;
}

/** An immutable tree: the root file system of an image or of a step. */
export interface Snapshot extends ReadableFileSystem {
  /**
   * An object that stands for everything at and below *path* (which must not lead through a symbolic link): the same object in
   * another snapshot of the same family means the same files. A key for a WeakMap of what was computed from them.
   */
  identity(path: string): object | undefined;
  /** A changeable file system that starts as this tree. Nothing done to it reaches this one. */
  fork(now: number): WritableFileSystem;
}

/** A refused file operation; *code* is the errno name, *path* the path as given. */
export class FileSystemError extends Error {
  override readonly name = "FileSystemError";
  constructor(
    readonly code: string,
    readonly path: string,
    message?: string,
  ) {
    super(message ?? `${code}: ${path}`);
  }
}
