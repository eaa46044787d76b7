/** ADD of a local archive (BuildKit solver/llbsolver/file/unpack.go, moby/go-archive archive.go Unpack). */

import { decompress as unzstd } from "fzstd";

import type { ReadableFileSystem, WritableFileSystem } from "../platform/files";
import { baseName, cleanPath, dirName, joinPath } from "../platform/paths";
import type { Platform } from "../platform/platform";
import type { LayerEntry } from "./layer-entry";
import { bunzip2 } from "./bunzip2";
import { makeDirectories } from "./make-directories";
import type { UserIds } from "./owner";
import { rootPath } from "./root-path";
import { calling, FileOpError, lookAt, PathError } from "./syscalls";
import { readTar, TarError } from "./tar-reader";
import { unxz } from "./unxz";

/** How an archive is unpacked. */
export interface UnpackOptions {
  /** Who everything belongs to; default: as the archive says. */
  readonly owner: UserIds | undefined;
  /** Seconds since 1970 of directories made for the destination. */
  readonly mtime: number | undefined;
  readonly platform: Platform;
}

/** Unpacks *src* into *dest* when it is a tar (plain, gzip, bzip2, xz or zstd). Was it one? Throws FileOpError. */
export function unpackArchive(
  source: ReadableFileSystem,
  src: string,
  fs: WritableFileSystem,
  dest: string,
  options: UnpackOptions,
): boolean {
  const path = rootPath(source, src);
  const tar = tarOf(source, path, options.platform);
  if (tar === undefined || !startsAsTar(tar)) return false;
  const root = rootPath(fs, dest);
  makeDirectories(fs, root, { mode: 0o755, owner: options.owner, mtime: options.mtime });
  new Unpacker(fs, root, options.owner).unpack(tar);
  return true;
}

type Decompressor = (bytes: Uint8Array, platform: Platform) => Uint8Array;

const COMPRESSIONS: readonly (readonly [magic: readonly number[], decompress: Decompressor])[] = [
  [[0x1f, 0x8b, 0x08], (bytes, platform) => platform.gunzip(bytes)],
  [[0x42, 0x5a, 0x68], (bytes) => bunzip2(bytes)],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], (bytes) => unxz(bytes)],
  [[0x28, 0xb5, 0x2f, 0xfd], (bytes) => unzstd(bytes)],
];

/** The bytes of a file, decompressed; undefined when it is no regular file or broken. */
function tarOf(source: ReadableFileSystem, path: string, platform: Platform): Uint8Array | undefined {
  const stat = source.lstat(path);
  if (stat?.type !== "file" || stat.size === 0) return undefined;
  const bytes = source.readFile(path).read();
  const startsWith = (magic: readonly number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  const decompress = COMPRESSIONS.find(([magic]) => startsWith(magic))?.[1];
  if (decompress === undefined) return bytes;
  try {
    return decompress(bytes, platform);
  } catch {
    return undefined;
  }
}

/** Go's reader finds a first header in it. */
function startsAsTar(bytes: Uint8Array): boolean {
  try {
    return readTar(bytes).next().done !== true;
  } catch (error) {
    if (error instanceof TarError) return error.code === "LB_TAR_TRUNCATED" && error.entry !== "";
    throw error;
  }
}

class Unpacker {
  constructor(
    private readonly fs: WritableFileSystem,
    private readonly root: string,
    private readonly owner: UserIds | undefined,
  ) {}

  unpack(tar: Uint8Array): void {
    const dirs: [path: string, mtime: number][] = [];
    for (const entry of entriesOf(tar)) {
      // The archive is unpacked as in a chroot: `..` and absolute names end at the destination.
      const name = cleanPath("/" + cleanPath(entry.name));
      const parent = this.parentOf(name);
      const path = joinPath(parent, name === "/" ? "" : baseName(name));
      const old = name === "/" ? this.fs.lstat(this.root) : lookAt(this.fs, path, "lstat");
      if (name === "/" && old?.type === "dir") continue;
      if (old && !(old.type === "dir" && entry.type === "dir")) this.fs.remove(path, { recursive: true });
      this.create(path, entry, old?.type === "dir" && entry.type === "dir");
      if (entry.type === "dir") dirs.push([path, Math.max(entry.mtime, 0)]);
    }
    // What was a directory may be something else by now; links are followed.
    for (const [path, mtime] of dirs) {
      const real = this.resolve(path);
      if (this.fs.lstat(real) === undefined) throw new PathError("chtimes", this.inside(path), "ENOENT");
      this.fs.utimes(real, mtime);
    }
  }

  /** Where the directory of *name* is; missing ones are made, 755 of 0:0. */
  private parentOf(name: string): string {
    const parts = dirName(name)
      .split("/")
      .filter((part) => part !== "");
    let path = this.root;
    for (const part of parts) {
      path = this.resolve(joinPath(path, part));
      if (lookAt(this.fs, path, "lstat") === undefined) calling("mkdir", path, () => this.fs.mkdir(path));
    }
    return path;
  }

  /** Follows a link inside the destination, as the kernel does in a chroot. */
  private resolve(path: string, depth = 0): string {
    const stat = lookAt(this.fs, path, "lstat");
    if (stat?.type !== "symlink") return path;
    if (depth > 40) throw new FileOpError(`mkdir ${path}: too many levels of symbolic links`);
    const target = stat.linkname ?? "";
    const start = target.startsWith("/") ? "/" : dirName(this.inside(path));
    let at = this.root;
    for (const part of joinPath(start, target).split("/")) {
      if (part !== "") at = this.resolve(joinPath(at, part), depth + 1);
    }
    return at;
  }

  /** The path as seen from the destination. */
  private inside(path: string): string {
    return this.root === "/" ? path : path.slice(this.root.length) || "/";
  }

  private create(path: string, entry: LayerEntry, merge: boolean): void {
    const { fs } = this;
    switch (entry.type) {
      case "dir":
        if (!merge) calling("mkdir", path, () => fs.mkdir(path));
        break;
      case "file":
        calling("open", path, () => fs.writeFile(path, entry.content ?? ""));
        break;
      case "symlink":
        calling("symlink", path, () => fs.symlink(entry.linkname ?? "", path));
        break;
      case "hardlink": {
        const name = cleanPath("/" + (entry.linkname ?? ""));
        const target = joinPath(this.existingParent(name), baseName(name));
        calling("link", path, () => fs.link(target, path));
        break;
      }
      default:
        calling("mknod", path, () =>
          fs.mknod(path, {
            type: entry.type as "char",
            mode: entry.mode,
            uid: 0,
            gid: 0,
            mtime: 0,
            devmajor: entry.devmajor ?? 0,
            devminor: entry.devminor ?? 0,
          }),
        );
    }
    fs.chown(path, this.owner?.uid ?? entry.uid, this.owner?.gid ?? entry.gid);
    for (const [name, value] of Object.entries(entry.xattrs ?? {})) fs.setxattr(path, name, value);
    if (entry.type !== "symlink" && fs.lstat(path)?.type !== "symlink") fs.chmod(path, entry.mode);
    // Another name of a symbolic link does not change its time.
    if (entry.type === "hardlink" && fs.lstat(path)?.type === "symlink") return;
    fs.utimes(path, Math.max(entry.mtime, 0));
  }

  private existingParent(name: string): string {
    let path = this.root;
    for (const part of dirName(name).split("/")) if (part !== "") path = this.resolve(joinPath(path, part));
    return path;
  }
}

/** The entries, with Go's texts for what is broken. */
function* entriesOf(tar: Uint8Array): Generator<LayerEntry> {
  try {
    yield* readTar(tar);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    throw new FileOpError(
      error.code === "LB_TAR_TRUNCATED" ? "unexpected EOF" : "archive/tar: invalid tar header",
    );
  }
}
