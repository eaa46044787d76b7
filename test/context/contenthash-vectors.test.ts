/** Every digest of vectors/contenthash.json. */

import assert from "node:assert/strict";

import {
  ContentHasher,
  recordDigest,
  recordHeader,
  type Selector,
  transferContext,
} from "../../kernel-helpers/src/context";
import { buildSnapshot, contentOf } from "../../kernel-helpers/src/filesystem";
import type { FileStat } from "../../kernel-helpers/src/platform/files";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { treeEntry, treeOf, type VectorFile } from "../filesystem/trees";
import { readVectors } from "../filesystem/vectors";

interface Query {
  path?: string;
  follow?: boolean;
  wildcard?: boolean;
  include?: string[];
  exclude?: string[];
  required?: string[];
  digest?: string;
  error?: string;
}

interface Case {
  id: string;
  kind: "record" | "tree";
  note?: string;
  file?: VectorFile;
  digest?: string;
  snapshotDigest?: string;
  source?: "context" | "snapshot";
  tree?: VectorFile[];
  queries?: Query[];
  selectors?: { selectors?: Query[]; digest?: string; error?: string }[];
  transferBytes?: number;
}

const { cases } = readVectors<{
  cases: Case[];
}>("contenthash");

function selector(query: Query): Selector {
  return {
    path: query.path ?? "",
    followLinks: query.follow ?? false,
    wildcard: query.wildcard ?? false,
    includePatterns: query.include ?? [],
    excludePatterns: query.exclude ?? [],
    requiredPaths: query.required ?? [],
  };
}

function answer(run: () => string): { digest?: string; error?: string } {
  try {
    return { digest: run() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function checkRecord(c: Case): void {
  const file = c.file as VectorFile;
  const entry = treeEntry(file);
  const content = contentOf((file.data ?? "").repeat(file.repeat ?? 1));
  const stat: FileStat = {
    type: entry.type,
    mode: entry.mode ?? (file.t === "d" ? 0o755 : 0o644),
    uid: entry.uid ?? 0,
    gid: entry.gid ?? 0,
    mtime: 0,
    size: content.size,
    ino: 1,
    nlink: 1,
    linkname: file.to ?? "",
    devmajor: entry.devmajor ?? 0,
    devminor: entry.devminor ?? 0,
    ...(entry.xattrs && { xattrs: entry.xattrs }),
  };
  assert.equal(recordDigest(nodePlatform, recordHeader(stat, true), content), c.digest);
  assert.equal(recordDigest(nodePlatform, recordHeader(stat, false), content), c.snapshotDigest ?? c.digest);
}

function checkTree(c: Case): void {
  const tree = treeOf(c.tree ?? []);
  let input: ConstructorParameters<typeof ContentHasher>[1] = tree;
  if (c.source === "context") {
    // The recorder received into a directory of mode 700; it shows only while nothing has come.
    const previous = buildSnapshot([{ path: "/", type: "dir", mode: 0o700 }]);
    const result = transferContext({ source: tree, previous, now: 1800000000 });
    assert.equal(result.bytes, c.transferBytes, "bytes of the transfer");
    input = result.context;
  }
  const hasher = new ContentHasher(nodePlatform, input);
  for (const query of c.queries ?? []) {
    const expected = query.error === undefined ? { digest: query.digest } : { error: query.error };
    assert.deepEqual(
      answer(() => hasher.digest(selector(query))),
      expected,
      JSON.stringify(query),
    );
  }
  for (const several of c.selectors ?? []) {
    const expected =
      several.error === undefined
        ? { digest: several.digest }
        : { error: several.error.replace(/^failed to calculate checksum of ref (<id>|w::ref\d+): /, "") };
    const selectors = (several.selectors ?? []).map(selector);
    assert.deepEqual(
      answer(() => hasher.digestAll(selectors)),
      expected,
      JSON.stringify(several),
    );
  }
}

describe("contenthash vectors", () => {
  for (const c of cases) {
    it(`${c.id} ${c.note ?? ""}`, () => (c.kind === "record" ? checkRecord(c) : checkTree(c)));
  }
});
