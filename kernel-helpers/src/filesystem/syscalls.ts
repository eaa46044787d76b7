/** File system calls that fail with Go's texts: `lstat /x: no such file or directory`. */

import { type FileStat, FileSystemError, type ReadableFileSystem, type Snapshot } from "../platform/files";

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

/** Go's os.LinkError. */
export class LinkError extends FileOpError {
  override readonly name = "LinkError";
  constructor(operation: string, from: string, to: string, errno: string) {
    super(`${operation} ${from} ${to}: ${TEXTS[errno] ?? errno}`);
  }
}

/** As Linux: more symbolic links than this in one path is ELOOP. */
const MAX_LINKS = 40;

/**
 * The entry as the daemon's own lstat or stat sees it, or undefined when it (or a directory above it) is missing. The root is only
 * mounted somewhere for the daemon, so an absolute link, or one with too many `..`, leads out of it, where nothing is. Throws
 * PathError for everything else.
 */
export function lookAt(
  fs: ReadableFileSystem,
  path: string,
  operation: "lstat" | "stat",
): FileStat | undefined {
  // Most paths have no links in front of their last element.
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  if (fs.realpath(parent) === parent) {
    const direct = fs.lstat(path);
    if (direct && (operation === "lstat" || direct.type !== "symlink")) return direct;
    if (!direct && fs.lstat(parent)?.type === "dir") return undefined;
  }
  return walkTo(fs, path, operation);
}

function walkTo(fs: ReadableFileSystem, path: string, operation: "lstat" | "stat"): FileStat | undefined {
  const todo = path.split("/").reverse();
  const parts: string[] = [];
  let stat = fs.lstat("/");
  for (let links = 0; todo.length > 0;) {
    const part = todo.pop() ?? "";
    if (part === "" || part === ".") continue;
    if (stat?.type !== "dir") throw new PathError(operation, path, "ENOTDIR");
    if (part === "..") {
      if (parts.length === 0) return undefined;
      parts.pop();
    } else parts.push(part);
    stat = fs.lstat("/" + parts.join("/"));
    if (stat === undefined) return undefined;
    if (
      stat.type !== "symlink" ||
      (operation === "lstat" && !todo.some((rest) => rest !== "" && rest !== "."))
    )
      continue;
    if (++links > MAX_LINKS) throw new PathError(operation, path, "ELOOP");
    const target = stat.linkname ?? "";
    if (target.startsWith("/")) return undefined;
    parts.pop();
    stat = fs.lstat("/" + parts.join("/"));
    todo.push(...target.split("/").reverse());
  }
  return stat;
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
