/** The store on disk beside cacache: what one writes the other reads; the list of keys. */

import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import cacache from "cacache";
import fc from "fast-check";

import { diskStore } from "../../kernel-helpers/src/platform/node";
import { findValue, readValue } from "../../kernel-helpers/src/platform/node/cacache-files";
import { KeyNames } from "../../kernel-helpers/src/platform/node/key-names";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the store on disk", () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "lb-disk-"))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("reads values where cacache finds them", async () => {
    const keys = ["a", "경로/키", "v1/segment/000000001-0123", "x\ty"];
    for (const key of keys) await cacache.put(directory, key, Buffer.from(`value of ${key}`));
    await cacache.put(directory, "a", Buffer.from("newer"));
    await cacache.put(directory, "gone", Buffer.from("gone"));
    await cacache.rm.entry(directory, "gone");
    for (const key of keys) {
      const { data, integrity } = await cacache.get(directory, key);
      const found = findValue(directory, key);
      assert.equal(found?.integrity, integrity.toString());
      assert.equal(found?.path, (await cacache.get.info(directory, key))?.path);
      assert.deepEqual(Buffer.from(readValue(found)!), data);
    }
    assert.equal(findValue(directory, "gone"), undefined);
    assert.equal(findValue(directory, "never"), undefined);
  });

  it("passes over a line that a killed writer left unfinished", async () => {
    await cacache.put(directory, "a", Buffer.from("1"));
    const [index] = files(join(directory, "index-v5"));
    appendFileSync(index!, '\n0123456789abcdef\t{"key":"a","integrity":"sha512-');
    assert.equal(Buffer.from((await diskStore(directory).get("a"))!).toString(), "1");
  });

  it("lists what a store without a list holds", async () => {
    for (const key of ["v1/b/2", "v1/a/1"]) await cacache.put(directory, key, Buffer.from(key));
    const store = diskStore(directory);
    assert.deepEqual(await store.keys(), ["v1/a/1", "v1/b/2"]);
    const other = diskStore(directory);
    await other.put("v1/a/3", bytes("3"));
    assert.deepEqual(await store.keys("v1/a/"), ["v1/a/1", "v1/a/3"]);
    await store.delete("v1/a/1");
    assert.deepEqual(await other.keys("v1/"), ["v1/a/3", "v1/b/2"]);
  });

  it("writes into a store without a list keep what was there", async () => {
    await cacache.put(directory, "old", Buffer.from("old"));
    await diskStore(directory).put("new", bytes("new"));
    assert.deepEqual(await diskStore(directory).keys(), ["new", "old"]);
  });

  it("lists any keys, by any prefix", () => {
    const key = fc.string({
      unit: fc.constantFrom("a", "B", "/", ".", "%", ",", "*", ":", "한", "~"),
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 8 }), key, (keys, prefix) => {
        const folder = mkdtempSync(join(directory, "names-"));
        const names = new KeyNames(join(folder, "keys"));
        names.create(keys);
        assert.deepEqual(names.list(prefix), keys.filter((one) => one.startsWith(prefix)).sort());
        for (const one of keys) names.remove(one);
        assert.deepEqual(names.list(""), []);
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 60 },
    );
  });
});

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
