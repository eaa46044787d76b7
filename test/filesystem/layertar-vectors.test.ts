/** Every layer of vectors/layertar.json: diffID, size and entries as BuildKit's differs wrote them. */

import assert from "node:assert/strict";

import { diffLayers, diffTrees, hashLayer, type LayerEntry } from "../../kernel-helpers/src/filesystem";
import type { Snapshot, WritableFileSystem } from "../../kernel-helpers/src/platform/files";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";
import { dirName } from "../../kernel-helpers/src/platform/paths";
import { DEFAULT_TIME, timeOfText, treeEntry, treeOf, type VectorFile } from "./trees";
import { readVectors } from "./vectors";

interface Op {
  op: "put" | "rm" | "mv" | "chmod" | "chown" | "touch";
  file?: VectorFile;
  p?: string;
  to?: string;
  mode?: string;
  uid?: number;
  gid?: number;
  mtime?: string;
}

interface Case {
  id: string;
  note?: string;
  lower?: VectorFile[];
  ops?: Op[];
  diffID: string;
  size: number;
  entries: object[];
  walkDiffID?: string;
}

const NOW = 1710000000;
const { cases } = readVectors<{
  cases: Case[];
}>("layertar");

function apply(fs: WritableFileSystem, op: Op, times: Map<string, number>): void {
  const path = "/" + (op.p ?? "");
  if (op.op === "put") {
    const file = op.file as VectorFile;
    const target = "/" + file.p;
    if (file.t !== "d" && fs.lstat(target)) fs.remove(target, { recursive: true });
    for (let d = dirName(target); d !== "/" && !fs.lstat(d); d = dirName(d)) times.set(d, NOW);
    fs.mkdir(dirName(target), { recursive: true });
    const entry = treeEntry(file);
    const owner = { uid: entry.uid ?? 0, gid: entry.gid ?? 0 };
    const mode = entry.mode ?? (file.t === "d" ? 0o755 : 0o644);
    if (file.t === "h") fs.link("/" + (file.to ?? ""), target);
    else if (file.t === "f") fs.writeFile(target, entry.content ?? "", { mode, ...owner });
    else if (file.t === "l") fs.symlink(file.to ?? "", target, owner);
    else if (file.t === "d") {
      if (!fs.lstat(target)) fs.mkdir(target);
      fs.chown(target, owner.uid, owner.gid);
      fs.chmod(target, mode);
    } else {
      const { devmajor = 0, devminor = 0 } = entry;
      fs.mknod(target, { type: entry.type, mode, ...owner, mtime: 0, devmajor, devminor });
    }
    if (file.t === "h") return;
    for (const [name, value] of Object.entries(entry.xattrs ?? {})) fs.setxattr(target, name, value);
    // The recorder gives the parent of what it puts the time of the trees and permission bits only.
    const parent = dirName(target);
    if (parent !== "/") {
      fs.chmod(parent, (fs.lstat(parent)?.mode ?? 0) & 0o777);
      fs.utimes(parent, DEFAULT_TIME);
    }
    times.set(target, file.mtime === undefined ? NOW : timeOfText(file.mtime));
  } else if (op.op === "rm") {
    if (fs.lstat(path)) fs.remove(path, { recursive: true });
    for (const key of [...times.keys()]) if (key === path || key.startsWith(path + "/")) times.delete(key);
  } else if (op.op === "mv") fs.rename(path, "/" + (op.to ?? ""));
  else if (op.op === "chmod") fs.chmod(path, parseInt(op.mode ?? "", 8));
  else if (op.op === "chown") fs.chown(path, op.uid ?? 0, op.gid ?? 0);
  else times.set(path, timeOfText(op.mtime ?? "1700000000"));
}

function layerOf(c: Case): { lower: Snapshot; upper: Snapshot } {
  const lower = treeOf(c.lower ?? []);
  const fs = lower.fork(NOW);
  const times = new Map<string, number>();
  for (const op of c.ops ?? []) apply(fs, op, times);
  // The recorder: directories that changed get the time of the step, then the entries their own.
  const visit = (path: string): void => {
    for (const name of fs.readdir(path || "/")) {
      const child = path + "/" + name;
      if (fs.lstat(child)?.type !== "dir") continue;
      visit(child);
      if (fs.lstat(child)?.mtime !== lower.lstat(child)?.mtime) fs.utimes(child, NOW);
    }
  };
  visit("");
  for (const [path, time] of times) if (fs.lstat(path)) fs.utimes(path, time);
  return { lower, upper: fs.snapshot() };
}

const TYPE_LETTERS = { file: "0", hardlink: "1", symlink: "2", char: "3", block: "4", dir: "5", fifo: "6" };

function shown(entry: LayerEntry): object {
  return {
    name: entry.name,
    type: TYPE_LETTERS[entry.type],
    mode: "0" + entry.mode.toString(8),
    ...(entry.uid && { uid: entry.uid }),
    ...(entry.gid && { gid: entry.gid }),
    ...(entry.size && { size: entry.size }),
    mtime: entry.mtime,
    ...(entry.linkname && { linkname: entry.linkname }),
    ...(entry.devmajor && { major: entry.devmajor }),
    ...(entry.devminor && { minor: entry.devminor }),
  };
}

describe("layertar vectors", () => {
  for (const c of cases) {
    it(`${c.id} ${c.note ?? ""}`, () => {
      const { lower, upper } = layerOf(c);
      const entries = diffLayers(lower, upper);
      const expected = c.entries.map((e) => ({ ...e, pax: undefined }));
      assert.deepEqual(
        entries.map((e) => ({ ...shown(e), pax: undefined })),
        expected,
      );
      assert.deepEqual(hashLayer(nodePlatform, entries), { diffID: c.diffID, size: c.size });
      const walked = hashLayer(nodePlatform, diffTrees(lower, upper)).diffID;
      assert.equal(walked, c.walkDiffID ?? c.diffID, "the differ without overlayfs");
    });
  }
});
