/** Reading tars: other writers' forms, and what is broken or hostile. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  applyLayer,
  buildSnapshot,
  emptySnapshot,
  type LayerEntry,
  layerTarBytes,
  readTar,
} from "../../kernel-helpers/src/filesystem";
import type { Snapshot } from "../../kernel-helpers/src/platform/files";

const file = (name: string, data = "x", more: Partial<LayerEntry> = {}): LayerEntry => {
  const bytes = new TextEncoder().encode(data);
  return {
    name,
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    mtime: 1,
    content: { size: bytes.length, read: () => bytes },
    ...more,
  };
};
const entry = (name: string, type: LayerEntry["type"], linkname?: string): LayerEntry => ({
  name,
  type,
  mode: 0o755,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 1,
  ...(linkname !== undefined && { linkname }),
});
const code = (expected: string, run: () => void): void =>
  assert.throws(run, { name: "TarError", code: expected });
const text = (tree: Snapshot, path: string): string => new TextDecoder().decode(tree.readFile(path).read());

/** Changes bytes of a tar and mends the checksum of the block. */
function patched(tar: Uint8Array, at: number, value: string): Uint8Array {
  const bytes = tar.slice();
  bytes.set(new TextEncoder().encode(value), at);
  const start = at - (at % 512);
  bytes.fill(32, start + 148, start + 156);
  const sum = bytes.subarray(start, start + 512).reduce((all, byte) => all + byte, 0);
  bytes.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0") + "\0 "), start + 148);
  return bytes;
}

describe("tars", () => {
  it("reads what GNU tar writes: long names, sparse sizes aside", () => {
    const directory = mkdtempSync(join(tmpdir(), "layerbook-tar-"));
    try {
      const long = "n".repeat(120);
      writeFileSync(join(directory, long), "long");
      writeFileSync(join(directory, "한글"), "korean");
      symlinkSync("t".repeat(130), join(directory, "link"));
      for (const format of ["gnu", "pax", "ustar", "oldgnu"]) {
        const names = format === "ustar" ? ["한글"] : [long, "한글", "link"];
        execFileSync("tar", [
          `--format=${format}`,
          "-cf",
          join(directory, "t.tar"),
          "-C",
          directory,
          ...names,
        ]);
        const tree = applyLayer(emptySnapshot(), readTar(readFileSync(join(directory, "t.tar"))));
        assert.equal(text(tree, "/한글"), "korean", format);
        if (format === "ustar") continue;
        assert.equal(text(tree, "/" + long), "long", format);
        assert.equal(tree.readlink("/link"), "t".repeat(130), format);
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("writes what GNU tar reads", () => {
    const directory = mkdtempSync(join(tmpdir(), "layerbook-tar-"));
    try {
      const tar = layerTarBytes([
        file("a".repeat(150)),
        file("가/나".repeat(30)),
        entry("l", "symlink", "긴".repeat(50)),
        file("big", "x".repeat(70000)),
      ]);
      writeFileSync(join(directory, "t.tar"), tar);
      const listed = execFileSync("tar", ["--quoting-style=literal", "-tf", join(directory, "t.tar")], {
        encoding: "utf8",
      });
      assert.deepEqual(listed.trim().split("\n"), ["a".repeat(150), "가/나".repeat(30), "l", "big"]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("keeps numbers beyond octal and extended attributes", () => {
    const odd = file("f", "x", {
      uid: 3_000_000,
      gid: 4_000_000_000,
      mtime: -5,
      xattrs: { "security.capability": Uint8Array.of(1, 0, 10, 61) },
    });
    const [read] = [...readTar(layerTarBytes([odd]))];
    assert.deepEqual({ ...read, content: undefined }, { ...odd, content: undefined, xattrs: read?.xattrs });
    assert.deepEqual([...(read?.xattrs?.["security.capability"] ?? [])], [1, 0, 10, 61]);
  });

  it("refuses names and links that leave the root", () => {
    const hostile = ["../etc/passwd", "a/../../etc/passwd", "/../x"];
    for (const name of hostile.slice(0, 2))
      code("LB_TAR_ESCAPE", () => applyLayer(emptySnapshot(), [file(name)]));
    code("LB_TAR_ESCAPE", () => applyLayer(emptySnapshot(), [entry("h", "hardlink", "../../etc/passwd")]));
    code("LB_TAR_LINK", () => applyLayer(emptySnapshot(), [entry("h", "hardlink", "nothing")]));
    code("LB_TAR_LINK", () => applyLayer(emptySnapshot(), [entry("d/", "dir"), entry("h", "hardlink", "d")]));
  });

  it("keeps absolute names, and names through links, inside the root", () => {
    const tree = applyLayer(emptySnapshot(), [
      file("/etc/a", "1"),
      entry("out", "symlink", "/etc"),
      file("out/b", "2"),
      entry("up", "symlink", "../../../../etc"),
      file("up/c", "3"),
    ]);
    assert.deepEqual(tree.readdir("/etc"), ["a", "b", "c"]);
    assert.equal(tree.lstat("/out")?.type, "symlink");
  });

  it("replaces a link by the file of its name instead of writing through it", () => {
    const base = buildSnapshot([
      { path: "target", type: "file", content: "keep" },
      { path: "link", type: "symlink", linkname: "target" },
    ]);
    const tree = applyLayer(base, [file("link", "new")]);
    assert.equal(text(tree, "/target"), "keep");
    assert.equal(text(tree, "/link"), "new");
  });

  it("applies whiteouts and opaque marks", () => {
    const base = buildSnapshot([
      { path: "d/old", type: "file" },
      { path: "d/sub/deep", type: "file" },
      { path: "e/x", type: "file" },
      { path: "e/y", type: "file" },
    ]);
    const tree = applyLayer(base, [
      entry("d/", "dir"),
      file("d/new"),
      file("d/.wh..wh..opq", ""),
      file("e/.wh.x", ""),
      file("e/.wh.none", ""),
      file("e/.wh.", ""),
    ]);
    assert.deepEqual(tree.readdir("/d"), ["new"]);
    assert.deepEqual(tree.readdir("/e"), ["y"]);
  });

  it("names what is broken", () => {
    const tar = layerTarBytes([file("f", "hello")]);
    code("LB_TAR_TRUNCATED", () => [...readTar(tar.subarray(0, 300))]);
    code("LB_TAR_TRUNCATED", () => [...readTar(tar.subarray(0, 514))]);
    const flipped = tar.slice();
    flipped[0] = 90;
    code("LB_TAR_HEADER", () => [...readTar(flipped)]);
    code("LB_TAR_HEADER", () => [...readTar(patched(tar, 124, "not a number"))]);
    code("LB_TAR_TRUNCATED", () => [...readTar(patched(tar, 124, "77777777777"))]);
    code("LB_TAR_TYPE", () => [...readTar(patched(tar, 156, "Q"))]);
    code("LB_TAR_NAME", () => [...readTar(patched(tar, 0, "\0"))]);
    code("LB_TAR_NAME", () => [...readTar(layerTarBytes([file("a".repeat(300))]))]);
    code("LB_TAR_HEADER", () => [...readTar(new TextEncoder().encode("x".repeat(1024)))]);
    code("LB_TAR_NAME", () => applyLayer(emptySnapshot(), [file("f"), file("f/g")]));
  });

  it("stops at its limits", () => {
    const many = layerTarBytes(Array.from({ length: 50 }, (_, i) => file(`f${i}`)));
    code("LB_TAR_LIMIT", () => [...readTar(many, { entries: 49 })]);
    code("LB_TAR_LIMIT", () => [...readTar(layerTarBytes([file("f", "12345")]), { bytes: 4 })]);
  });

  it("reads an empty tar, and one without its end", () => {
    assert.deepEqual([...readTar(new Uint8Array(0))], []);
    assert.deepEqual([...readTar(new Uint8Array(1024))], []);
    assert.equal([...readTar(layerTarBytes([file("f")]).subarray(0, 1024))].length, 1);
  });
});
