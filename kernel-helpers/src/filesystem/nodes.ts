/** The nodes of a file tree: immutable once a snapshot holds them, changed in place only by the file system that made them. */

import type { Content, FileAttributes, FileStat } from "../platform/files";
import { compareBytes, utf8Length } from "../platform/paths";

/**
 * The identity of a file or directory. It outlives copies of the node: a directory that a layer only touched keeps its inode,
 * one that was removed and made again has another (what overlayfs marks as opaque).
 */
export interface Inode {
  readonly ino: number;
  /** The layer (fork) that made it. */
  readonly layer: object;
}

/** A file, link, device or pipe. Hard links are one Leaf under several names. */
export class Leaf {
  constructor(
    readonly inode: Inode,
    public attributes: FileAttributes,
    public content: Content | undefined,
    public nlink: number,
    /** Who may change this node in place. */
    readonly owner: object,
  ) {}

  get size(): number {
    if (this.attributes.type === "file") return this.content?.size ?? 0;
    return this.attributes.type === "symlink" ? utf8Length(this.attributes.linkname ?? "") : 0;
  }

  stat(): FileStat {
    return statOf(this.attributes, this.size, this.inode.ino, this.nlink);
  }
}

/** A directory. */
export class Dir {
  private sorted: readonly string[] | undefined;

  constructor(
    readonly inode: Inode,
    public attributes: FileAttributes,
    private readonly entries: Map<string, Node>,
    /** Who may change this node in place. */
    readonly owner: object,
  ) {}

  get count(): number {
    return this.entries.size;
  }

  get(name: string): Node | undefined {
    return this.entries.get(name);
  }

  set(name: string, node: Node): void {
    if (!this.entries.has(name)) this.sorted = undefined;
    this.entries.set(name, node);
  }

  delete(name: string): void {
    if (this.entries.delete(name)) this.sorted = undefined;
  }

  /** Names in byte order. */
  names(): readonly string[] {
    return (this.sorted ??= [...this.entries.keys()].sort(compareBytes));
  }

  /** Visits nodes and names, in no order. */
  forEach(visit: (node: Node, name: string) => void): void {
    this.entries.forEach(visit);
  }

  nodes(): Iterable<Node> {
    return this.entries.values();
  }

  /** The same directory (same inode) for another owner. */
  copyFor(owner: object): Dir {
    return this.withInode(this.inode, owner);
  }

  /** Its entries and attributes under another inode. */
  withInode(inode: Inode, owner: object): Dir {
    const entries = new Map<string, Node>();
    // A third faster than handing the map to the constructor.
    this.entries.forEach((node, name) => entries.set(name, node));
    const copy = new Dir(inode, this.attributes, entries, owner);
    copy.sorted = this.sorted;
    return copy;
  }

  stat(): FileStat {
    return statOf(this.attributes, 0, this.inode.ino, 1);
  }
}

export type Node = Leaf | Dir;

/** Written out, not spread: this is called for every entry of every walk. */
function statOf(attributes: FileAttributes, size: number, ino: number, nlink: number): FileStat {
  const { type, mode, uid, gid, mtime } = attributes;
  const stat = { type, mode, uid, gid, mtime, size, ino, nlink };
  if (type === "file" && attributes.xattrs === undefined) return stat;
  return { ...attributes, ...stat };
}
