/** Mounts over a running file system: what is below them never reaches the layer. */

import assert from "node:assert/strict";

import {
  buildSnapshot,
  contentOf,
  diffLayers,
  emptySnapshot,
  MountedFileSystem,
  type MountPoint,
} from "../../kernel-helpers/src/filesystem";
import type { Snapshot, WritableFileSystem } from "../../kernel-helpers/src/platform/files";

const base = buildSnapshot(
  [
    { path: "etc/hosts", type: "file", content: "image's\n" },
    { path: "app/package.json", type: "file", content: "{}" },
    { path: "tmp", type: "dir", mode: 0o1777 },
    { path: "data", type: "symlink", linkname: "/srv/data" },
    { path: "srv", type: "dir" },
  ],
  { mtime: 100 },
);
const text = (fs: WritableFileSystem | Snapshot, path: string): string =>
  new TextDecoder().decode(fs.readFile(path).read());
const fails = (code: string, run: () => void): void => assert.throws(run, { name: "FileSystemError", code });

function layerOf(mounts: readonly MountPoint[], run: (fs: WritableFileSystem) => void): string[] {
  const root = base.fork(200);
  const mounted = new MountedFileSystem(root, mounts);
  run(mounted.fs);
  mounted.unmount();
  return diffLayers(base, root.snapshot()).map(({ name }) => name);
}

describe("mounts", () => {
  it("keeps what is written below a cache mount in the cache", () => {
    const cache = emptySnapshot().fork(1);
    const names = layerOf([{ target: "/root/.cache/pip", source: cache }], (fs) => {
      fs.writeFile("/root/.cache/pip/wheel", "w");
      fs.writeFile("/app/out", "o");
    });
    assert.deepEqual(names, ["app/", "app/out"]);
    assert.equal(text(cache, "/wheel"), "w");
    layerOf([{ target: "/root/.cache/pip", source: cache }], (fs) =>
      assert.equal(text(fs, "/root/.cache/pip/wheel"), "w"),
    );
  });

  it("drops changes to a bound tree, and refuses them when it is read-only", () => {
    const source = buildSnapshot([{ path: "src/a", type: "file", content: "a" }]);
    const bind = { target: "/src", source, sourcePath: "/src" };
    assert.deepEqual(
      layerOf([bind], (fs) => fs.writeFile("/src/a", "changed")),
      [],
    );
    assert.equal(text(source, "/src/a"), "a");
    const names = layerOf([{ ...bind, readonly: true }], (fs) => {
      assert.equal(text(fs, "/src/a"), "a");
      fails("EROFS", () => fs.writeFile("/src/a", ""));
      fails("EROFS", () => fs.writeFile("/src/b", ""));
      fails("EROFS", () => fs.remove("/src/a"));
      fails("EROFS", () => fs.chmod("/src", 0o700));
      fails("EROFS", () => fs.rename("/app/package.json", "/src/p"));
      fails("EROFS", () => fs.utimes("/src/a", 1));
    });
    assert.deepEqual(names, []);
  });

  it("shows a secret file and leaves nothing of it", () => {
    const secret = { target: "/run/secrets/token", source: contentOf("t0ken"), mode: 0o400, readonly: true };
    const names = layerOf([secret], (fs) => {
      assert.equal(text(fs, "/run/secrets/token"), "t0ken");
      assert.equal(fs.lstat("/run/secrets/token")?.mode, 0o400);
      fails("EBUSY", () => fs.remove("/run", { recursive: true }));
      fails("EBUSY", () => fs.rename("/app/package.json", "/run/secrets/token"));
    });
    assert.deepEqual(names, []);
  });

  it("covers a file of the image and gives it back", () => {
    const root = base.fork(200);
    const mounted = new MountedFileSystem(root, [
      { target: "/etc/hosts", source: contentOf("127.0.0.1 localhost\n") },
    ]);
    assert.equal(text(mounted.fs, "/etc/hosts"), "127.0.0.1 localhost\n");
    mounted.fs.writeFile("/etc/hosts", "mine");
    mounted.unmount();
    assert.equal(text(root, "/etc/hosts"), "image's\n");
    assert.deepEqual(diffLayers(base, root.snapshot()), []);
  });

  it("removes mount points that it made, unless something else is in them", () => {
    assert.deepEqual(
      layerOf([{ target: "/scratch/deep/dir" }], (fs) => fs.writeFile("/scratch/deep/dir/f", "")),
      [],
    );
    assert.deepEqual(
      layerOf([{ target: "/scratch/deep/dir" }], (fs) => fs.writeFile("/scratch/kept", "")),
      ["scratch/", "scratch/kept"],
    );
    assert.deepEqual(
      layerOf([{ target: "/proc", keepMountPoint: true }], () => undefined),
      ["proc/"],
    );
  });

  it("follows links in the target inside the root", () => {
    const cache = emptySnapshot().fork(1);
    const names = layerOf([{ target: "/data/x", source: cache }], (fs) => {
      fs.writeFile("/srv/data/x/f", "1");
    });
    assert.deepEqual(names, []);
    assert.deepEqual(cache.readdir("/"), ["f"]);
  });

  it("mounts inside mounts, and finds them again below a renamed folder", () => {
    const inner = emptySnapshot().fork(1);
    const names = layerOf([{ target: "/m" }, { target: "/m/n", source: inner }], (fs) => {
      fs.writeFile("/m/f", "");
      fs.writeFile("/m/n/g", "");
    });
    assert.deepEqual(names, []);
    assert.deepEqual(inner.readdir("/"), ["g"]);
    const cache = emptySnapshot().fork(1);
    layerOf([{ target: "/app/cache", source: cache }], (fs) => {
      fs.writeFile("/app/cache/f", "");
      fails("EBUSY", () => fs.rename("/app", "/moved"));
    });
    assert.deepEqual(cache.readdir("/"), ["f"]);
  });

  it("counts what is written to a tmpfs, and has no links across", () => {
    layerOf([{ target: "/tmp", size: 10 }], (fs) => {
      fs.writeFile("/tmp/a", "12345678");
      fails("ENOSPC", () => fs.writeFile("/tmp/b", "123"));
      fails("EXDEV", () => fs.link("/app/package.json", "/tmp/p"));
      fails("EXDEV", () => fs.rename("/app/package.json", "/tmp/p"));
    });
  });

  it("mounts a socket", () => {
    layerOf([{ target: "/run/agent.0", socket: true, mode: 0o600, uid: 5 }], (fs) => {
      assert.equal(fs.lstat("/run/agent.0")?.type, "socket");
      assert.equal(fs.lstat("/run/agent.0")?.uid, 5);
    });
  });

  it("refuses a file onto a directory, and what is not there", () => {
    fails("EISDIR", () => new MountedFileSystem(base.fork(1), [{ target: "/app", source: contentOf("") }]));
    fails("ENOTDIR", () => new MountedFileSystem(base.fork(1), [{ target: "/etc/hosts" }]));
    fails(
      "ENOENT",
      () => new MountedFileSystem(base.fork(1), [{ target: "/x", source: base, sourcePath: "/no" }]),
    );
  });
});
