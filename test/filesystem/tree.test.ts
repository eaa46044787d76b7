/** The tree as a file system: POSIX errors, links inside the root, shared structure, overlayfs's rules for what was below. */

import assert from "node:assert/strict";

import { buildSnapshot, contentOf, diffLayers, emptySnapshot } from "../../kernel-helpers/src/filesystem";
import type { ReadableFileSystem, WritableFileSystem } from "../../kernel-helpers/src/platform/files";

const text = (fs: ReadableFileSystem, path: string): string =>
  new TextDecoder().decode(fs.readFile(path).read());
const fails = (code: string, run: () => void): void => assert.throws(run, { name: "FileSystemError", code });

const base = buildSnapshot(
  [
    { path: "etc/passwd", type: "file", content: "root\n" },
    { path: "bin/sh", type: "file", content: "#!", mode: 0o4755 },
    { path: "lib", type: "symlink", linkname: "/usr/lib" },
    { path: "usr/lib/x", type: "file", content: "x" },
    { path: "up", type: "symlink", linkname: "../../../etc" },
    { path: "loop1", type: "symlink", linkname: "loop2" },
    { path: "loop2", type: "symlink", linkname: "loop1" },
    { path: "one", type: "file", content: "1" },
    { path: "two", type: "file", hardlink: "one" },
  ],
  { mtime: 100 },
);

describe("the tree", () => {
  let fs: WritableFileSystem;
  beforeEach(() => {
    fs = base.fork(200);
  });

  it("follows links inside the root only", () => {
    assert.equal(fs.realpath("/lib/x"), "/usr/lib/x");
    assert.equal(text(fs, "/up/passwd"), "root\n");
    assert.equal(fs.realpath("/up"), "/etc");
    assert.equal(fs.stat("/loop1"), undefined);
    fails("ELOOP", () => fs.readFile("/loop1"));
    assert.equal(fs.lstat("/lib")?.linkname, "/usr/lib");
    assert.equal(fs.lstat("/lib")?.size, 8);
    assert.equal(fs.lstat("/../../etc/../etc/passwd")?.type, "file");
  });

  it("gives the errors of the system", () => {
    fails("ENOENT", () => fs.readFile("/no"));
    fails("ENOENT", () => fs.writeFile("/no/f", ""));
    fails("ENOTDIR", () => fs.writeFile("/etc/passwd/f", ""));
    fails("ENOTDIR", () => fs.readdir("/etc/passwd"));
    fails("EISDIR", () => fs.readFile("/etc"));
    fails("EISDIR", () => fs.writeFile("/etc", ""));
    fails("EEXIST", () => fs.mkdir("/etc"));
    fails("EEXIST", () => fs.symlink("x", "/lib"));
    fails("EEXIST", () => fs.link("/one", "/two"));
    fails("EPERM", () => fs.link("/etc", "/etc2"));
    fails("ENOTEMPTY", () => fs.remove("/etc"));
    fails("ENOTEMPTY", () => fs.rename("/bin", "/etc"));
    fails("EINVAL", () => fs.rename("/usr", "/usr/lib/usr"));
    fails("EISDIR", () => fs.rename("/one", "/etc"));
    fails("ENOTDIR", () => fs.rename("/etc", "/one"));
    fails("EBUSY", () => fs.remove("/", { recursive: true }));
    fails("EINVAL", () => fs.readlink("/one"));
    fails("ENAMETOOLONG", () => fs.writeFile("/" + "가".repeat(86), ""));
    fails("ENAMETOOLONG", () => fs.lstat("/" + "a/".repeat(3000)) ?? fs.readFile("/" + "a/".repeat(3000)));
    fails("EPERM", () => fs.mknod("/w", { type: "char", mode: 0, uid: 0, gid: 0, mtime: 0 }));
  });

  it("sets the times of directories as POSIX does", () => {
    fs.chmod("/etc/passwd", 0o600);
    assert.equal(fs.lstat("/etc")?.mtime, 100);
    fs.writeFile("/etc/passwd", "changed");
    assert.equal(fs.lstat("/etc")?.mtime, 100);
    fs.writeFile("/etc/new", "");
    assert.equal(fs.lstat("/etc")?.mtime, 200);
    fs.now = 300;
    fs.remove("/etc/new");
    assert.equal(fs.lstat("/etc")?.mtime, 300);
    fs.now = 400;
    fs.rename("/one", "/etc/one");
    assert.equal(fs.lstat("/")?.mtime, 400);
    assert.equal(fs.lstat("/etc")?.mtime, 400);
  });

  it("takes setuid from a file that changes hands", () => {
    fs.chown("/bin/sh", 1, 1);
    assert.equal(fs.lstat("/bin/sh")?.mode, 0o755);
  });

  it("keeps snapshots apart from what comes after, and hard links together", () => {
    fs.writeFile("/a", "1");
    fs.link("/a", "/etc/b");
    const first = fs.snapshot();
    fs.writeFile("/etc/b", "2");
    fs.chmod("/a", 0o600);
    assert.equal(text(fs, "/a"), "2");
    assert.equal(fs.lstat("/etc/b")?.mode, 0o600);
    assert.equal(fs.lstat("/a")?.nlink, 2);
    assert.equal(text(first, "/a"), "1");
    const second = fs.snapshot();
    fs.remove("/a");
    assert.equal(fs.lstat("/etc/b")?.nlink, 1);
    assert.equal(second.lstat("/etc/b")?.nlink, 2);
  });

  it("parts the names of a file below when one of them changes, as overlayfs does", () => {
    fs.writeFile("/one", "changed");
    assert.equal(text(fs, "/two"), "1");
    assert.notEqual(fs.lstat("/one")?.ino, fs.lstat("/two")?.ino);
  });

  it("shares what did not change", () => {
    fs.writeFile("/etc/new", "");
    const after = fs.snapshot();
    assert.equal(after.identity("/usr"), base.identity("/usr"));
    assert.notEqual(after.identity("/etc"), base.identity("/etc"));
    assert.equal(after.identity("/etc/passwd"), base.identity("/etc/passwd"));
  });

  it("copies a directory of a layer below when it moves, and keeps the links in it", () => {
    const lower = buildSnapshot([
      { path: "d/a", type: "file", content: "x" },
      { path: "d/b", type: "file", hardlink: "d/a" },
    ]);
    const upper = lower.fork(5);
    upper.rename("/d", "/e");
    const names = diffLayers(lower, upper.snapshot()).map(({ name, type }) => `${type} ${name}`);
    assert.deepEqual(names, ["file .wh.d", "dir e/", "file e/a", "hardlink e/b"]);
  });

  it("swallows what is written to a device", () => {
    fs.mknod("/null", { type: "char", mode: 0o666, uid: 0, gid: 0, mtime: 0, devmajor: 1, devminor: 3 });
    fs.writeFile("/null", "gone");
    assert.equal(fs.readFile("/null").size, 0);
    assert.equal(fs.lstat("/null")?.type, "char");
  });

  it("holds names like __proto__ and 한글", () => {
    for (const name of ["__proto__", "constructor", "hasOwnProperty", "한글 이름", "a\nb", "\u{1F600}", "ﾊ"])
      fs.writeFile("/" + name, name);
    for (const name of ["__proto__", "constructor", "한글 이름"]) assert.equal(text(fs, "/" + name), name);
    const names = fs.readdir("/");
    assert.deepEqual(
      names,
      [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
  });

  it("forks a large tree at once", () => {
    const entries = Array.from({ length: 20000 }, (_, i) => ({
      path: `d${i % 100}/f${i}`,
      type: "file" as const,
    }));
    const large = buildSnapshot(entries);
    for (let i = 0; i < 1000; i++) {
      const fork = large.fork(1);
      fork.writeFile("/d1/new", contentOf("x"));
      fork.snapshot();
    }
    assert.equal(emptySnapshot().readdir("/").length, 0);
  });
});
