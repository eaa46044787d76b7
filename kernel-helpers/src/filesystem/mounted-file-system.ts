/** A root file system with mounts over it: what a RUN works on (BuildKit executor/oci, executor/stubs.go). */

import { type Content, FileSystemError, type Snapshot, type WritableFileSystem } from "../platform/files";
import { cleanPath, dirName } from "../platform/paths";
import { Dir, Leaf, type Node } from "./nodes";
import { locate } from "./lookup";
import { rootPath } from "./root-path";
import { FileOpError } from "./syscalls";
import { TreeFileSystem, treeOf } from "./tree-file-system";

/** Something to be seen under a path while a command runs. */
export interface MountPoint {
  /** Absolute; links in it are followed inside the root. A missing mount point is made, and removed again afterwards. */
  readonly target: string;
  /**
   * A tree, or the content of one file, or (absent) an empty directory. Changes to a WritableFileSystem are written back to it by
   * `unmount`; changes to a Snapshot are dropped.
   */
  readonly source?: WritableFileSystem | Snapshot | Content;
  /** Mounts a socket (an agent's) instead of an empty directory; only without *source*. */
  readonly socket?: boolean;
  /** Path inside *source* that is mounted; default `/`. Throws FileSystemError ENOENT when it is missing. */
  readonly sourcePath?: string;
  /** Default: no. */
  readonly readonly?: boolean;
  /** Bytes that may be written below it; then ENOSPC. Default: no limit. */
  readonly size?: number;
  /** Attributes of a mounted file or empty directory. Default: 0o444 or 0o755 of 0:0. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Is a mount point that had to be made left behind (as runc leaves /proc, /sys and /dev)? Default: no. */
  readonly keepMountPoint?: boolean;
}

interface Attached {
  readonly mount: MountPoint;
  readonly path: string;
  /** What was there before. */
  readonly covered: Node;
  readonly root: Node;
}

/**
 * A root file system with mounts over it. Writes below a mount never reach *root*'s layer. Only one may be open on a file system
 * at a time.
 */
export class MountedFileSystem {
  /** The file system to run on. */
  readonly fs: WritableFileSystem;
  private readonly tree: TreeFileSystem;
  private readonly attached: Attached[] = [];
  /** Mount points that were made, in the order in which they are tried for removal. */
  private readonly stubs: string[] = [];
  /** Times of directories that in truth lie under the container's own /dev, /proc and /sys: mount points in them are made up there. */
  private readonly untouched = new Map<string, number>();

  /** *mounts* in the order in which they are made: parents before what is mounted inside them. */
  constructor(root: WritableFileSystem, mounts: readonly MountPoint[]) {
    if (!(root instanceof TreeFileSystem)) throw new TypeError("not a file system of src/filesystem");
    this.fs = this.tree = root;
    for (const mount of mounts) this.attach(mount);
  }

  /** Where the mounts are in place: links followed. */
  get points(): string[] {
    return this.attached.map(({ path }) => path);
  }

  /** Takes the mounts off, removes the mount points that were made and are still empty, writes changes of sources back. */
  unmount(): void {
    for (const { mount, path, covered, root } of this.attached.splice(0).reverse()) {
      this.tree.mounts.delete(root.inode);
      const place = this.placeOf(path, root);
      if (place === undefined) continue;
      const node = locate(this.tree.root, place, false).node as Node;
      this.tree.graft(place, covered);
      writeBack(mount, node);
    }
    // A directory that two of them are in goes when both are gone.
    const steps = (path: string): number => path.split("/").length;
    for (const path of this.stubs.splice(0).sort((a, b) => steps(b) - steps(a))) this.removeStub(path);
    for (const [path, mtime] of this.untouched) if (this.tree.lstat(path)) this.tree.utimes(path, mtime);
  }

  private attach(mount: MountPoint): void {
    const root = this.mountedNode(mount);
    const path = this.mountPoint(mount, root instanceof Dir);
    const covered = locate(this.tree.root, path, false).node as Node;
    this.tree.graft(path, root);
    this.tree.mounts.add(root.inode, {
      readonly: mount.readonly ?? false,
      bytesLeft: mount.size ?? Infinity,
    });
    this.attached.push({ mount, path, covered, root });
  }

  /** The content of the mount under an inode of its own, so that it can be found again. */
  private mountedNode(mount: MountPoint): Node {
    const { source } = mount;
    const owner = {};
    const inode = this.tree.newInode();
    const { uid = 0, gid = 0 } = mount;
    if (source === undefined) {
      const mtime = this.tree.now;
      if (mount.socket) {
        return new Leaf(
          inode,
          { type: "socket", mode: mount.mode ?? 0o600, uid, gid, mtime },
          undefined,
          1,
          owner,
        );
      }
      return new Dir(inode, { type: "dir", mode: mount.mode ?? 0o755, uid, gid, mtime }, new Map(), owner);
    }
    if ("read" in source) {
      const attributes = { type: "file", mode: mount.mode ?? 0o444, uid, gid, mtime: this.tree.now } as const;
      return new Leaf(inode, attributes, source, 1, owner);
    }
    const tree = treeOf("snapshot" in source ? source.snapshot() : source);
    const from = mount.sourcePath ?? "/";
    const { node } = locate(tree.root, from, true);
    if (node === undefined) throw new FileSystemError("ENOENT", from);
    return node instanceof Dir
      ? node.withInode(inode, owner)
      : new Leaf(inode, node.attributes, node.content, 1, owner);
  }

  /** Finds or makes the mount point, as runc does: missing directories 755, a missing file empty. */
  private mountPoint(mount: MountPoint, isDir: boolean): string {
    const { tree } = this;
    const target = cleanPath("/" + mount.target);
    const found = tree.realpath(target);
    if (found !== undefined) {
      const type = tree.lstat(found)?.type;
      if ((type === "dir") !== isDir) throw new FileSystemError(isDir ? "ENOTDIR" : "EISDIR", target);
      return found;
    }
    const path = this.resolve(target);
    const made: string[] = [];
    for (let p = path; tree.lstat(p) === undefined; p = dirName(p)) made.push(p);
    const above = dirName(made[made.length - 1] ?? path);
    if (/^\/(?:dev|proc|sys)(?:\/|$)/.test(above) && !this.untouched.has(above))
      this.untouched.set(above, tree.lstat(above)!.mtime);
    tree.mkdir(isDir ? path : dirName(path), { recursive: true });
    if (!isDir) tree.writeFile(path, "", { mode: 0o755 });
    if (!mount.keepMountPoint) this.stubs.push(...made);
    return path;
  }

  /** *target* with its links followed, those that lead to nothing too. */
  private resolve(target: string): string {
    try {
      return rootPath(this.tree, target);
    } catch (error) {
      if (error instanceof FileOpError) throw new FileSystemError("ENOTDIR", target);
      throw error;
    }
  }

  /** Where the mount is now: a command may have renamed a directory above it. */
  private placeOf(path: string, root: Node): string | undefined {
    const isIt = (node: Node | undefined): boolean => node?.inode === root.inode;
    try {
      if (isIt(locate(this.tree.root, path, false).node)) return path;
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
    }
    const search = (dir: Dir, prefix: string): string | undefined => {
      for (const name of dir.names()) {
        const node = dir.get(name);
        if (isIt(node)) return prefix + "/" + name;
        const found = node instanceof Dir ? search(node, prefix + "/" + name) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return search(this.tree.root, "");
  }

  private removeStub(path: string): void {
    const { tree } = this;
    const stat = tree.lstat(path);
    if (stat === undefined || tree.realpath(dirName(path)) !== dirName(path)) return;
    if (stat.type === "dir" ? tree.readdir(path).length > 0 : stat.size > 0) return;
    const parent = dirName(path);
    const mtime = tree.lstat(parent)?.mtime ?? tree.now;
    tree.remove(path);
    tree.utimes(parent, mtime);
  }
}

/** Gives a changeable source the tree that was mounted, as the command left it. */
function writeBack(mount: MountPoint, node: Node): void {
  const { source } = mount;
  if (source === undefined || "read" in source || !("snapshot" in source) || mount.readonly) return;
  if (!(source instanceof TreeFileSystem)) throw new TypeError("not a file system of src/filesystem");
  source.replace(mount.sourcePath ?? "/", node);
}
