/** The files of one layer as a tree, as image analysers stack them (wagoodman/dive v0.13.1, dive/filetree). */

/** One entry of a layer's tar. */
export interface LayerFile {
  /** With or without a slash at the start or end; whiteouts as in the tar: `tmp/.wh.big`. */
  readonly path: string;
  readonly size: number;
  readonly isDirectory: boolean;
}

const WHITEOUT = ".wh.";
/** Marks that are files of no kind: `.wh..wh..opq`. */
const MARK = ".wh..wh.";

export class TreeNode {
  readonly children = new Map<string, TreeNode>();
  size = 0;
  isDirectory = false;

  constructor(
    readonly name: string,
    readonly parent: TreeNode | undefined,
  ) {}

  get isWhiteout(): boolean {
    return this.name.startsWith(WHITEOUT);
  }

  /** Absolute, as the file is called that a whiteout hides. */
  get path(): string {
    if (!this.parent) return "";
    const name = this.isWhiteout ? this.name.slice(WHITEOUT.length) : this.name;
    return `${this.parent.path}/${name}`;
  }

  /** Every node below, children before their folder, in the order of the names. Stops when *visit* says false. */
  visit(visit: (node: TreeNode) => boolean): boolean {
    // Names are compared by bytes, as everything in an archive.
    for (const name of [...this.children.keys()].sort(byBytes)) {
      if (!this.children.get(name)!.visit(visit)) return false;
    }
    return !this.parent || visit(this);
  }

  find(path: string): TreeNode | undefined {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- where the walk begins
    let node: TreeNode | undefined = this;
    for (const name of namesOf(path)) node = node?.children.get(name);
    return node;
  }

  /** The node at *path*, made with its folders when it is not there; undefined for a mark. */
  add(path: string, size: number, isDirectory: boolean): TreeNode | undefined {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- where the walk begins
    let node: TreeNode = this;
    for (const name of namesOf(path)) {
      let child: TreeNode | undefined = node.children.get(name);
      if (!child) {
        if (name.startsWith(MARK)) return undefined;
        child = new TreeNode(name, node);
        node.children.set(name, child);
      }
      node = child;
    }
    if (node !== this) {
      node.size = size;
      node.isDirectory = isDirectory;
    }
    return node;
  }

  remove(path: string): void {
    const node = this.find(path);
    node?.parent?.children.delete(node.name);
  }
}

function namesOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

const encoder = new TextEncoder();

function byBytes(a: string, b: string): number {
  if (/^[\x00-\x7f]*$/.test(a + b)) return a < b ? -1 : a > b ? 1 : 0;
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

/** The tree of one layer. */
export function layerTree(files: readonly LayerFile[]): TreeNode {
  const root = new TreeNode("", undefined);
  for (const { path, size, isDirectory } of files) root.add(path, size, isDirectory);
  return root;
}

/** Puts *upper* on *lower*, which it changes. */
export function stackTree(lower: TreeNode, upper: TreeNode): void {
  upper.visit((node) => {
    if (node.isWhiteout) lower.remove(node.path);
    else lower.add(node.path, node.size, node.isDirectory);
    return true;
  });
}
