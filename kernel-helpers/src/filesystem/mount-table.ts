/** Which nodes of a running file system are mounts: where writes are refused, counted, or kept out of the layer. */

import type { Dir, Inode, Node } from "./nodes";

/** One mount in place. */
export interface Mounted {
  readonly readonly: boolean;
  /** Bytes that may still be written below it. */
  bytesLeft: number;
}

/** The mounts of one file system, by the inode of what is mounted. */
export class MountTable {
  private readonly byInode = new Map<Inode, Mounted>();

  get isEmpty(): boolean {
    return this.byInode.size === 0;
  }

  add(inode: Inode, mounted: Mounted): void {
    this.byInode.set(inode, mounted);
  }

  delete(inode: Inode): void {
    this.byInode.delete(inode);
  }

  /** Is *node* itself a mount point's content? */
  has(node: Node): boolean {
    return this.byInode.has(node.inode);
  }

  /** The mount that *node* (in the last of *dirs*) is in, or undefined for the root file system. */
  of(dirs: readonly Dir[], node: Node | undefined): Mounted | undefined {
    if (this.byInode.size === 0) return undefined;
    const own = node && this.byInode.get(node.inode);
    if (own) return own;
    for (let i = dirs.length - 1; i >= 0; i--) {
      const mounted = this.byInode.get((dirs[i] as Dir).inode);
      if (mounted) return mounted;
    }
    return undefined;
  }
}
