/** A layer's entries in the order of its tar (containerd pkg/archive/tar.go ChangeWriter). */

import type { Snapshot } from "../platform/files";
import { type Change, overlayChanges, walkingChanges } from "./layer-changes";
import { type LayerEntry, WHITEOUT_PREFIX } from "./layer-entry";
import { Dir, type Inode, type Node } from "./nodes";
import { treeOf } from "./tree-file-system";

/** What *upper* (a fork of *lower*) changed, as BuildKit's overlay differ writes it. */
export function diffLayers(lower: Snapshot, upper: Snapshot): LayerEntry[] {
  return new ChangeWriter(treeOf(upper).root).write(overlayChanges(lower, upper));
}

/** What differs between two trees, as containerd's double-walk differ writes it: for stores without overlayfs. */
export function diffTrees(lower: Snapshot, upper: Snapshot): LayerEntry[] {
  return new ChangeWriter(treeOf(upper).root).write(walkingChanges(lower, upper));
}

class ChangeWriter {
  private readonly entries: LayerEntry[] = [];
  private readonly addedDirs = new Set<string>();
  /** The name under which a file with several names was written. */
  private readonly sources = new Map<Inode, string>();
  /** Unchanged names of files with several names, to be written as links when the file itself is. */
  private readonly waiting = new Map<Inode, string[]>();

  constructor(private readonly root: Dir) {}

  write(changes: Iterable<Change>): LayerEntry[] {
    for (const { kind, path, node } of changes) {
      if (node === undefined) this.whiteout(path);
      else this.entry(kind, path, node);
    }
    return this.entries;
  }

  private whiteout(path: string): void {
    const slash = path.lastIndexOf("/") + 1;
    const name = path.slice(0, slash) + WHITEOUT_PREFIX + path.slice(slash);
    this.push(name, { name, type: "file", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0, whiteout: true });
  }

  private entry(kind: Change["kind"], path: string, node: Node): void {
    const { type } = node.attributes;
    if (type === "socket") return;
    const entry = entryOf(path, node);
    if (node instanceof Dir || node.nlink < 2) {
      if (kind === "unmodified") return;
      this.push(path, node instanceof Dir || type !== "file" ? entry : withContent(entry, node.content));
      return;
    }
    const source = this.sources.get(node.inode);
    if (source !== undefined) {
      this.push(path, linkTo(entry, path, source));
      return;
    }
    if (kind === "unmodified") {
      const names = this.waiting.get(node.inode);
      if (names) names.push(path);
      else this.waiting.set(node.inode, [path]);
      return;
    }
    this.sources.set(node.inode, path);
    this.push(path, type === "file" ? withContent(entry, node.content) : entry);
    for (const name of this.waiting.get(node.inode) ?? []) this.push(name, linkTo(entry, name, path));
    this.waiting.delete(node.inode);
  }

  /** Writes an entry behind those of its parents, each of which comes once whether changed or not. */
  private push(path: string, entry: LayerEntry): void {
    const slash = path.lastIndexOf("/");
    const parent = path.slice(0, Math.max(slash, 0));
    if (slash > 0 && !this.addedDirs.has(parent)) {
      this.addedDirs.add(parent);
      const node = this.find(parent);
      if (node) this.entry("modify", parent, node);
    }
    if (entry.type === "dir") this.addedDirs.add(path);
    this.entries.push(entry);
  }

  private find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const name of path.split("/")) node = node instanceof Dir ? node.get(name) : undefined;
    return node;
  }
}

function entryOf(path: string, node: Node): LayerEntry {
  const { type, mode, uid, gid, mtime, xattrs, linkname, devmajor, devminor } = node.attributes;
  const name = node instanceof Dir ? path + "/" : path;
  const size = node instanceof Dir || type !== "file" ? 0 : node.size;
  // Written out, not spread: most entries are no more than this.
  const entry = { name, type: type as LayerEntry["type"], mode, uid, gid, size, mtime: Math.floor(mtime) };
  const capability = xattrs?.["security.capability"];
  if (linkname === undefined && devmajor === undefined && devminor === undefined && !capability) return entry;
  return {
    ...entry,
    ...(linkname !== undefined && { linkname }),
    ...(devmajor !== undefined && { devmajor }),
    ...(devminor !== undefined && { devminor }),
    ...(capability && capability.length > 0 && { xattrs: { "security.capability": capability } }),
  };
}

function withContent(entry: LayerEntry, content: LayerEntry["content"]): LayerEntry {
  return content ? { ...entry, content } : entry;
}

function linkTo(entry: LayerEntry, name: string, source: string): LayerEntry {
  return { ...entry, name, type: "hardlink", size: 0, linkname: source };
}
