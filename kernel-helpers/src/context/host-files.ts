/** A real directory as a file system to take a context from, and a memory of its files that is never wrong. */

import type { HostDirectory, HostEntry } from "../platform/directory";
import { type Content, type FileStat, FileSystemError, type ReadableFileSystem } from "../platform/files";
import { joinPath } from "../platform/paths";

/** One file as it was when it was last looked at. */
export interface RememberedFile {
  /** Device and inode. */
  readonly identity: string;
  readonly size: number;
  /** Seconds since 1970, as the rest of the times here. */
  readonly mtime: number;
  readonly ctime: number;
  /** When it was looked at. */
  readonly seen: number;
}

interface Remembered extends RememberedFile {
  readonly content: Content;
}

/** Times that a file system keeps may be this coarse: two changes within it can look like one. Seconds. */
const RESOLUTION = 0.1;
/** The same for one that keeps whole seconds (two on FAT). */
const COARSE_RESOLUTION = 2;

/**
 * The contents of a directory's files from look to look. An unchanged file keeps its Content object, so whatever was computed from it
 * stays known; a file counts as unchanged only when inode, size, mtime and ctime are the same and its last change was safely in the past
 * when it was looked at before. A restored mtime does not deceive it: the ctime cannot be set.
 */
export class StatCache {
  private readonly files = new Map<string, Remembered>();

  /** The content of the file at *path* (relative), read by *read* when it is needed. *now*: the time of this look. */
  contentOf(path: string, entry: HostEntry, now: number, read: () => Uint8Array): Content {
    const old = this.files.get(path);
    if (old && isUnchanged(old, entry)) return old.content;
    const content: Content = { size: entry.size, read };
    const { identity, ctime } = entry;
    if (identity === undefined || ctime === undefined) this.files.delete(path);
    else this.files.set(path, { identity, size: entry.size, mtime: entry.mtime, ctime, seen: now, content });
    return content;
  }

  /** What is remembered, to be written down. */
  entries(): [path: string, file: RememberedFile, content: Content][] {
    return [...this.files].map(([path, { content, ...file }]) => [path, file, content]);
  }

  /** Puts back what `entries` gave. */
  restore(path: string, file: RememberedFile, content: Content): void {
    this.files.set(path, { ...file, content });
  }
}

function isUnchanged(old: RememberedFile, entry: HostEntry): boolean {
  if (old.identity !== entry.identity || old.size !== entry.size) return false;
  if (old.mtime !== entry.mtime || old.ctime !== entry.ctime) return false;
  const isCoarse = Number.isInteger(old.ctime);
  return old.ctime + (isCoarse ? COARSE_RESOLUTION : RESOLUTION) < old.seen;
}

/** Symbolic links in one path; one more is a loop. */
const MAX_LINKS = 40;

/**
 * The files of a real directory as they are during one build: every entry is looked at once, contents are read when they are needed.
 * Owners are left as they are; sockets stay sockets. Throws HostReadError for what cannot be read.
 */
export class HostFiles implements ReadableFileSystem {
  private readonly stats = new Map<string, FileStat | undefined>();
  private readonly contents = new Map<string, Content>();
  private readonly inodes = new Map<string, number>();

  /** *now*: seconds since 1970, the time of this look. */
  constructor(
    private readonly directory: HostDirectory,
    private readonly now: number,
    private readonly cache: StatCache = new StatCache(),
  ) {}

  lstat(path: string): FileStat | undefined {
    const real = this.follow(path, false);
    return real === undefined ? undefined : this.look(real);
  }

  stat(path: string): FileStat | undefined {
    const real = this.follow(path, true);
    return real === undefined ? undefined : this.look(real);
  }

  realpath(path: string): string | undefined {
    const real = this.follow(path, true);
    return real === undefined || this.look(real) === undefined ? undefined : "/" + real;
  }

  readdir(path: string): readonly string[] {
    const real = this.follow(path, true);
    const stat = real === undefined ? undefined : this.look(real);
    if (real === undefined || stat === undefined) throw new FileSystemError("ENOENT", path);
    if (stat.type !== "dir") throw new FileSystemError("ENOTDIR", path);
    return this.directory.readdir(real);
  }

  readFile(path: string): Content {
    const real = this.follow(path, true);
    const stat = real === undefined ? undefined : this.look(real);
    if (real === undefined || stat === undefined) throw new FileSystemError("ENOENT", path);
    if (stat.type === "dir") throw new FileSystemError("EISDIR", path);
    return this.contents.get(real) ?? { size: 0, read: () => new Uint8Array(0) };
  }

  readlink(path: string): string {
    const stat = this.lstat(path);
    if (stat === undefined) throw new FileSystemError("ENOENT", path);
    if (stat.type !== "symlink") throw new FileSystemError("EINVAL", path);
    return stat.linkname ?? "";
  }

  /** The entry at *path* (relative, no links), looked at once. */
  private look(path: string): FileStat | undefined {
    if (this.stats.has(path)) return this.stats.get(path);
    const entry = this.directory.lstat(path);
    const stat = entry && this.toStat(path, entry);
    this.stats.set(path, stat);
    return stat;
  }

  private toStat(path: string, entry: HostEntry): FileStat {
    const { type, mode, uid, gid, mtime, size } = entry;
    if (type === "file") {
      this.contents.set(
        path,
        this.cache.contentOf(path, entry, this.now, () => this.directory.read(path)),
      );
    }
    return {
      type,
      mode: type === "symlink" ? 0o777 : mode,
      uid,
      gid,
      mtime,
      size,
      ino: this.inodeOf(path, entry.identity),
      nlink: type === "file" ? (entry.nlink ?? 1) : 1,
      ...(entry.linkname !== undefined && { linkname: entry.linkname }),
      ...(entry.devmajor !== undefined && { devmajor: entry.devmajor, devminor: entry.devminor ?? 0 }),
    };
  }

  private inodeOf(path: string, identity: string = path): number {
    const known = this.inodes.get(identity);
    if (known !== undefined) return known;
    const ino = this.inodes.size + 1;
    this.inodes.set(identity, ino);
    return ino;
  }

  /** *path* as a relative path without links, followed inside the directory; undefined when something on the way is missing. */
  private follow(path: string, last: boolean): string | undefined {
    // Most paths come from a walk: each directory above was looked at and is no link.
    const direct = path.startsWith("/") ? path.slice(1) : path;
    const slash = direct.lastIndexOf("/");
    const parent = slash < 0 ? "" : direct.slice(0, slash);
    if (parent === "" || this.walked.has(parent)) {
      const stat = isPlain(direct.slice(slash + 1)) ? this.look(direct) : undefined;
      if (stat && (stat.type !== "symlink" || !last)) {
        if (stat.type === "dir") this.walked.add(direct);
        return direct;
      }
    }
    return this.followSlowly(path, last);
  }

  /** Directories that are reached without links. */
  private readonly walked = new Set<string>();

  private followSlowly(path: string, last: boolean): string | undefined {
    const todo = path.split("/").reverse();
    let at = "";
    for (let links = 0; ;) {
      const part = todo.pop();
      if (part === undefined) return at;
      if (part === "" || part === ".") continue;
      if (part === "..") {
        at = at.slice(0, Math.max(at.lastIndexOf("/"), 0));
        continue;
      }
      if (at !== "" && this.look(at)?.type !== "dir") return undefined;
      const next = at === "" ? part : `${at}/${part}`;
      const stat = this.look(next);
      const isLast = !todo.some((rest) => rest !== "" && rest !== ".");
      if (stat?.type !== "symlink" || (isLast && !last)) {
        at = next;
        if (stat === undefined) return isLast ? at : undefined;
        continue;
      }
      if (++links > MAX_LINKS) return undefined;
      const target = stat.linkname ?? "";
      if (target.startsWith("/")) at = "";
      todo.push(...joinPath(target).split("/").reverse());
    }
  }
}

function isPlain(name: string): boolean {
  return name !== "." && name !== ".." && name !== "";
}
