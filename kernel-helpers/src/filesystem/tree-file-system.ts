/** A changeable file system over an immutable tree: copies a directory only when it is first changed after a snapshot. */

import {
  type Content,
  type CreateOptions,
  type FileAttributes,
  FileSystemError,
  type Snapshot,
  type WritableFileSystem,
} from "../platform/files";
import { cleanPath } from "../platform/paths";
import { toContent } from "./content";
import { locate, type Place, placePath, TreeReader } from "./lookup";
import { MountTable } from "./mount-table";
import { checkName, created, movedNode } from "./new-nodes";
import { Dir, type Inode, Leaf, type Node } from "./nodes";

/**
 * What a step works on. Overlayfs's rules hold: a file of a layer below that is changed through one of its names becomes a
 * file of its own, a directory made anew hides what was below it.
 */
export class TreeFileSystem extends TreeReader implements WritableFileSystem {
  /** Bytes that may still be written; then ENOSPC. Default: no limit. */
  bytesLeft = Infinity;
  /** What is mounted over the tree while a command runs. */
  readonly mounts = new MountTable();
  private owner: object = {};
  private readonly layer: object = {};

  /** Use `Snapshot.fork`. */
  constructor(
    private top: Dir,
    private nextIno: number,
    public now: number,
  ) {
    super();
  }

  get root(): Dir {
    return this.top;
  }

  snapshot(): Snapshot {
    this.owner = {};
    return new TreeSnapshot(this.top, this.nextIno);
  }

  writeFile(path: string, content: Content | Uint8Array | string, options: CreateOptions = {}): void {
    const place = locate(this.top, path, true);
    const data = toContent(content);
    const { node } = place;
    if (node === undefined) {
      this.spend(place, data.size, path);
      this.insert(place, path, this.newLeaf({ type: "file", ...created(options, 0o644, this.now) }, data));
      return;
    }
    if (node instanceof Dir) throw new FileSystemError("EISDIR", path);
    this.guard(place, path);
    if (node.attributes.type === "char" || node.attributes.type === "fifo") return;
    if (node.attributes.type !== "file") throw new FileSystemError("EPERM", path);
    this.spend(place, data.size, path);
    this.changeLeaf(place, (leaf) => {
      leaf.content = data;
      leaf.attributes = { ...leaf.attributes, mtime: options.mtime ?? this.now };
    });
  }

  mkdir(path: string, options: CreateOptions & { readonly recursive?: boolean } = {}): void {
    if (options.recursive) {
      this.makeAll(path, options);
      return;
    }
    const place = locate(this.top, path, false);
    if (place.node !== undefined) throw new FileSystemError("EEXIST", path);
    const attributes: FileAttributes = { type: "dir", ...created(options, 0o755, this.now) };
    this.insert(place, path, new Dir(this.newInode(), attributes, new Map(), this.owner));
  }

  private makeAll(path: string, options: CreateOptions): void {
    const parts = path.split("/").filter((part) => part !== "" && part !== ".");
    for (let i = 1; i <= parts.length; i++) {
      const prefix = "/" + parts.slice(0, i).join("/");
      const node = locate(this.top, prefix, true).node;
      if (node instanceof Leaf) throw new FileSystemError(i === parts.length ? "EEXIST" : "ENOTDIR", path);
      if (node === undefined) this.mkdir(prefix, { ...options, recursive: false });
    }
  }

  symlink(target: string, path: string, options: CreateOptions = {}): void {
    const place = locate(this.top, path, false);
    if (place.node !== undefined) throw new FileSystemError("EEXIST", path);
    if (target === "") throw new FileSystemError("ENOENT", path);
    const attributes: FileAttributes = {
      type: "symlink",
      ...created(options, 0o777, this.now),
      mode: 0o777,
      linkname: target,
    };
    this.insert(place, path, this.newLeaf(attributes, undefined));
  }

  mknod(path: string, attributes: FileAttributes): void {
    const place = locate(this.top, path, false);
    if (place.node !== undefined) throw new FileSystemError("EEXIST", path);
    const { type } = attributes;
    if (type === "dir" || type === "symlink") throw new FileSystemError("EINVAL", path);
    // Overlayfs marks deletions with this device and refuses to make one.
    if (type === "char" && (attributes.devmajor ?? 0) === 0 && (attributes.devminor ?? 0) === 0) {
      throw new FileSystemError("EPERM", path);
    }
    this.insert(place, path, this.newLeaf(attributes, undefined));
  }

  link(existing: string, path: string): void {
    const from = locate(this.top, existing, false);
    if (from.node === undefined) throw new FileSystemError("ENOENT", existing);
    if (from.node instanceof Dir) throw new FileSystemError("EPERM", existing);
    const to = locate(this.top, path, false);
    if (to.node !== undefined) throw new FileSystemError("EEXIST", path);
    if (this.mounts.of(from.dirs, from.node) !== this.mounts.of(to.dirs, undefined))
      throw new FileSystemError("EXDEV", path);
    this.guard(to, path);
    const leaf = this.changeLeaf(from, (file) => {
      file.nlink++;
    });
    // The directories may have been copied by the change above.
    this.insert(locate(this.top, path, false), path, leaf);
  }

  remove(path: string, options: { readonly recursive?: boolean } = {}): void {
    const place = locate(this.top, path, false);
    const { node } = place;
    if (node === undefined) throw new FileSystemError("ENOENT", path);
    if (place.name === "") throw new FileSystemError("EBUSY", path);
    if (node instanceof Dir && node.count > 0 && !options.recursive)
      throw new FileSystemError("ENOTEMPTY", path);
    this.guardName(place, path);
    this.refuseMounted(node, path);
    this.unlink(node);
    this.take(placePath(place));
  }

  /** Takes the name at *path* (links resolved) out of its directory. */
  private take(path: string): void {
    const place = locate(this.top, path, false);
    const dir = this.own(place);
    dir.delete(place.name);
    this.touch(dir);
  }

  rename(from: string, to: string): void {
    const source = locate(this.top, from, false);
    const target = locate(this.top, to, false);
    const { node } = source;
    if (node === undefined) throw new FileSystemError("ENOENT", from);
    if (source.name === "" || target.name === "") throw new FileSystemError("EBUSY", from);
    if (node === target.node) return;
    const fromPath = placePath(source);
    const toPath = placePath(target);
    if (node instanceof Dir && toPath.startsWith(fromPath + "/")) throw new FileSystemError("EINVAL", from);
    this.guardName(source, from);
    this.guardName(target, to);
    checkName(target.name, to);
    if (this.mounts.of(source.dirs, undefined) !== this.mounts.of(target.dirs, undefined))
      throw new FileSystemError("EXDEV", to);
    this.refuseMounted(node, from);
    const old = target.node;
    if (old !== undefined) {
      this.refuseMounted(old, to);
      if (old instanceof Dir) {
        if (!(node instanceof Dir)) throw new FileSystemError("EISDIR", to);
        if (old.count > 0) throw new FileSystemError("ENOTEMPTY", to);
      } else if (node instanceof Dir) throw new FileSystemError("ENOTDIR", to);
      this.unlink(old);
    }
    this.take(fromPath);
    const place = locate(this.top, toPath, false);
    const into = this.own(place);
    into.set(
      place.name,
      movedNode(node, this.layer, this.owner, () => this.newInode()),
    );
    this.touch(into);
  }

  chmod(path: string, mode: number): void {
    this.change(path, true, (attributes) => ({ ...attributes, mode: mode & 0o7777 }));
  }

  chown(path: string, uid: number, gid: number): void {
    this.change(path, false, (attributes) => {
      // The kernel takes setuid and setgid from a file that changes hands.
      let mode = attributes.mode;
      if (attributes.type === "file") mode &= mode & 0o010 ? ~0o6000 : ~0o4000;
      // (uid_t)-1 leaves the owner as it is.
      const owner = (id: number, old: number): number => (id === 0xffffffff ? old : id);
      return { ...attributes, uid: owner(uid, attributes.uid), gid: owner(gid, attributes.gid), mode };
    });
  }

  utimes(path: string, mtime: number): void {
    this.change(path, false, (attributes) => ({ ...attributes, mtime }));
  }

  setxattr(path: string, name: string, value: Uint8Array | undefined): void {
    this.change(path, false, (attributes) => {
      const { xattrs, ...rest } = attributes;
      const all: Record<string, Uint8Array> = { ...xattrs };
      if (value === undefined) delete all[name];
      else all[name] = value;
      return Object.keys(all).length === 0 ? rest : { ...rest, xattrs: all };
    });
  }

  /** Puts *node* at *place* (or takes it away) without touching times: for mounts. */
  graft(path: string, node: Node | undefined): void {
    const place = locate(this.top, path, false);
    if (place.name === "") throw new FileSystemError("EBUSY", path);
    const dir = this.own(place);
    if (node === undefined) dir.delete(place.name);
    else dir.set(place.name, node);
  }

  /** Puts a tree of another file system at *path* (which exists), under this file system's inode of it. */
  replace(path: string, node: Node): void {
    this.owner = {};
    if (cleanPath(path) !== "/") {
      const place = locate(this.top, path, true);
      this.own(place).set(place.name, node);
    } else if (node instanceof Dir) this.top = node.withInode(this.top.inode, this.owner);
  }

  /** A new inode of this layer. */
  newInode(): Inode {
    return { ino: this.nextIno++, layer: this.layer };
  }

  private newLeaf(attributes: FileAttributes, content: Content | undefined): Leaf {
    return new Leaf(this.newInode(), attributes, content, 1, this.owner);
  }

  private insert(place: Place, path: string, node: Node): void {
    this.guard(place, path);
    checkName(place.name, path);
    const dir = this.own(place);
    dir.set(place.name, node);
    this.touch(dir);
  }

  private touch(dir: Dir): void {
    dir.attributes = { ...dir.attributes, mtime: this.now };
  }

  private spend(place: Place, bytes: number, path: string): void {
    const mount = this.mounts.of(place.dirs, place.node);
    if (bytes > this.bytesLeft || (mount && bytes > mount.bytesLeft))
      throw new FileSystemError("ENOSPC", path);
    this.bytesLeft -= bytes;
    if (mount) mount.bytesLeft -= bytes;
  }

  /** Refuses changes of a directory's list below a read-only mount: that of a mount point belongs to what is around it. */
  private guardName(place: Place, path: string): void {
    if (this.mounts.of(place.dirs, undefined)?.readonly) throw new FileSystemError("EROFS", path);
  }

  /** Refuses changes below a read-only mount. */
  private guard(place: Place, path: string): void {
    if (this.mounts.of(place.dirs, place.node)?.readonly) throw new FileSystemError("EROFS", path);
  }

  private refuseMounted(node: Node, path: string): void {
    if (this.mounts.isEmpty) return;
    if (this.mounts.has(node)) throw new FileSystemError("EBUSY", path);
    if (node instanceof Dir) for (const child of node.nodes()) this.refuseMounted(child, path);
  }

  /** The directory that holds *place*, copied (with those above it) where a snapshot has it. */
  private own(place: Place): Dir {
    let parent: Dir | undefined;
    for (let i = 0; i < place.dirs.length; i++) {
      let dir = place.dirs[i] as Dir;
      if (dir.owner !== this.owner) {
        dir = dir.copyFor(this.owner);
        place.dirs[i] = dir;
        if (parent === undefined) this.top = dir;
        else parent.set(place.names[i - 1] as string, dir);
      }
      parent = dir;
    }
    return parent as Dir;
  }

  private change(path: string, follow: boolean, next: (attributes: FileAttributes) => FileAttributes): void {
    const place = locate(this.top, path, follow);
    const { node } = place;
    if (node === undefined) throw new FileSystemError("ENOENT", path);
    this.guard(place, path);
    if (node instanceof Leaf) {
      this.changeLeaf(place, (leaf) => {
        leaf.attributes = next(leaf.attributes);
      });
      return;
    }
    const dirs = place.name === "" ? place.dirs : [...place.dirs, node];
    const names = place.name === "" ? place.names : [...place.names, place.name];
    const dir = this.own({ dirs, names, name: "", node });
    dir.attributes = next(dir.attributes);
  }

  /** Changes a leaf: in place, or copied up as overlayfs does, which parts it from its other names. */
  private changeLeaf(place: Place, change: (leaf: Leaf) => void): Leaf {
    const old = place.node as Leaf;
    if (old.owner === this.owner) {
      change(old);
      return old;
    }
    const mine = old.inode.layer === this.layer;
    const leaf = new Leaf(
      mine ? old.inode : this.newInode(),
      old.attributes,
      old.content,
      mine ? old.nlink : 1,
      this.owner,
    );
    change(leaf);
    if (mine && old.nlink > 1) this.replaceEverywhere(old, leaf);
    else this.own(place).set(place.name, leaf);
    return leaf;
  }

  /** A file with several names that was made by this layer before a snapshot: every name gets the new node. */
  private replaceEverywhere(old: Leaf, leaf: Leaf): void {
    const paths: string[] = [];
    const visit = (dir: Dir, path: string): void => {
      for (const name of dir.names()) {
        const node = dir.get(name);
        if (node === old) paths.push(path + "/" + name);
        else if (node instanceof Dir) visit(node, path + "/" + name);
      }
    };
    visit(this.top, "");
    for (const path of paths) {
      const place = locate(this.top, path, false);
      this.own(place).set(place.name, leaf);
    }
  }

  /** Counts the names of what is removed; only files of this layer are counted exactly, as in overlayfs. */
  private unlink(node: Node): void {
    if (node instanceof Dir) {
      for (const child of node.nodes()) this.unlink(child);
    } else if (node.nlink > 1 && node.inode.layer === this.layer) {
      if (node.owner === this.owner) node.nlink--;
      else
        this.replaceEverywhere(
          node,
          new Leaf(node.inode, node.attributes, node.content, node.nlink - 1, this.owner),
        );
    }
  }
}

/** An immutable tree: the snapshot that all of this folder makes. */
export class TreeSnapshot extends TreeReader implements Snapshot {
  constructor(
    readonly root: Dir,
    /** The first inode number that is free. */
    readonly nextIno: number,
  ) {
    super();
  }

  fork(now: number): TreeFileSystem {
    return new TreeFileSystem(this.root, this.nextIno, now);
  }

  identity(path: string): object | undefined {
    return this.find(path, false)?.node;
  }
}

/** The tree behind *snapshot*. Throws a TypeError for a snapshot that this folder did not make. */
export function treeOf(snapshot: Snapshot): TreeSnapshot {
  if (snapshot instanceof TreeSnapshot) return snapshot;
  throw new TypeError("not a snapshot of src/filesystem");
}
