/** Reading a real directory: types, modes, links, Korean names, the order of names, what cannot be read. */

import assert from "node:assert/strict";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HostReadError } from "../../kernel-helpers/src/platform";
import { openHostDirectory } from "../../kernel-helpers/src/platform/node";

describe("host directory", () => {
  let root: string;
  beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "lb 호스트-"))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("tells what lstat tells", () => {
    mkdirSync(join(root, "파일 들"));
    writeFileSync(join(root, "파일 들", "a.js"), "12345");
    chmodSync(join(root, "파일 들", "a.js"), 0o751);
    utimesSync(join(root, "파일 들", "a.js"), 1704067200, 1704067200);
    linkSync(join(root, "파일 들", "a.js"), join(root, "same"));
    symlinkSync("없음", join(root, "link"));
    const directory = openHostDirectory(root);
    assert.deepEqual(directory.readdir(""), ["link", "same", "파일 들"]);
    const file = directory.lstat("파일 들/a.js")!;
    assert.equal(file.type, "file");
    assert.equal(file.mode, 0o751);
    assert.equal(file.size, 5);
    assert.equal(file.mtime, 1704067200);
    assert.equal(file.nlink, 2);
    assert.equal(file.identity, directory.lstat("same")!.identity);
    assert.equal(directory.lstat("link")!.linkname, "없음");
    assert.equal(directory.lstat("link")!.size, 6);
    assert.equal(directory.lstat("")!.type, "dir");
    assert.equal(directory.lstat("nowhere"), undefined);
    assert.equal(Buffer.from(directory.read("same")).toString(), "12345");
  });

  it("says which path it could not read", () => {
    assert.throws(() => openHostDirectory(join(root, "none")), HostReadError);
    writeFileSync(join(root, "file"), "");
    assert.throws(() => openHostDirectory(join(root, "file")), /ENOTDIR/);
    assert.throws(() => openHostDirectory(root).read("none"), /none.*ENOENT/);
  });

  it("sorts by bytes, not by UTF-16", () => {
    for (const name of ["\u{1f600}", "\uff5e", "b", "B"]) writeFileSync(join(root, name), "");
    assert.deepEqual(openHostDirectory(root).readdir(""), ["B", "b", "\uff5e", "\u{1f600}"]);
  });
});
