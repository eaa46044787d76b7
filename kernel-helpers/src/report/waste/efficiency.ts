/** How much of an image is stored more than once: the score that dive prints (wagoodman/dive v0.13.1, dive/filetree/efficiency.go). */

import { type LayerFile, layerTree, stackTree, TreeNode } from "./file-tree";

/** A path that stands in several layers. */
export interface WastedPath {
  readonly path: string;
  /** In how many layers it stands, whiteouts counted. */
  readonly count: number;
  /** Bytes of all its copies. */
  readonly bytes: number;
}

export interface Efficiency {
  /** 1 is best: the bytes of the smallest copy of every path, by the bytes of all copies. */
  readonly score: number;
  /** Bytes of all copies of the paths that stand in several layers. */
  readonly wastedBytes: number;
  /** Largest first, then by path. */
  readonly paths: readonly WastedPath[];
  readonly layerBytes: readonly number[];
}

interface Copies {
  count: number;
  bytes: number;
  smallest: number;
}

/** The score of *layers*, bottom first. */
export function efficiencyOf(layers: readonly (readonly LayerFile[])[]): Efficiency {
  const trees = layers.map(layerTree);
  const byPath = new Map<string, Copies>();
  const below = new TreeNode("", undefined);
  for (const tree of trees) {
    tree.visit((node) => {
      if (node.children.size > 0) return true;
      const { path } = node;
      const copies = byPath.get(path) ?? { count: 0, bytes: 0, smallest: Infinity };
      byPath.set(path, copies);
      let bytes = node.size;
      if (node.isWhiteout) {
        bytes = 0;
        const hidden = below.find(path);
        // A whiteout that hides nothing ends the look at its layer.
        if (!hidden) return false;
        if (hidden.isDirectory) hidden.visit(({ size }) => ((bytes += size), true));
      }
      copies.count++;
      copies.bytes += bytes;
      copies.smallest = Math.min(copies.smallest, bytes);
      return true;
    });
    stackTree(below, tree);
  }
  let smallest = 0;
  let all = 0;
  for (const copies of byPath.values()) {
    smallest += copies.count === 0 ? -1 : copies.smallest;
    all += copies.bytes;
  }
  const paths = [...byPath]
    .filter(([, { count }]) => count > 1)
    .map(([path, { count, bytes }]): WastedPath => ({ path, count, bytes }))
    .sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  return {
    score: all === 0 ? 1 : smallest / all,
    wastedBytes: paths.reduce((sum, { bytes }) => sum + bytes, 0),
    paths,
    layerBytes: layers.map((files) => files.reduce((sum, { size }) => sum + size, 0)),
  };
}
