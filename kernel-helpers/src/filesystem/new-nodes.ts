/** Rules for nodes that are new in a directory: names, attributes, what overlayfs copies when it moves. */

import { type CreateOptions, FileSystemError } from "../platform/files";
import { utf8Length } from "../platform/paths";
import { Dir, type Inode, Leaf, type Node } from "./nodes";

/**
 * *node* under its new name in *layer*. Overlayfs cannot move a directory of a layer below: `mv` copies it, so it is a new one, and a
 * file of several names becomes one of its own.
 */
export function movedNode(
  node: Node,
  layer: object,
  owner: object,
  newInode: () => Inode,
  copies = new Map<Leaf, Leaf>(),
): Node {
  if (node.inode.layer === layer) return node;
  if (node instanceof Leaf) {
    if (node.nlink === 1) return node;
    const copy = copies.get(node) ?? new Leaf(newInode(), node.attributes, node.content, 0, owner);
    copy.nlink++;
    copies.set(node, copy);
    return copy;
  }
  const entries = new Map<string, Node>();
  for (const name of node.names())
    entries.set(name, movedNode(node.get(name) as Node, layer, owner, newInode, copies));
  return new Dir(newInode(), node.attributes, entries, owner);
}

/** Linux's bounds of a name. */
export function checkName(name: string, path: string): void {
  if (name.includes("\0")) throw new FileSystemError("EINVAL", path);
  if (name.length > 84 && utf8Length(name) > 255) throw new FileSystemError("ENAMETOOLONG", path);
}

/** What a new entry gets that nothing else was said of. */
export function created(
  options: CreateOptions,
  mode: number,
  now: number,
): { mode: number; uid: number; gid: number; mtime: number } {
  return {
    mode: (options.mode ?? mode) & 0o7777,
    uid: options.uid ?? 0,
    gid: options.gid ?? 0,
    mtime: options.mtime ?? now,
  };
}
