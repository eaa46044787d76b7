/** What a layer changed, as a walk over both trees meets it (BuildKit util/overlay/overlay_linux.go, containerd continuity fs/diff.go). */

import type { Snapshot } from "../platform/files";
import { compareBytes } from "../platform/paths";
import { chunksOf } from "./content";
import { Dir, Leaf, type Node } from "./nodes";
import { treeOf } from "./tree-file-system";

/** One step of the walk; *path* is relative without a slash at its end. */
export interface Change {
  /** `unmodified`: a file with several names that another change may have to link to. */
  readonly kind: "add" | "modify" | "delete" | "unmodified";
  readonly path: string;
  /** The entry above; undefined for a deletion. */
  readonly node: Node | undefined;
}

/** The changes of *upper*, which was forked from *lower*, as overlayfs's upper directory shows them. */
export function* overlayChanges(lower: Snapshot, upper: Snapshot): Generator<Change> {
  yield* overlayWalk(treeOf(lower).root, treeOf(upper).root, "");
}

/** The changes between two trees that need not be related: containerd's differ for stores without overlayfs. */
export function* walkingChanges(lower: Snapshot, upper: Snapshot): Generator<Change> {
  yield* doubleWalk(treeOf(lower).root, treeOf(upper).root, "");
}

function* overlayWalk(lower: Dir, upper: Dir, prefix: string): Generator<Change> {
  if (lower === upper) return;
  for (const name of touchedNames(lower, upper)) {
    const below = lower.get(name);
    const node = upper.get(name);
    const path = prefix + name;
    if (node === undefined) {
      yield { kind: "delete", path, node };
      continue;
    }
    if (below === undefined) yield { kind: "add", path, node };
    else if (!sameEntry(below, node)) yield { kind: "modify", path, node };
    if (!(node instanceof Dir)) continue;
    if (below instanceof Dir && below.inode === node.inode) yield* overlayWalk(below, node, path + "/");
    // A directory made anew is opaque: what is below it is compared name by name.
    else yield* doubleWalk(below instanceof Dir ? below : undefined, node, path + "/");
  }
}

function* doubleWalk(lower: Dir | undefined, upper: Dir, prefix: string): Generator<Change> {
  for (const name of lower ? bothNames(lower, upper) : upper.names()) {
    const below = lower?.get(name);
    const node = upper.get(name);
    const path = prefix + name;
    if (node === undefined) {
      yield { kind: "delete", path, node };
      continue;
    }
    if (below === undefined) yield { kind: "add", path, node };
    else if (!sameEntry(below, node)) yield { kind: "modify", path, node };
    else if (node instanceof Leaf && node.nlink > 1) yield { kind: "unmodified", path, node };
    if (node instanceof Dir) yield* doubleWalk(below instanceof Dir ? below : undefined, node, path + "/");
  }
}

/** The names that the two do not have in common, in byte order. The same node means that the layer never touched it: it is not in the upper directory. */
function touchedNames(lower: Dir, upper: Dir): readonly string[] {
  const names: string[] = [];
  let added = 0;
  upper.forEach((node, name) => {
    const below = lower.get(name);
    if (below === undefined) added++;
    if (below !== node) names.push(name);
  });
  if (lower.count + added > upper.count)
    lower.forEach((_, name) => {
      if (upper.get(name) === undefined) names.push(name);
    });
  return names.length > 1 ? names.sort(compareBytes) : names;
}

/** The names of both, each once, in byte order. */
function bothNames(lower: Dir, upper: Dir): readonly string[] {
  const below = lower.names();
  const above = upper.names();
  const names: string[] = [];
  let i = 0;
  let k = 0;
  while (i < below.length || k < above.length) {
    const a = below[i];
    const b = above[k];
    const order = a === undefined ? 1 : b === undefined ? -1 : compareBytes(a, b);
    names.push((order <= 0 ? a : b) as string);
    if (order <= 0) i++;
    if (order >= 0) k++;
  }
  return names;
}

/** Would the differ call the two entries the same (sameDirent)? Of directories the time does not count. */
function sameEntry(a: Node, b: Node): boolean {
  if (a === b) return true;
  const x = a.attributes;
  const y = b.attributes;
  if (x.type !== y.type || x.mode !== y.mode || x.uid !== y.uid || x.gid !== y.gid) return false;
  if ((x.devmajor ?? 0) !== (y.devmajor ?? 0) || (x.devminor ?? 0) !== (y.devminor ?? 0)) return false;
  if (!sameBytes(x.xattrs?.["security.capability"], y.xattrs?.["security.capability"])) return false;
  if (a instanceof Dir || b instanceof Dir) return true;
  if (a.size !== b.size || x.mtime !== y.mtime) return false;
  // A time with a fraction is trusted; one without may have been cut off, so the bytes are compared.
  if (!Number.isInteger(x.mtime)) return true;
  return x.type === "symlink" ? x.linkname === y.linkname : sameContent(a, b);
}

function sameContent(a: Leaf, b: Leaf): boolean {
  const x = a.content;
  const y = b.content;
  if (x === y || a.size === 0 || x === undefined || y === undefined) return true;
  if (x.digest !== undefined && y.digest !== undefined) return x.digest === y.digest;
  if (x.chunks === undefined && y.chunks === undefined) return sameBytes(x.read(), y.read());
  return sameChunks(chunksOf(x)[Symbol.iterator](), chunksOf(y)[Symbol.iterator]());
}

function sameChunks(a: Iterator<Uint8Array>, b: Iterator<Uint8Array>): boolean {
  let x: Uint8Array = new Uint8Array(0);
  let y: Uint8Array = new Uint8Array(0);
  for (;;) {
    while (x.length === 0) {
      const next = a.next();
      if (next.done) break;
      x = next.value;
    }
    while (y.length === 0) {
      const next = b.next();
      if (next.done) break;
      y = next.value;
    }
    const length = Math.min(x.length, y.length);
    if (length === 0) return x.length === y.length;
    if (!sameBytes(x.subarray(0, length), y.subarray(0, length))) return false;
    x = x.subarray(length);
    y = y.subarray(length);
  }
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === b) return true;
  if ((a?.length ?? 0) !== (b?.length ?? 0)) return false;
  if (a === undefined || b === undefined) return true;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
