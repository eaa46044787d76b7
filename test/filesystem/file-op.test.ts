/** File operations beyond the vectors: owners by name, archives, heredoc files, WORKDIR, modes. */

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";

import {
  buildSnapshot,
  diffLayers,
  emptySnapshot,
  executeFileOp,
  type LayerEntry,
  layerTarBytes,
  parseModeSet,
  resolveOwner,
} from "../../kernel-helpers/src/filesystem";
import type { CopyAction, FileAction, Owner } from "../../kernel-helpers/src/graph/types";
import type { Snapshot } from "../../kernel-helpers/src/platform/files";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const NOW = 500;
const execute = (inputs: readonly (Snapshot | undefined)[], ...actions: FileAction[]): Snapshot =>
  executeFileOp({ kind: "file", actions }, inputs, { platform: nodePlatform, now: NOW });
const copy = (src: string, dest: string, more: Partial<CopyAction> = {}): CopyAction => ({
  action: "copy",
  input: 0,
  secondaryInput: 1,
  src,
  dest,
  mode: -1,
  followSymlink: true,
  dirCopyContents: true,
  attemptUnpack: false,
  createDestPath: true,
  allowWildcard: true,
  allowEmptyWildcard: true,
  includePatterns: [],
  excludePatterns: [],
  requiredPaths: [],
  alwaysReplaceExistingDestPaths: false,
  timestamp: -1,
  ...more,
});
const text = (tree: Snapshot, path: string): string => new TextDecoder().decode(tree.readFile(path).read());
const tarFile = (name: string, data: string, more: Partial<LayerEntry> = {}): LayerEntry => ({
  name,
  type: "file",
  mode: 0o640,
  uid: 7,
  gid: 8,
  size: data.length,
  mtime: 50,
  content: { size: data.length, read: () => new TextEncoder().encode(data) },
  ...more,
});

const users = buildSnapshot([
  {
    path: "etc/passwd",
    type: "file",
    content: "root:x:0:0::/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n\nbroken\n",
  },
  { path: "etc/group", type: "file", content: "root:x:0:\nwheel:x:10:root,node\n" },
]);

describe("owners", () => {
  const owner = (user: Owner["user"], group?: Owner["group"]): unknown =>
    resolveOwner({ ...(user && { user }), ...(group && { group }) }, (input) =>
      input === 0 ? users : emptySnapshot(),
    );

  it("looks names up in the files of the stage", () => {
    assert.deepEqual(owner({ name: "node", input: 0 }), { uid: 1000, gid: 1001 });
    assert.deepEqual(owner({ name: "node", input: 0 }, { name: "wheel", input: 0 }), { uid: 1000, gid: 10 });
    assert.deepEqual(owner({ id: 5 }), { uid: 5, gid: 5 });
    assert.deepEqual(owner({ id: 5 }, { id: 6 }), { uid: 5, gid: 6 });
    assert.deepEqual(owner(undefined, { name: "wheel", input: 0 }), { uid: 0, gid: 10 });
  });

  it("takes an unknown name for 0, also where there are no such files", () => {
    assert.deepEqual(owner({ name: "ghost", input: 0 }, { name: "ghosts", input: 0 }), { uid: 0, gid: 0 });
    assert.deepEqual(owner({ name: "node", input: 1 }), { uid: 0, gid: 0 });
    assert.throws(() => resolveOwner({ user: { name: "x", input: -1 } }, () => undefined), {
      message: "invalid missing user mount",
    });
  });
});

describe("symbolic modes", () => {
  const rows: [string, number, "file" | "dir", number][] = [
    ["u=rwX,go=rX", 0o600, "file", 0o644],
    ["u=rwX,go=rX", 0o600, "dir", 0o755],
    ["a+X", 0o644, "file", 0o644],
    ["a+X", 0o744, "file", 0o755],
    ["go-w", 0o666, "file", 0o644],
    ["+x", 0o644, "file", 0o755],
    ["g=u", 0o640, "file", 0o660],
    ["o=", 0o777, "file", 0o770],
    ["u+s,g+s", 0o755, "file", 0o6755],
    ["+t", 0o777, "dir", 0o1777],
    ["u=rw,g=u-w", 0o777, "file", 0o647],
    ["0751", 0o600, "file", 0o751],
    ["=r", 0o777, "file", 0o444],
    ["o+g", 0o640, "file", 0o644],
  ];
  for (const [set, mode, type, expected] of rows) {
    it(`${set} on ${type} ${mode.toString(8)}`, () =>
      assert.equal(parseModeSet(set).apply(mode, type).toString(8), expected.toString(8)));
  }
  for (const bad of ["", "rwx", "u", "u+q", "9", "77777", "u=r,"]) {
    it(`refuses ${JSON.stringify(bad)}`, () =>
      assert.throws(() => parseModeSet(bad), { message: "invalid syntax" }));
  }
});

describe("file operations", () => {
  it("COPY keeps what does not change out of the layer", () => {
    const base = buildSnapshot([{ path: "app/a", type: "file", content: "a", mtime: 5 }], { mtime: 5 });
    const source = buildSnapshot([{ path: "a", type: "file", content: "a", mtime: 5 }]);
    const result = execute([base, source], copy("/a", "/app/"));
    assert.deepEqual(diffLayers(base, result), []);
  });

  it("WORKDIR makes what is missing and keeps what is there", () => {
    const base = buildSnapshot([{ path: "srv", type: "dir", mode: 0o700, mtime: 5 }]);
    const action: FileAction = {
      action: "mkdir",
      input: 0,
      path: "/srv/app/x",
      mode: 0o755,
      makeParents: true,
      owner: { user: { id: 9 } },
      timestamp: 3_000_000_000,
    };
    const result = execute([base], action);
    assert.deepEqual(
      [result.lstat("/srv")?.mode, result.lstat("/srv/app")?.uid, result.lstat("/srv/app/x")?.mtime],
      [0o700, 9, 3],
    );
    assert.deepEqual(diffLayers(result, execute([result], action)), []);
    const file = buildSnapshot([{ path: "f", type: "file" }]);
    assert.throws(() => execute([file], { ...action, path: "/f/x" }), {
      message: "lstat /f/x: not a directory",
    });
  });

  it("a heredoc file replaces a link instead of writing through it", () => {
    const base = buildSnapshot([
      { path: "link", type: "symlink", linkname: "/target" },
      { path: "target", type: "file", content: "keep" },
    ]);
    const mkfile: FileAction = {
      action: "mkfile",
      input: -1,
      path: "/EOF",
      mode: 0o644,
      data: "hi\n",
      timestamp: -1,
    };
    const inline = execute([], mkfile);
    assert.equal(text(inline, "/EOF"), "hi\n");
    assert.equal(inline.lstat("/EOF")?.mtime, NOW);
    assert.throws(() => execute([base], { ...mkfile, input: 0, path: "/no/f" }), {
      message: "open /no/f: no such file or directory",
    });
  });

  it("several actions work on one another's result", () => {
    const source = buildSnapshot([
      { path: "a", type: "file", content: "1" },
      { path: "b", type: "file", content: "2" },
    ]);
    const result = execute([undefined, source], copy("/a", "/x"), copy("/b", "/x", { input: "previous" }));
    assert.equal(text(result, "/x"), "2");
  });

  it("--link style replacing takes away what is in the way", () => {
    const base = buildSnapshot([{ path: "x/y", type: "file" }]);
    const source = buildSnapshot([{ path: "x", type: "file", content: "f" }]);
    assert.throws(() => execute([base, source], copy("/x", "/", { dirCopyContents: false })), {
      message: "cannot replace to directory /x with file",
    });
    const result = execute([base, source], copy("/x", "/", { alwaysReplaceExistingDestPaths: true }));
    assert.equal(text(result, "/x"), "f");
  });

  it("copies hard links as links, devices as devices, attributes along", () => {
    const source = buildSnapshot([
      { path: "d/a", type: "file", content: "x", xattrs: { "security.capability": Uint8Array.of(1) } },
      { path: "d/b", type: "file", hardlink: "d/a" },
      { path: "d/null", type: "char", devmajor: 1, devminor: 3, mode: 0o666 },
    ]);
    const result = execute([undefined, source], copy("/d", "/e"));
    assert.equal(result.lstat("/e/a")?.ino, result.lstat("/e/b")?.ino);
    assert.equal(result.lstat("/e/null")?.devminor, 3);
    assert.deepEqual(result.lstat("/e/a")?.xattrs?.["security.capability"], Uint8Array.of(1));
  });
});

describe("ADD of an archive", () => {
  const tar = layerTarBytes([
    tarFile("bin/tool", "t", { mode: 0o755 }),
    { ...tarFile("cfg/", ""), type: "dir", mode: 0o700 },
    tarFile("cfg/한글", "k"),
    { ...tarFile("l", ""), type: "symlink", linkname: "bin/tool", mode: 0o777 },
    { ...tarFile("h", ""), type: "hardlink", linkname: "bin/tool" },
    tarFile("../../escape", "e"),
    { ...tarFile("abs", ""), type: "symlink", linkname: "/cfg", mode: 0o777 },
    tarFile("abs/through", "t"),
  ]);
  const add = (bytes: Uint8Array, more: Partial<CopyAction> = {}, base?: Snapshot): Snapshot =>
    execute(
      [base, buildSnapshot([{ path: "x.tgz", type: "file", content: bytes }])],
      copy("/x.tgz", "/opt/", { attemptUnpack: true, ...more }),
    );

  for (const [what, bytes] of [
    ["tar", tar],
    ["tar.gz", new Uint8Array(gzipSync(tar))],
  ] as const) {
    it(`unpacks a ${what}, inside the destination only`, () => {
      const tree = add(bytes);
      assert.deepEqual(tree.readdir("/"), ["opt"]);
      assert.deepEqual(tree.readdir("/opt"), ["abs", "bin", "cfg", "escape", "h", "l"]);
      assert.deepEqual(tree.readdir("/opt/cfg"), ["through", "한글"]);
      const { uid, gid, mode, mtime } = tree.lstat("/opt/bin/tool") ?? {};
      assert.deepEqual([uid, gid, mode, mtime], [7, 8, 0o640, 50]);
      assert.equal(tree.lstat("/opt/h")?.ino, tree.lstat("/opt/bin/tool")?.ino);
      assert.deepEqual([tree.lstat("/opt/cfg")?.mode, tree.lstat("/opt/cfg")?.mtime], [0o700, 50]);
      assert.deepEqual([tree.lstat("/opt/bin")?.uid, tree.lstat("/opt/bin")?.mode], [0, 0o755]);
    });
  }

  it("gives everything to --chown, nothing to --chmod", () => {
    const tree = add(tar, { owner: { user: { id: 5 } }, mode: 0o777 });
    assert.deepEqual([tree.lstat("/opt/cfg/한글")?.uid, tree.lstat("/opt/cfg/한글")?.mode], [5, 0o640]);
    assert.equal(tree.lstat("/opt")?.uid, 5);
  });

  it("copies what is no archive as it is", () => {
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode("text"),
      new Uint8Array(gzipSync("not a tar")),
      new Uint8Array(2048),
    ]) {
      assert.equal(add(bytes).lstat("/opt/x.tgz")?.size, bytes.length);
    }
  });

  it("says so when the archive is broken; what cannot be unpacked is copied", () => {
    assert.throws(() => add(tar.subarray(0, 1600)), { message: "unexpected EOF" });
    assert.equal(add(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0)).lstat("/opt/x.tgz")?.size, 5);
  });
});
