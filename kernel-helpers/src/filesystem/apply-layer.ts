/** A tree with the changes of a layer (containerd pkg/archive/tar.go applyNaive). */

import { FileSystemError, type Snapshot, type WritableFileSystem } from "../platform/files";
import { baseName, cleanPath, dirName } from "../platform/paths";
import { type LayerEntry, OPAQUE_NAME, WHITEOUT_PREFIX } from "./layer-entry";
import { TarError } from "./tar-reader";

/**
 * *base* with the changes of a layer: whiteouts and opaque marks applied, what is in the way replaced, links and names kept inside
 * the root. Directories that the layer does not list keep their time. Throws TarError `LB_TAR_ESCAPE` for a name that leaves the
 * root, `LB_TAR_LINK` for a hard link to nothing, `LB_TAR_NAME` for a name below a file.
 */
export function applyLayer(base: Snapshot, entries: Iterable<LayerEntry>): Snapshot {
  return new LayerApplier(base.fork(0)).apply(entries);
}

class LayerApplier {
  /** Paths that this layer brought: an opaque mark spares them. */
  private readonly unpacked = new Set<string>();
  /** Directory to the time it has in the end. */
  private readonly times = new Map<string, number>();

  constructor(private readonly fs: WritableFileSystem) {}

  apply(entries: Iterable<LayerEntry>): Snapshot {
    for (const entry of entries) {
      try {
        this.entry(entry);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        throw new TarError("LB_TAR_NAME", entry.name, -1, `${entry.name}: ${error.message}`);
      }
    }
    for (const [path, time] of this.times)
      if (this.fs.lstat(path)?.type === "dir") this.fs.utimes(path, time);
    return this.fs.snapshot();
  }

  private entry(entry: LayerEntry): void {
    const name = insideRoot(entry.name);
    if (name === undefined) {
      throw new TarError("LB_TAR_ESCAPE", entry.name, -1, `${entry.name}: the name leads out of the root`);
    }
    this.fs.now = entry.mtime;
    if (name === "/") {
      if (entry.type === "dir") this.attributes("/", entry);
      return;
    }
    const parent = this.parentOf(name, entry);
    const base = baseName(name);
    const path = (parent === "/" ? "" : parent) + "/" + base;
    if (base === OPAQUE_NAME) this.opaque(parent);
    else if (base.startsWith(WHITEOUT_PREFIX)) {
      const gone = path.slice(0, -base.length) + base.slice(WHITEOUT_PREFIX.length);
      if (base.length > WHITEOUT_PREFIX.length && this.fs.lstat(gone))
        this.fs.remove(gone, { recursive: true });
    } else this.put(path, entry);
  }

  /** The directory that *name* goes into, links followed inside the root; made when the layer left it out. */
  private parentOf(name: string, entry: LayerEntry): string {
    const parent = dirName(name);
    let real = this.fs.realpath(parent);
    if (real === undefined) {
      this.fs.mkdir(parent, { recursive: true, mtime: entry.mtime });
      real = this.fs.realpath(parent) ?? parent;
    }
    if (!this.times.has(real)) this.times.set(real, this.fs.lstat(real)?.mtime ?? entry.mtime);
    return real;
  }

  private opaque(dir: string): void {
    for (const child of this.fs.readdir(dir)) {
      const path = (dir === "/" ? "" : dir) + "/" + child;
      if (!this.unpacked.has(path)) this.fs.remove(path, { recursive: true });
    }
  }

  private put(path: string, entry: LayerEntry): void {
    const { fs } = this;
    const { mode, uid, gid, mtime } = entry;
    const old = fs.lstat(path);
    if (old && !(old.type === "dir" && entry.type === "dir")) fs.remove(path, { recursive: true });
    for (let p = path; p !== "/" && !this.unpacked.has(p); p = dirName(p)) this.unpacked.add(p);
    switch (entry.type) {
      case "hardlink":
        this.hardlink(path, entry);
        return;
      case "dir":
        if (old?.type !== "dir") fs.mkdir(path);
        break;
      case "file":
        fs.writeFile(path, entry.content ?? "", { mode, uid, gid, mtime });
        break;
      case "symlink":
        fs.symlink(entry.linkname ?? "", path, { uid, gid, mtime });
        break;
      default:
        fs.mknod(path, {
          type: entry.type,
          mode,
          uid,
          gid,
          mtime,
          devmajor: entry.devmajor ?? 0,
          devminor: entry.devminor ?? 0,
        });
    }
    this.attributes(path, entry);
  }

  /** What creating an entry does not set. */
  private attributes(path: string, entry: LayerEntry): void {
    if (entry.type === "dir") {
      this.fs.chown(path, entry.uid, entry.gid);
      this.fs.chmod(path, entry.mode);
      this.times.set(path, entry.mtime);
    }
    for (const [name, value] of Object.entries(entry.xattrs ?? {})) this.fs.setxattr(path, name, value);
  }

  private hardlink(path: string, entry: LayerEntry): void {
    const target = insideRoot(entry.linkname ?? "");
    if (target === undefined) {
      throw new TarError(
        "LB_TAR_ESCAPE",
        entry.name,
        -1,
        `${entry.name}: the link leads out of the root: ${entry.linkname ?? ""}`,
      );
    }
    const parent = this.fs.realpath(dirName(target));
    const real = parent && (parent === "/" ? "" : parent) + "/" + baseName(target);
    const found = real === undefined ? undefined : this.fs.lstat(real);
    if (real === undefined || found === undefined || found.type === "dir") {
      throw new TarError(
        "LB_TAR_LINK",
        entry.name,
        -1,
        `${entry.name}: a link to ${entry.linkname ?? ""}, which is no file`,
      );
    }
    this.fs.link(real, path);
  }
}

/** *name* of a tar as an absolute path, or undefined when its `..` leave the root. */
function insideRoot(name: string): string | undefined {
  const clean = cleanPath(name.replace(/^\/+/, ""));
  if (clean === ".." || clean.startsWith("../")) return undefined;
  return clean === "." ? "/" : "/" + clean;
}
