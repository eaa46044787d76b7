/** Copying a file or tree from one file system to another (fsutil copy/copy.go). */

import { matcherOf, matching, type MatchInfo, PatternMatcher } from "../context";
import type { FileStat, ReadableFileSystem, WritableFileSystem } from "../platform/files";
import { baseName, dirName, joinPath } from "../platform/paths";
import { makeDirectories } from "./make-directories";
import { type ModeSet } from "./mode-set";
import type { UserIds } from "./owner";
import { rootPath, sourcePath } from "./root-path";
import { calling, FileOpError, lookAt, mustLookAt, wrapping } from "./syscalls";

/** How entries are copied. */
export interface CopyOptions {
  /** Who everything belongs to; default: as in the source. */
  readonly owner?: UserIds | undefined;
  /** Octal mode of everything, also of directories made for the destination. */
  readonly mode?: number | undefined;
  /** Symbolic mode; used instead of `mode`. */
  readonly modeSet?: ModeSet | undefined;
  /** Seconds since 1970 for everything; default: as in the source. */
  readonly mtime?: number | undefined;
  /** Does a directory stand for what is in it? */
  readonly dirContents: boolean;
  readonly followLinks: boolean;
  readonly includePatterns: readonly string[];
  readonly excludePatterns: readonly string[];
  /** Take away what is in the way, whatever it is. */
  readonly replaceExisting: boolean;
}

/** A directory on the way, made only when something in it is copied. */
interface ParentDir {
  readonly source: string;
  readonly target: string;
  copied: boolean;
}

interface Matches {
  readonly include: MatchInfo;
  readonly exclude: MatchInfo;
}

const NOTHING: Matches = { include: [], exclude: [] };

/** Copies between two file systems with one set of options. */
export class Copier {
  private readonly include: PatternMatcher | undefined;
  private readonly exclude: PatternMatcher | undefined;
  /** Inode of the source to where its first name was copied. */
  private readonly inodes = new Map<number, string>();
  private readonly parents: ParentDir[] = [];

  constructor(
    private readonly source: ReadableFileSystem,
    private readonly fs: WritableFileSystem,
    private readonly options: CopyOptions,
  ) {
    const { includePatterns, excludePatterns } = options;
    this.include = includePatterns.length > 0 ? matcherOf(includePatterns, "includepatterns") : undefined;
    this.exclude = excludePatterns.length > 0 ? matcherOf(excludePatterns, "excludepatterns") : undefined;
  }

  /** Copies *src* (one path, no wildcards) to *dest*, of which a trailing slash means a directory. Throws FileOpError, PatternError. */
  copy(src: string, dest: string): void {
    const slash = dest.lastIndexOf("/") + 1;
    const file = dest.slice(slash);
    const ensured = file !== "" && file !== "." ? dest.slice(0, slash) : dest;
    if (ensured !== "") this.makeDirectories(rootPath(this.fs, ensured));
    const target = rootPath(this.fs, joinPath(dest));
    const followed = sourcePath(this.source, src, this.options.followLinks);
    const place = this.prepareTarget(followed, src, target);
    this.entry(followed, "", place, false, NOTHING);
  }

  private makeDirectories(path: string): void {
    const { mode = 0o755, owner, mtime } = this.options;
    makeDirectories(this.fs, path, { mode, owner, mtime });
  }

  private prepareTarget(followed: string, src: string, dest: string): string {
    const { dirContents } = this.options;
    const isDir = mustLookAt(this.source, followed, "lstat").type === "dir";
    const old = wrapping("failed to lstat destination path", () => lookAt(this.fs, dest, "stat"));
    let target = dest;
    if ((!dirContents && isDir && old) || (!isDir && old?.type === "dir"))
      target = joinPath(dest, baseName(src));
    this.makeDirectories(dirContents && isDir && !old ? target : dirName(target));
    return target;
  }

  /** *name*: path below what is copied, "" for itself. */
  private entry(src: string, name: string, target: string, overwrite: boolean, above: Matches): void {
    const { include, excluded, info } = this.wanted(name, above);
    if (!include && !this.include && !this.exclude?.hasExclusions) return;
    const stat = wrapping(`failed to stat ${src}`, () => mustLookAt(this.source, src, "lstat"));
    if (!include && stat.type !== "dir") return;
    const old = wrapping(`failed to stat ${target}`, () => lookAt(this.fs, target, "lstat"));
    if (include) {
      this.clearTarget(target, stat, old);
      this.makeParents(overwrite);
    }
    if (stat.type !== "dir") {
      this.file(src, stat, target);
      this.copyInfo(src, stat, target);
      return;
    }
    const created = this.directory(src, name, target, stat, overwrite, include, excluded, info);
    if (overwrite ? include : created) this.copyInfo(src, stat, target);
    else if (!overwrite && old) this.fs.utimes(target, this.options.mtime ?? stat.mtime);
  }

  private wanted(name: string, above: Matches): { include: boolean; excluded: boolean; info: Matches } {
    if (name === "") return { include: true, excluded: false, info: NOTHING };
    const { include, exclude } = this;
    const inside = include && matching("includepatterns", () => include.match(name, above.include));
    const outside = exclude && matching("excludepatterns", () => exclude.match(name, above.exclude));
    const excluded = outside?.matched ?? false;
    return {
      include: (inside?.matched ?? true) && !excluded,
      excluded,
      info: { include: inside?.info ?? [], exclude: outside?.info ?? [] },
    };
  }

  private clearTarget(target: string, stat: FileStat, old: FileStat | undefined): void {
    if (!this.options.replaceExisting || old === undefined) return;
    if (stat.type === "dir" && old.type === "dir") return;
    this.fs.remove(target, { recursive: true });
  }

  /** Makes the directories that were put off until something in them is copied. */
  private makeParents(overwrite: boolean): void {
    for (const parent of this.parents) {
      if (parent.copied) continue;
      const stat = mustLookAt(this.source, parent.source, "stat");
      if (this.makeDirectory(parent.target, stat, overwrite))
        this.copyInfo(parent.source, stat, parent.target);
      parent.copied = true;
    }
  }

  private directory(
    src: string,
    name: string,
    target: string,
    stat: FileStat,
    overwrite: boolean,
    include: boolean,
    excluded: boolean,
    info: Matches,
  ): boolean {
    const created = include && this.makeDirectory(target, stat, overwrite);
    this.parents.push({ source: src, target, copied: include });
    try {
      if (excluded && !this.exclude?.hasExclusions) return false;
      for (const child of this.source.readdir(src)) {
        const below = name === "" ? child : `${name}/${child}`;
        this.entry(joinPath(src, child), below, joinPath(target, child), true, info);
      }
      return created;
    } finally {
      this.parents.pop();
    }
  }

  /** Makes one directory; one that is there takes the mode of the source when it is told to. Was it made? */
  private makeDirectory(target: string, stat: FileStat, overwrite: boolean): boolean {
    const old = lookAt(this.fs, target, "lstat");
    if (old === undefined) {
      wrapping(`failed to mkdir ${target}`, () =>
        calling("mkdir", target, () => this.fs.mkdir(target, { mode: stat.mode })),
      );
      return true;
    }
    if (old.type !== "dir") throw new FileOpError(`cannot copy to non-directory: ${target}`);
    if (overwrite) this.fs.chmod(target, stat.mode);
    return false;
  }

  private file(src: string, stat: FileStat, target: string): void {
    const old = wrapping("failed to lstat file target", () => lookAt(this.fs, target, "lstat"));
    if (old?.type === "dir") throw new FileOpError(`cannot replace to directory ${target} with file`);
    if (old) calling("remove", target, () => this.fs.remove(target));
    if (stat.type === "file") {
      const first = stat.nlink > 1 ? this.inodes.get(stat.ino) : undefined;
      if (stat.nlink > 1 && first === undefined) this.inodes.set(stat.ino, target);
      if (first !== undefined) calling("link", target, () => this.fs.link(first, target));
      else calling("open", target, () => this.fs.writeFile(target, this.source.readFile(src)));
    } else if (stat.type === "symlink") {
      calling("symlink", target, () => this.fs.symlink(this.source.readlink(src), target));
    } else calling("mknod", target, () => this.fs.mknod(target, stat));
  }

  private copyInfo(src: string, stat: FileStat, target: string): void {
    const { owner, mode, modeSet, mtime } = this.options;
    this.fs.chown(target, owner?.uid ?? stat.uid, owner?.gid ?? stat.gid);
    if (stat.type !== "symlink") {
      this.fs.chmod(target, modeSet ? modeSet.apply(stat.mode, stat.type) : (mode ?? stat.mode));
    }
    this.fs.utimes(target, mtime ?? stat.mtime);
    for (const [name, value] of Object.entries(stat.xattrs ?? {})) this.fs.setxattr(target, name, value);
  }
}
