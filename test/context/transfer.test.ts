/** Sending a context again: what travels, what the builder's copy becomes, what the hasher hears of it. */

import assert from "node:assert/strict";

import { ContentHasher, type SyncedContext, transferContext } from "../../kernel-helpers/src/context";
import { buildSnapshot, emptySnapshot, type TreeEntry } from "../../kernel-helpers/src/filesystem";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const files = (...entries: TreeEntry[]) => buildSnapshot(entries, { mtime: 1000 });
const send = (
  source: ReturnType<typeof files>,
  previous: SyncedContext | ReturnType<typeof files>,
  now = 2000,
) => transferContext({ source, previous, now });
const digestOf = (context: SyncedContext, path = "/") =>
  new ContentHasher(nodePlatform, context).digest({ path });

const start = files(
  { path: "src", type: "dir", mtime: 500 },
  { path: "src/a", type: "file", content: "a" },
  { path: "src/b", type: "file", content: "b" },
  { path: "package.json", type: "file", content: "{}" },
);

describe("transferContext", () => {
  it("sends everything at first and nothing the second time", () => {
    const first = send(start, emptySnapshot());
    assert.deepEqual(first.requested, ["package.json", "src/a", "src/b"]);
    const second = send(start, first.context);
    assert.deepEqual(second.requested, []);
    assert.equal(second.context.files.identity("/"), first.context.files.identity("/"));
    assert.ok(second.bytes < first.bytes);
  });

  it("answers the same for an equal tree that was made anew", () => {
    const first = send(start, emptySnapshot());
    const copy = files(
      { path: "src", type: "dir", mtime: 500 },
      { path: "src/a", type: "file", content: "a" },
      { path: "src/b", type: "file", content: "b" },
      { path: "package.json", type: "file", content: "{}" },
    );
    const again = send(copy, first.context);
    assert.equal(again.bytes, send(start, first.context).bytes);
    assert.equal(digestOf(again.context), digestOf(first.context));
  });

  it("does not see an edit that keeps size and mtime", () => {
    const first = send(start, emptySnapshot());
    const forged = buildSnapshot([{ path: "src/a", type: "file", content: "x", mtime: 1000 }], {
      base: start,
    });
    const second = send(forged, first.context);
    assert.deepEqual(second.requested, []);
    assert.equal(digestOf(second.context), digestOf(first.context));
  });

  it("gives the folder of a replaced file the time of the transfer, a fresh builder the client's", () => {
    const first = send(start, emptySnapshot());
    assert.equal(first.context.files.lstat("/src")?.mtime, 500);
    const edited = buildSnapshot(
      [
        { path: "src/a", type: "file", content: "longer", mtime: 1001 },
        { path: "src", type: "dir", mtime: 500 },
      ],
      { base: start },
    );
    const second = send(edited, first.context, 3000);
    assert.deepEqual(second.requested, ["src/a"]);
    assert.equal(second.context.files.lstat("/src")?.mtime, 3000);
    assert.equal(send(edited, emptySnapshot()).context.files.lstat("/src")?.mtime, 500);
  });

  it("does not tell the hasher of a folder's new mode, but a fresh builder sees it", () => {
    const first = send(start, emptySnapshot());
    const changed = buildSnapshot([{ path: "src", type: "dir", mode: 0o775, mtime: 500 }], { base: start });
    const second = send(changed, first.context);
    assert.equal(second.context.files.lstat("/src")?.mode, 0o775);
    assert.equal(digestOf(second.context), digestOf(first.context));
    assert.notEqual(digestOf(send(changed, emptySnapshot()).context), digestOf(first.context));
    const back = send(start, second.context);
    assert.equal(back.context.staleDirectories.size, 0);
    assert.equal(digestOf(back.context), digestOf(first.context));
  });

  it("removes what is gone and replaces a folder by a file", () => {
    const first = send(start, emptySnapshot());
    const second = send(files({ path: "src", type: "file", content: "now a file" }), first.context);
    assert.deepEqual(second.context.files.readdir("/"), ["src"]);
    assert.equal(second.context.files.lstat("/src")?.type, "file");
  });

  it("sends hard links once and keeps them", () => {
    const linked = files(
      { path: "a", type: "file", content: "x" },
      { path: "b", type: "file", hardlink: "a" },
    );
    const { context, requested } = send(linked, emptySnapshot());
    assert.deepEqual(requested, ["a"]);
    assert.equal(context.files.lstat("/a")?.ino, context.files.lstat("/b")?.ino);
  });

  it("zeroes owners and receives a socket as an empty file", () => {
    const odd = files({ path: "f", type: "file", uid: 7, gid: 8 }, { path: "s", type: "socket" });
    const { context } = send(odd, emptySnapshot());
    assert.equal(context.files.lstat("/f")?.uid, 0);
    assert.equal(context.files.lstat("/s")?.type, "file");
  });
});
