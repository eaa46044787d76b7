/** Resolving a path inside a root (containerd continuity fs/path.go RootPath), with its own idea of links behind links. */

import type { ReadableFileSystem } from "../platform/files";
import { joinPath } from "../platform/paths";
import { FileOpError, lookAt } from "./syscalls";

/** Symbolic links in one path; one more is an error. */
const MAX_LINKS = 255;

/** *path* with its links followed (the last one too); what is missing is kept as it is. Throws FileOpError. */
export function rootPath(fs: ReadableFileSystem, path: string): string {
  if (path === "") return "/";
  const walk = new LinkWalk(fs);
  let current = path;
  for (;;) {
    const before = walk.links;
    current = walk.all(current);
    if (before !== walk.links) continue;
    const clean = joinPath("/", current);
    if (clean === current) return clean;
    current = clean;
  }
}

/** As `rootPath`, but a link in the last element stays unless *followLinks* (fsutil copy.go rootPath). */
export function sourcePath(fs: ReadableFileSystem, path: string, followLinks: boolean): string {
  const clean = joinPath("/", path);
  if (clean === "/") return clean;
  if (followLinks) return rootPath(fs, clean);
  const slash = clean.lastIndexOf("/") + 1;
  return joinPath(rootPath(fs, clean.slice(0, slash)), clean.slice(slash));
}

class LinkWalk {
  links = 0;

  constructor(private readonly fs: ReadableFileSystem) {}

  /** One pass from left to right: every link that is met is replaced once. */
  all(path: string): string {
    const slash = path.lastIndexOf("/") + 1;
    const dir = path.slice(0, slash);
    const file = path.slice(slash);
    if (dir === "") return this.one(file).path;
    if (file === "") return dir === "/" ? dir : this.all(dir.slice(0, -1));
    const newDir = this.all(dir);
    const found = this.one(joinPath(newDir, file));
    if (!found.isLink || found.path.startsWith("/")) return found.path;
    return joinPath(newDir, found.path);
  }

  private one(path: string): { readonly path: string; readonly isLink: boolean } {
    if (this.links > MAX_LINKS) throw new FileOpError("too many links");
    const clean = joinPath("/", path);
    if (clean === "/") return { path: clean, isLink: false };
    const stat = lookAt(this.fs, clean, "lstat");
    if (stat?.type !== "symlink") return { path: clean, isLink: false };
    this.links++;
    return { path: stat.linkname ?? "", isLink: true };
  }
}
