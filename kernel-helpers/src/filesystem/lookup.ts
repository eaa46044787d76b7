/** Finding a path in a tree, symbolic links followed inside its root as the kernel does in a container. */

import { type Content, type FileStat, FileSystemError, type ReadableFileSystem } from "../platform/files";
import { Dir, Leaf, type Node } from "./nodes";

/** As Linux: a path of more bytes is refused (counted in characters here). */
const MAX_PATH = 4096;

/** As Linux: more symbolic links than this in one path is ELOOP. */
const MAX_LINKS = 40;

/** Where a path leads. */
export interface Place {
  /** The directories from the root to the one that holds (or would hold) the entry. */
  readonly dirs: Dir[];
  /** Names of `dirs[1]`, `dirs[2]`, … in their parents. */
  readonly names: string[];
  /** Name of the entry in the last of `dirs`; "" for the root. */
  readonly name: string;
  readonly node: Node | undefined;
}

/** The path of a place with all links resolved. */
export function placePath(place: Place): string {
  return "/" + (place.name === "" ? place.names : [...place.names, place.name]).join("/");
}

/**
 * Follows *path* from *root*. The last element may be missing (`node` undefined).
 * Throws FileSystemError ENOENT, ENOTDIR, ELOOP for what is wrong before it.
 */
export function locate(root: Dir, path: string, followLast: boolean): Place {
  if (path.length >= MAX_PATH) throw new FileSystemError("ENAMETOOLONG", path.slice(0, 80) + "…");
  const todo = partsOf(path);
  const dirs: Dir[] = [root];
  const names: string[] = [];
  let links = 0;
  for (;;) {
    const part = todo.pop();
    if (part === undefined) return directoryPlace(dirs, names);
    if (part === "..") {
      if (dirs.length > 1) {
        dirs.pop();
        names.pop();
      }
      continue;
    }
    const last = todo.length === 0;
    const dir = dirs[dirs.length - 1] as Dir;
    const node = dir.get(part);
    if (node instanceof Dir) {
      dirs.push(node);
      names.push(part);
      continue;
    }
    if (node === undefined) {
      if (!last) throw new FileSystemError("ENOENT", path);
      return { dirs, names, name: part, node };
    }
    if (node.attributes.type === "symlink" && (!last || followLast)) {
      if (++links > MAX_LINKS) throw new FileSystemError("ELOOP", path);
      const target = node.attributes.linkname ?? "";
      if (target === "") throw new FileSystemError("ENOENT", path);
      if (target.startsWith("/")) {
        dirs.length = 1;
        names.length = 0;
      }
      todo.push(...partsOf(target));
      continue;
    }
    if (!last) throw new FileSystemError("ENOTDIR", path);
    return { dirs, names, name: part, node };
  }
}

/**
 * The node at *path* where that is plain to see: null where a link or a `.` or `..` is on the way, so that
 * `locate` must tell. Most looks are of this kind, and cost a fifth of `locate`.
 */
function plainNode(root: Dir, path: string): Node | undefined | null {
  let dir = root;
  for (let at = 0; ;) {
    while (path.charCodeAt(at) === SLASH) at++;
    if (at === path.length) return dir;
    let end = path.indexOf("/", at);
    if (end < 0) end = path.length;
    if (path.charCodeAt(at) === DOT && end - at < 3) return null;
    const node = dir.get(path.slice(at, end));
    if (node instanceof Dir) {
      dir = node;
      at = end;
    } else {
      if (node === undefined) return node;
      return end < path.length || node.attributes.type === "symlink" ? null : node;
    }
  }
}

const SLASH = 47;
const DOT = 46;

/** The elements of a path that mean something, last first. */
function partsOf(path: string): string[] {
  const parts: string[] = [];
  for (let end = path.length; end > 0;) {
    const slash = path.lastIndexOf("/", end - 1);
    const length = end - slash - 1;
    if (length > 1 || (length === 1 && path.charCodeAt(slash + 1) !== 46))
      parts.push(path.slice(slash + 1, end));
    end = slash;
  }
  return parts;
}

function directoryPlace(dirs: Dir[], names: string[]): Place {
  const node = dirs[dirs.length - 1] as Dir;
  if (dirs.length === 1) return { dirs, names, name: "", node };
  return {
    dirs: dirs.slice(0, -1),
    names: names.slice(0, -1),
    name: names[names.length - 1] as string,
    node,
  };
}

const EMPTY: Content = { size: 0, read: () => new Uint8Array(0) };

/** The reading half of a file system, over a root that may be exchanged. */
export abstract class TreeReader implements ReadableFileSystem {
  /** The present root. */
  abstract get root(): Dir;

  /** The place of *path*, or undefined when something on the way is missing, no directory, or a loop. */
  protected find(path: string, followLast: boolean): Place | undefined {
    try {
      return locate(this.root, path, followLast);
    } catch (error) {
      if (error instanceof FileSystemError) return undefined;
      throw error;
    }
  }

  private nodeAt(path: string, followLast: boolean): Node | undefined {
    const node = path.length < MAX_PATH ? plainNode(this.root, path) : null;
    return node === null ? this.find(path, followLast)?.node : node;
  }

  lstat(path: string): FileStat | undefined {
    return this.nodeAt(path, false)?.stat();
  }

  stat(path: string): FileStat | undefined {
    return this.nodeAt(path, true)?.stat();
  }

  realpath(path: string): string | undefined {
    const place = this.find(path, true);
    return place?.node && placePath(place);
  }

  readdir(path: string): readonly string[] {
    const { node } = locate(this.root, path, true);
    if (node === undefined) throw new FileSystemError("ENOENT", path);
    if (node instanceof Leaf) throw new FileSystemError("ENOTDIR", path);
    return node.names();
  }

  readFile(path: string): Content {
    const { node } = locate(this.root, path, true);
    if (node === undefined) throw new FileSystemError("ENOENT", path);
    if (node instanceof Dir) throw new FileSystemError("EISDIR", path);
    return node.content ?? EMPTY;
  }

  readlink(path: string): string {
    const { node } = locate(this.root, path, false);
    if (node === undefined) throw new FileSystemError("ENOENT", path);
    if (node.attributes.type !== "symlink") throw new FileSystemError("EINVAL", path);
    return node.attributes.linkname ?? "";
  }
}
