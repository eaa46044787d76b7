/** File system calls that fail with Go's texts: `lstat /x: no such file or directory`. */

import { type FileStat, FileSystemError, type ReadableFileSystem, type Snapshot } from "../platform/files";
import { dirName } from "../platform/paths";

/** Go's words for errno. */
const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  EEXIST: "file exists",
  ENOTEMPTY: "directory not empty",
  ELOOP: "too many levels of symbolic links",
  EINVAL: "invalid argument",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  ENOSPC: "no space left on device",
  EBUSY: "device or resource busy",
  EXDEV: "invalid cross-device link",
  ENAMETOOLONG: "file name too long",
};

/** A file operation (COPY, ADD, WORKDIR …) that failed; the message is BuildKit's. */
export class FileOpError extends Error {
  override readonly name: string = "FileOpError";
  readonly code: string = "LB_FILE_OP";
  /** What had been done when it failed. */
  state?: Snapshot;
}

/** Go's os.PathError. */
export class PathError extends FileOpError {
  override readonly name = "PathError";
  constructor(
    readonly operation: string,
    readonly path: string,
    readonly errno: string,
  ) {
    super(`${operation} ${path}: ${TEXTS[errno] ?? errno}`);
  }

  get isNotExist(): boolean {
    return this.errno === "ENOENT";
  }
}

/** The entry, or undefined when it (or a directory above it) is missing. Throws PathError for everything else. */
export function lookAt(
  fs: ReadableFileSystem,
  path: string,
  operation: "lstat" | "stat",
): FileStat | undefined {
  const stat = operation === "stat" ? fs.stat(path) : fs.lstat(path);
  if (stat !== undefined) return stat;
  const errno = whyMissing(fs, path, operation);
  if (errno === "ENOENT") return undefined;
  throw new PathError(operation, path, errno);
}

/** The entry. Throws PathError. */
export function mustLookAt(fs: ReadableFileSystem, path: string, operation: "lstat" | "stat"): FileStat {
  const stat = lookAt(fs, path, operation);
  if (stat === undefined) throw new PathError(operation, path, "ENOENT");
  return stat;
}

/** Runs a changing call; its errno becomes a PathError of *operation*. */
export function calling<T>(operation: string, path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof FileSystemError) throw new PathError(operation, path, error.code);
    throw error;
  }
}

/** Puts *text* in front of the message of an error. */
export function wrapping<T>(text: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof FileOpError) error.message = `${text}: ${error.message}`;
    throw error;
  }
}

/** The nearest entry that is there decides: what is no directory, a link that leads nowhere, a loop. */
function whyMissing(fs: ReadableFileSystem, path: string, operation: "lstat" | "stat"): string {
  let here = operation === "stat" ? path : dirName(path);
  while (here !== "/" && fs.lstat(here) === undefined) here = dirName(here);
  const stat = fs.stat(here);
  if (stat === undefined) return loopOrMissing(fs, here);
  return stat.type === "dir" ? "ENOENT" : "ENOTDIR";
}

function loopOrMissing(fs: ReadableFileSystem, link: string): string {
  try {
    fs.readFile(link);
  } catch (error) {
    if (error instanceof FileSystemError) return error.code;
  }
  return "ENOENT";
}
