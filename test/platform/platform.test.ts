/** Node's platform and the browser's answer alike. */

import assert from "node:assert/strict";

import { browserPlatform } from "../../kernel-helpers/src/platform/browser";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

const samples = ["", "abc", "레이어", "x".repeat(300_000)];

describe("platform", () => {
  it("hashes alike in Node and in a browser", () => {
    for (const text of samples) {
      const hex = nodePlatform.sha256Hex(text);
      assert.equal(browserPlatform.sha256Hex(text), hex);
      assert.equal(nodePlatform.sha256().update(text).hex(), hex);
      assert.equal(browserPlatform.sha256().update(text.slice(0, 1)).update(text.slice(1)).hex(), hex);
    }
    assert.equal(
      nodePlatform.sha256Hex("abc"),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("reads the other's gzip", () => {
    for (const text of samples) {
      const bytes = new TextEncoder().encode(text);
      assert.deepEqual(Buffer.from(browserPlatform.gunzip(nodePlatform.gzip(bytes))), Buffer.from(bytes));
      assert.deepEqual(Buffer.from(nodePlatform.gunzip(browserPlatform.gzip(bytes))), Buffer.from(bytes));
      assert.deepEqual(nodePlatform.gzip(bytes), nodePlatform.gzip(bytes));
    }
  });

  it("stops at the limit", () => {
    const bomb = nodePlatform.gzip(new Uint8Array(1_000_000));
    assert.throws(() => nodePlatform.gunzip(bomb, 1000), RangeError);
    assert.throws(() => browserPlatform.gunzip(bomb, 1000), RangeError);
  });
});
