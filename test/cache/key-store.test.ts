/** The graph of keys: definition and content links, misses that join again, what is taken back. */

import assert from "node:assert/strict";

import { contentKey, KeyStore } from "../../kernel-helpers/src/cache";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

interface Link {
  readonly parent: string;
  readonly selector: string;
}

const open = (): KeyStore<string> => new KeyStore((text) => "key:" + nodePlatform.sha256Hex(text));
const definition = (parent: string, selector = ""): Link => ({ parent, selector });
const content = (digest: string): Link => ({ parent: contentKey(digest), selector: "" });

describe("key store", () => {
  it("finds what was saved, under the same operation and inputs only", () => {
    const store = open();
    const base = store.save("image", 0, []);
    const run = store.save("run a", 0, [[definition(base)]]);
    assert.equal(store.save("run a", 0, [[definition(base)]]), run);
    assert.deepEqual([...store.query([definition(base)], 0, "run a", 0)], [run]);
    assert.equal(store.query([definition(base)], 0, "run b", 0).size, 0);
    assert.equal(store.query([definition(base)], 1, "run a", 0).size, 0);
    assert.equal(store.queryRoot("image"), base);
    assert.equal(store.queryRoot("other"), undefined);
  });

  it("reaches one record by definition and by content, and links the two", () => {
    const store = open();
    const base = store.save("image", 0, []);
    const stage = store.save("build 1", 0, [[definition(base)]]);
    const copy = store.save("copy", 0, [
      [definition(base)],
      [definition(stage, "/out"), content("sha256:1")],
    ]);
    const other = store.save("build 2", 0, [[definition(base)]]);
    assert.equal(store.query([definition(other, "/out")], 1, "copy", 0).size, 0);
    const both = [definition(other, "/out"), content("sha256:1")];
    assert.deepEqual([...store.query(both, 1, "copy", 0)], [copy]);
    assert.deepEqual([...store.query([definition(other, "/out")], 1, "copy", 0)], [copy]);
  });

  it("gives a new key when the content of a known input is another", () => {
    const store = open();
    const base = store.save("image", 0, []);
    const stage = store.save("build", 0, [[definition(base)]]);
    const first = store.save("copy", 0, [[definition(base)], [definition(stage), content("sha256:1")]]);
    const second = store.save("copy", 0, [[definition(base)], [definition(stage), content("sha256:2")]]);
    assert.notEqual(second, first);
    assert.deepEqual(store.query([definition(stage)], 1, "copy", 0), new Set([first, second]));
  });

  it("keeps results newest first, takes them back, forgets keys", () => {
    const store = open();
    const key = store.save("image", 0, []);
    const one = store.addResult(key, "one");
    const two = store.addResult(key, "two");
    assert.deepEqual(
      store.results(key).map(({ value }) => value),
      ["two", "one"],
    );
    store.removeResult(two);
    assert.deepEqual(store.results(key), [one]);
    const child = store.save("run", 0, [[definition(key)]]);
    store.forget(child);
    assert.equal(store.query([definition(key)], 0, "run", 0).size, 0);
    store.clear();
    assert.equal(store.size, 0);
  });
});
