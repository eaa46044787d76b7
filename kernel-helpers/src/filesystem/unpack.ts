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
import { calling, FileOpError, LinkError, PathError } from "./syscalls";
import { readTar, TarError } from "./tar-reader";
import { unxz } from "./unxz";

/** Where in a header its type stands. */
const TYPEFLAG = 156;

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
    if (error instanceof TarError)
      return (error.code === "LB_TAR_TRUNCATED" || error.code === "LB_TAR_TYPE") && error.entry !== "";
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
    const dirs: [name: string, mtime: number][] = [];
    for (const entry of entriesOf(tar)) {
      // The archive is unpacked as in a chroot: `..` and absolute names end at the destination.
      const name = cleanPath("/" + cleanPath(entry.name));
      this.makeParents(dirName(name));
      const path = this.pathFor(name, operationOf(entry));
      const old = this.fs.lstat(path);
      if (name === "/" && old?.type === "dir") continue;
      if (old && !(old.type === "dir" && entry.type === "dir")) this.fs.remove(path, { recursive: true });
      this.create(path, name, entry, old?.type === "dir" && entry.type === "dir");
      if (entry.type === "dir") dirs.push([name, Math.max(entry.mtime, 0)]);
    }
    // What was a directory may be something else by now; links are followed.
    for (const [name, mtime] of dirs) this.fs.utimes(this.follow(name, "chtimes", name), mtime);
  }

  /** Makes the directories above an entry that the archive does not list, 755 of 0:0; a link that leads to none is in the way. */
  private makeParents(dir: string): void {
    const missing = (name: string, find: () => unknown): boolean => {
      try {
        return find() === undefined;
      } catch (error) {
        if (error instanceof PathError) return error.isNotExist;
        throw error;
      }
    };
    if (!missing(dir, () => this.fs.lstat(this.pathFor(dir, "lstat")))) return;
    const make = (name: string): void => {
      if (!missing(name, () => this.follow(name, "stat", name))) return;
      make(dirName(name));
      const path = this.pathFor(name, "mkdir");
      if (this.fs.lstat(path)) throw new PathError("mkdir", name, "EEXIST");
      calling("mkdir", name, () => this.fs.mkdir(path));
    };
    make(dir);
  }

  /** Where *name* lies: links of its directory are followed inside the destination. Throws the PathError of *operation*. */
  private pathFor(name: string, operation: string): string {
    if (name === "/") return this.root;
    const dir = this.follow(dirName(name), operation, name);
    if (this.fs.lstat(dir)?.type !== "dir") throw new PathError(operation, name, "ENOTDIR");
    return joinPath(dir, baseName(name));
  }

  /** Where *name* leads to, as the kernel walks in a chroot. Throws PathError of *operation* on *shown*. */
  private follow(name: string, operation: string, shown: string): string {
    const todo = name.split("/").reverse();
    const parts: string[] = [];
    const here = (): string => joinPath(this.root, parts.join("/"));
    for (let links = 0; todo.length > 0;) {
      const part = todo.pop() ?? "";
      if (part === "" || part === ".") continue;
      if (this.fs.lstat(here())?.type !== "dir") throw new PathError(operation, shown, "ENOTDIR");
      if (part === "..") {
        parts.pop();
        continue;
      }
      parts.push(part);
      const stat = this.fs.lstat(here());
      if (stat === undefined) throw new PathError(operation, shown, "ENOENT");
      if (stat.type !== "symlink") continue;
      if (++links > 40) throw new PathError(operation, shown, "ELOOP");
      const target = stat.linkname ?? "";
      if (target.startsWith("/")) parts.length = 0;
      else parts.pop();
      todo.push(...target.split("/").reverse());
    }
    return here();
  }

  /** Makes the entry at *path*; errors show *name*, as it is called in the chroot. */
  private create(path: string, name: string, entry: LayerEntry, merge: boolean): void {
    const { fs } = this;
    switch (entry.type) {
      case "dir":
        if (!merge) calling("mkdir", name, () => fs.mkdir(path));
        break;
      case "file":
        calling("open", name, () => fs.writeFile(path, entry.content ?? ""));
        break;
      case "symlink":
        calling(operationOf(entry), name, () => fs.symlink(entry.linkname ?? "", path));
        break;
      case "hardlink": {
        const from = cleanPath("/" + (entry.linkname ?? ""));
        linking(from, name, () => fs.link(this.pathFor(from, "link"), path));
        break;
      }
      default:
        calling("mknod", name, () =>
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
}

/** The system call that makes an entry, as Go's errors name it. */
function operationOf(entry: LayerEntry): string {
  if (entry.type === "dir") return "mkdir";
  if (entry.type === "file") return "open";
  if (entry.type === "symlink") return `symlink ${entry.linkname ?? ""}`;
  return entry.type === "hardlink" ? "link" : "mknod";
}

/** Makes a hard link with *link*; what fails is Go's os.LinkError. */
function linking(from: string, to: string, link: () => void): void {
  try {
    calling("link", from, link);
  } catch (error) {
    throw error instanceof PathError ? new LinkError("link", from, to, error.errno) : error;
  }
}

/** The entries, with Go's texts for what is broken. */
function* entriesOf(tar: Uint8Array): Generator<LayerEntry> {
  try {
    yield* readTar(tar);
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    if (error.code === "LB_TAR_TYPE")
      throw new FileOpError(`unhandled tar header type ${tar[error.offset + TYPEFLAG]}`);
    throw new FileOpError(
      error.code === "LB_TAR_TRUNCATED" ? "unexpected EOF" : "archive/tar: invalid tar header",
    );
  }
}
