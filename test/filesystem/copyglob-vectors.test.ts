/** Every copy of vectors/copyglob.json from the actions on: what is sent, the content digest, the result. */

import assert from "node:assert/strict";

import {
  containsWildcards,
  ContentHasher,
  dedupeSelectors,
  type Selector,
  transferContext,
} from "../../kernel-helpers/src/context";
import { buildSnapshot, executeFileOp, FileOpError } from "../../kernel-helpers/src/filesystem";
import type { CopyAction, Owner } from "../../kernel-helpers/src/graph/types";
import type { Snapshot } from "../../kernel-helpers/src/platform/files";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { DEFAULT_TIME, treeOf, type VectorFile } from "./trees";
import { readVectors } from "./vectors";

interface VectorAction {
  src: string;
  dest: string;
  mode: number;
  modeStr?: string;
  owner?: string;
  followSymlink?: boolean;
  dirCopyContents?: boolean;
  unpack?: boolean;
  createDestPath?: boolean;
  allowWildcard?: boolean;
  allowEmptyWildcard?: boolean;
  include?: string[];
  exclude?: string[];
  required?: string[];
  timestamp: number;
}

interface Case {
  id: string;
  note?: string;
  instruction: string;
  workdir?: string;
  context: VectorFile[];
  dest?: VectorFile[];
  followPaths?: string[];
  excludePatterns?: string[];
  sent?: string[];
  actions?: VectorAction[];
  buildError?: string;
  contentDigest?: string;
  checksumError?: string;
  checksumErrorVariants?: string[];
  copyError?: string;
  result?: object[];
}

const { cases } = readVectors<{
  cases: Case[];
}>("copyglob");
const NOW = 1800000000;

function ownerOf(text: string | undefined): Owner | undefined {
  if (text === undefined) return undefined;
  const [user = "", group] = text.split(":");
  return {
    ...(user !== "" && { user: { id: Number(user) } }),
    ...(group !== undefined && { group: { id: Number(group) } }),
  };
}

function actionOf(a: VectorAction, first: boolean): CopyAction {
  const owner = ownerOf(a.owner);
  return {
    action: "copy",
    input: first ? 0 : "previous",
    secondaryInput: 1,
    src: a.src,
    dest: a.dest,
    ...(owner && { owner }),
    mode: a.mode,
    ...(a.modeStr !== undefined && { modeStr: a.modeStr }),
    followSymlink: a.followSymlink ?? false,
    dirCopyContents: a.dirCopyContents ?? false,
    attemptUnpack: a.unpack ?? false,
    createDestPath: a.createDestPath ?? false,
    allowWildcard: a.allowWildcard ?? false,
    allowEmptyWildcard: a.allowEmptyWildcard ?? false,
    includePatterns: a.include ?? [],
    excludePatterns: a.exclude ?? [],
    requiredPaths: a.required ?? [],
    alwaysReplaceExistingDestPaths: false,
    timestamp: a.timestamp,
  };
}

function selectorOf(a: CopyAction): Selector {
  return {
    path: a.src,
    followLinks: a.followSymlink,
    wildcard: a.allowWildcard && containsWildcards(a.src),
    includePatterns: a.includePatterns,
    excludePatterns: a.excludePatterns,
    requiredPaths: a.requiredPaths,
  };
}

function shown(tree: Snapshot): object[] {
  const out: object[] = [];
  const visit = (dir: string): void => {
    for (const name of tree.readdir("/" + dir)) {
      const p = dir === "" ? name : `${dir}/${name}`;
      const stat = tree.lstat("/" + p);
      if (!stat) continue;
      const data = stat.type === "file" ? new TextDecoder().decode(tree.readFile("/" + p).read()) : "";
      out.push({
        p,
        t: stat.type === "dir" ? "d" : stat.type === "symlink" ? "l" : "f",
        mode: "0" + stat.mode.toString(8),
        ...(stat.uid && { uid: stat.uid }),
        ...(stat.gid && { gid: stat.gid }),
        ...(stat.type === "symlink" && { to: stat.linkname }),
        ...(data && { data }),
        ...(stat.mtime === DEFAULT_TIME && { oldMtime: true }),
      });
      if (stat.type === "dir") visit(p);
    }
  };
  visit("");
  return out;
}

function message(run: () => void): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function destination(c: Case): Snapshot {
  const tree = treeOf(c.dest ?? []);
  if (!c.workdir) return tree;
  const fs = tree.fork(NOW);
  if (!fs.stat(c.workdir)) fs.mkdir(c.workdir, { recursive: true });
  return fs.snapshot();
}

function check(c: Case): void {
  const transfer = (): ReturnType<typeof transferContext> =>
    transferContext({
      source: treeOf(c.context),
      filter: { followPaths: c.followPaths ?? [], excludePatterns: c.excludePatterns ?? [] },
      // The recorder received into a directory of mode 700; it shows only while nothing has come.
      previous: buildSnapshot([{ path: "/", type: "dir", mode: 0o700 }]),
      now: NOW,
    });
  const refused = /^error from sender: (.*)/s.exec(c.copyError ?? "")?.[1];
  if (refused !== undefined) {
    assert.equal(message(transfer), refused);
    return;
  }
  const { context, sent } = transfer();
  assert.deepEqual(sent, c.sent ?? []);
  const actions = (c.actions ?? []).map((a, i) => actionOf(a, i === 0));
  const hasher = new ContentHasher(nodePlatform, context);
  let digest: string | undefined;
  const error = message(() => (digest = hasher.digestAll(dedupeSelectors(actions.map(selectorOf)))));
  const prefix = "failed to calculate checksum of ref <id>: ";
  if (c.checksumError !== undefined) {
    assert.ok((c.checksumErrorVariants ?? [c.checksumError]).includes(prefix + error), error);
    return;
  }
  assert.equal(error, undefined);
  if (c.contentDigest !== undefined) assert.equal(digest, c.contentDigest);
  if (c.note?.includes("owner by name")) return;
  // Like the recorder: what was done before an error stays.
  let tree = destination(c);
  let copyError: string | undefined;
  for (const action of actions) {
    try {
      tree = executeFileOp({ kind: "file", actions: [{ ...action, input: 0 }] }, [tree, context.files], {
        platform: nodePlatform,
        now: NOW,
      });
    } catch (error) {
      if (!(error instanceof FileOpError)) throw error;
      copyError = error.message;
      tree = error.state ?? tree;
      break;
    }
  }
  assert.equal(copyError, c.copyError);
  assert.deepEqual(shown(tree), c.result ?? []);
}

describe("copyglob vectors", () => {
  for (const c of cases) {
    if (c.buildError !== undefined) continue;
    it(`${c.id} ${c.instruction}`, () => check(c));
  }
});
