/** Contexts from real directories: links stay inside, and the stat cache is never deceived. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  ContentHasher,
  DigestCache,
  HostFiles,
  StatCache,
  transferContext,
} from "../../kernel-helpers/src/context";
import { emptySnapshot } from "../../kernel-helpers/src/filesystem";
import type { HostDirectory, HostEntry } from "../../kernel-helpers/src/platform/directory";
import { nodePlatform, openHostDirectory } from "../../kernel-helpers/src/platform/node";

describe("host files", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "layerbook-host-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const digest = (cache: StatCache, digests: DigestCache, now: number): string => {
    const source = new HostFiles(openHostDirectory(directory), now, cache);
    const { context } = transferContext({ source, previous: emptySnapshot(), now });
    return new ContentHasher(nodePlatform, context, digests).digest({ path: "/" });
  };

  it("gives names, links, modes and bytes, in Korean too", () => {
    mkdirSync(join(directory, "폴더 하나"));
    writeFileSync(join(directory, "폴더 하나/파일.txt"), "안녕\n", { mode: 0o600 });
    symlinkSync("폴더 하나/파일.txt", join(directory, "link"));
    const files = new HostFiles(openHostDirectory(directory), 0);
    assert.deepEqual(files.readdir("/"), ["link", "폴더 하나"]);
    assert.equal(files.realpath("/link"), "/폴더 하나/파일.txt");
    assert.equal(new TextDecoder().decode(files.readFile("/link").read()), "안녕\n");
    assert.equal(files.lstat("/폴더 하나/파일.txt")?.mode, 0o600);
  });

  it("does not follow a link out of the directory", () => {
    writeFileSync(join(directory, "passwd"), "inside");
    symlinkSync("/etc/passwd", join(directory, "absolute"));
    symlinkSync("../../../../../etc", join(directory, "up"));
    const files = new HostFiles(openHostDirectory(directory), 0);
    assert.equal(files.stat("/absolute"), undefined);
    assert.equal(files.stat("/up/passwd"), undefined);
    assert.throws(() => files.readFile("/absolute"), { code: "ENOENT" });
    symlinkSync("/passwd", join(directory, "here"));
    assert.equal(files.realpath("/here"), "/passwd");
  });

  it("answers a loop of links with nothing", () => {
    symlinkSync("b", join(directory, "a"));
    symlinkSync("a", join(directory, "b"));
    const files = new HostFiles(openHostDirectory(directory), 0);
    assert.equal(files.stat("/a"), undefined);
    assert.equal(files.lstat("/a")?.type, "symlink");
  });

  it("hashes an unchanged file once", () => {
    writeFileSync(join(directory, "f"), "1");
    const past = Date.now() / 1000 - 60;
    const entry = (host: HostDirectory): HostEntry => ({ ...host.lstat("f"), ctime: past }) as HostEntry;
    const cache = new StatCache();
    const host = openHostDirectory(directory);
    const read = (): Uint8Array => host.read("f");
    const first = cache.contentOf("f", entry(host), past + 30, read);
    assert.equal(cache.contentOf("f", entry(host), past + 40, read), first);
    const restored = new StatCache();
    for (const [path, file, content] of cache.entries()) restored.restore(path, file, content);
    assert.equal(restored.contentOf("f", entry(host), past + 50, read), first);
  });

  it("hashes a file again that changed in the same instant, kept its size and got its mtime back", () => {
    const path = join(directory, "f");
    for (let round = 0; round < 50; round++) {
      const cache = new StatCache();
      const digests = new DigestCache();
      writeFileSync(path, "aaaa");
      const { atime, mtime } = statSync(path);
      const before = digest(cache, digests, Date.now() / 1000);
      writeFileSync(path, "bbbb");
      utimesSync(path, atime, mtime);
      assert.notEqual(digest(cache, digests, Date.now() / 1000), before, `round ${round}`);
    }
  });

  it("treats two changes within the clock's resolution as a change", () => {
    const cache = new StatCache();
    const entry: HostEntry = {
      type: "file",
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: 5,
      ctime: 100.5,
      size: 1,
      identity: "1:1",
      nlink: 1,
    };
    const read = (): Uint8Array => new Uint8Array(1);
    const first = cache.contentOf("f", entry, 100.55, read);
    assert.notEqual(cache.contentOf("f", entry, 200, read), first);
    const coarse = { ...entry, ctime: 100 };
    const second = cache.contentOf("f", coarse, 101.5, read);
    assert.notEqual(cache.contentOf("f", coarse, 200, read), second);
  });
});
