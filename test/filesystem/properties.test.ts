/** Properties over random operations: the tree behaves as a simple map, layers put on their base give the tree again. */

import assert from "node:assert/strict";
import fc from "fast-check";

import {
  applyLayer,
  buildSnapshot,
  diffLayers,
  diffTrees,
  emptySnapshot,
  hashLayer,
  layerTarBytes,
  readTar,
} from "../../kernel-helpers/src/filesystem";
import {
  FileSystemError,
  type ReadableFileSystem,
  type Snapshot,
  type WritableFileSystem,
} from "../../kernel-helpers/src/platform/files";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { dirName } from "../../kernel-helpers/src/platform/paths";

const name = fc.constantFrom("a", "b", "c", "é", ".x", "a-b");
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => "/" + parts.join("/"));
const mode = fc.constantFrom(0o644, 0o755, 0o600, 0o4755);

type Op =
  | { op: "write"; path: string; data: string }
  | { op: "mkdir" | "remove" | "rm"; path: string }
  | { op: "symlink"; path: string; to: string }
  | { op: "rename" | "link"; path: string; to: string }
  | { op: "chmod"; path: string; mode: number }
  | { op: "snapshot" };

const operation: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("write" as const),
      path,
      data: fc.constantFrom("", "x", "longer"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constantFrom("mkdir" as const, "remove" as const, "rm" as const), path }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      op: fc.constant("symlink" as const),
      path,
      to: fc.constantFrom("/a", "b", "../c", "nowhere"),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constantFrom("rename" as const, "link" as const), path, to: path }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("chmod" as const), path, mode }) },
  { weight: 1, arbitrary: fc.constant({ op: "snapshot" as const }) },
);
const operations = fc.array(operation, { maxLength: 25 });

/** Does one operation; what is refused is refused. */
function perform(fs: WritableFileSystem, op: Op): string {
  try {
    if (op.op === "write") fs.writeFile(op.path, op.data);
    else if (op.op === "mkdir") fs.mkdir(op.path);
    else if (op.op === "remove") fs.remove(op.path);
    else if (op.op === "rm") fs.remove(op.path, { recursive: true });
    else if (op.op === "symlink") fs.symlink(op.to, op.path);
    else if (op.op === "rename") fs.rename(op.path, op.to);
    else if (op.op === "link") fs.link(op.path, op.to);
    else if (op.op === "chmod") fs.chmod(op.path, op.mode);
    else fs.snapshot();
    return "ok";
  } catch (error) {
    if (error instanceof FileSystemError) return error.code;
    throw error;
  }
}

interface Shown {
  path: string;
  type: string;
  mode: number;
  data?: string;
  to?: string;
}

function show(fs: ReadableFileSystem): Shown[] {
  const out: Shown[] = [];
  const visit = (dir: string): void => {
    for (const child of fs.readdir(dir || "/")) {
      const at = `${dir}/${child}`;
      const stat = fs.lstat(at);
      if (!stat) continue;
      out.push({
        path: at,
        type: stat.type,
        mode: stat.mode,
        ...(stat.type === "file" && { data: new TextDecoder().decode(fs.readFile(at).read()) }),
        ...(stat.type === "symlink" && { to: stat.linkname ?? "" }),
      });
      if (stat.type === "dir") visit(at);
    }
  };
  visit("");
  return out;
}

/** A file system as a map from path to entry, without links and layers: what the tree must agree with where there are none. */
class MapModel {
  private readonly entries = new Map<string, { dir: boolean; data: string; mode: number }>([
    ["/", { dir: true, data: "", mode: 0o755 }],
  ]);

  perform(op: Op): string {
    if (op.op === "snapshot" || op.op === "symlink" || op.op === "link") return "ok";
    const entry = this.entries.get(op.path);
    // As in Linux, both directories of a rename are looked for before what is in them.
    const trouble = this.trouble(op.path) ?? (op.op === "rename" ? this.trouble(op.to) : undefined);
    if (trouble) return trouble;
    if (op.op === "write") {
      if (entry?.dir) return "EISDIR";
      this.entries.set(op.path, { dir: false, data: op.data, mode: entry?.mode ?? 0o644 });
    } else if (op.op === "mkdir") {
      if (entry) return "EEXIST";
      this.entries.set(op.path, { dir: true, data: "", mode: 0o755 });
    } else if (!entry) return "ENOENT";
    else if (op.op === "chmod") entry.mode = op.mode;
    else if (op.op === "rename") return this.rename(op.path, op.to);
    else {
      if (op.op === "remove" && this.below(op.path).length > 0) return "ENOTEMPTY";
      for (const inner of this.below(op.path)) this.entries.delete(inner);
      this.entries.delete(op.path);
    }
    return "ok";
  }

  private rename(from: string, to: string): string {
    if (from === to) return "ok";
    const entry = this.entries.get(from)!;
    const old = this.entries.get(to);
    if (entry.dir && to.startsWith(from + "/")) return "EINVAL";
    if (old?.dir && !entry.dir) return "EISDIR";
    if (old?.dir && this.below(to).length > 0) return "ENOTEMPTY";
    if (old && !old.dir && entry.dir) return "ENOTDIR";
    for (const inner of [from, ...this.below(from)]) {
      const moved = this.entries.get(inner)!;
      this.entries.delete(inner);
      this.entries.set(to + inner.slice(from.length), moved);
    }
    return "ok";
  }

  private trouble(at: string): string | undefined {
    let first: string | undefined;
    for (let dir = dirName(at); dir !== "/"; dir = dirName(dir)) {
      const entry = this.entries.get(dir);
      if (!entry) first = "ENOENT";
      else if (!entry.dir) first = "ENOTDIR";
    }
    return first;
  }

  private below(dir: string): string[] {
    return [...this.entries.keys()].filter((at) => at.startsWith(dir + "/"));
  }

  show(): Shown[] {
    return [...this.entries]
      .filter(([at]) => at !== "/")
      .map(([at, { dir, data, mode: bits }]) => ({
        path: at,
        type: dir ? "dir" : "file",
        mode: bits,
        ...(!dir && { data }),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

const runs = { numRuns: 300, seed: 20241124 };

function layered(first: readonly Op[], second: readonly Op[]): { lower: Snapshot; upper: Snapshot } {
  const below = emptySnapshot(1).fork(10);
  for (const op of first) perform(below, op);
  const lower = below.snapshot();
  const fs = lower.fork(20);
  for (const op of second) perform(fs, op);
  return { lower, upper: fs.snapshot() };
}

describe("properties of file systems", () => {
  it("a tree without links agrees with a map", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const fs = emptySnapshot().fork(1);
        const model = new MapModel();
        for (const op of ops.filter(({ op: kind }) => kind !== "symlink" && kind !== "link")) {
          assert.equal(perform(fs, op), model.perform(op), JSON.stringify(op));
        }
        assert.deepEqual(
          show(fs).sort((a, b) => (a.path < b.path ? -1 : 1)),
          model.show(),
        );
      }),
      runs,
    );
  });

  it("nothing done later reaches a snapshot", () => {
    fc.assert(
      fc.property(operations, operations, (first, second) => {
        const fs = emptySnapshot().fork(1);
        for (const op of first) perform(fs, op);
        const snapshot = fs.snapshot();
        const before = show(snapshot);
        for (const op of second) perform(fs, op);
        const fork = snapshot.fork(2);
        for (const op of second) perform(fork, op);
        assert.deepEqual(show(snapshot), before);
      }),
      runs,
    );
  });

  it("snapshots in between change nothing", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const plain = emptySnapshot().fork(1);
        const cut = emptySnapshot().fork(1);
        for (const op of ops) {
          assert.equal(perform(cut, op), perform(plain, op));
          cut.snapshot();
        }
        assert.deepEqual(show(cut), show(plain));
      }),
      runs,
    );
  });

  it("apply(base, diff(base, tree)) is the tree, through its tar too", () => {
    fc.assert(
      fc.property(operations, operations, (first, second) => {
        const { lower, upper } = layered(first, second);
        for (const entries of [diffLayers(lower, upper), diffTrees(lower, upper)]) {
          assert.deepEqual(show(applyLayer(lower, entries)), show(upper));
          const tar = layerTarBytes(entries);
          assert.equal(tar.length % 512, 0);
          const read = [...readTar(tar)];
          assert.deepEqual(show(applyLayer(lower, read)), show(upper));
          assert.deepEqual(hashLayer(nodePlatform, read), hashLayer(nodePlatform, entries));
        }
      }),
      runs,
    );
  });

  it("an unchanged fork is an empty layer", () => {
    fc.assert(
      fc.property(operations, (ops) => {
        const { lower } = layered(ops, []);
        assert.deepEqual(diffLayers(lower, lower.fork(30).snapshot()), []);
        assert.deepEqual(diffLayers(lower, lower), []);
      }),
      runs,
    );
  });

  it("random bytes are never more than a TarError", () => {
    const base = layerTarBytes(
      diffLayers(emptySnapshot(), buildSnapshot([{ path: "d/한글", type: "file", content: "data" }])),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const bytes = base.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          applyLayer(emptySnapshot(), readTar(bytes));
        } catch (error) {
          assert.equal((error as Error).name, "TarError");
        }
      }),
      { numRuns: 2000, seed: 7 },
    );
  });
});
