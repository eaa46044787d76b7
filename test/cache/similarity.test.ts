/** Finding what changed between two lists, and how alike two texts are; also of texts too long to compare in full. */

import assert from "node:assert/strict";

import { changes, similarity } from "../../kernel-helpers/src/cache/similarity";

describe("similarity", () => {
  it("measures texts", () => {
    assert.equal(similarity("", ""), 1);
    assert.equal(similarity("abc", "abc"), 1);
    assert.equal(similarity("abc", ""), 0);
    assert.equal(similarity("abcd", "bcde"), 0.75);
    assert.ok(similarity("RUN npm ci", "RUN npm install") > similarity("RUN npm ci", "RUN go build"));
  });

  it("stays quick for long and repeated texts", () => {
    const started = process.cpuUsage();
    assert.ok(similarity("x y ".repeat(50_000), "x z ".repeat(50_000)) > 0.4);
    const long = Array.from({ length: 10_000 }, () => "same");
    const changed = [...long, "new"];
    assert.deepEqual(
      changes(long, changed).map(({ type }) => type),
      ["equal", "insert"],
    );
    assert.ok(process.cpuUsage(started).user < 2_000_000);
  });

  it("lists changes in order", () => {
    const kinds = (a: string, b: string): string =>
      changes([...a], [...b])
        .map(({ type, oldFrom, oldTo, newFrom, newTo }) => `${type} ${oldFrom}-${oldTo} ${newFrom}-${newTo}`)
        .join(", ");
    assert.equal(kinds("ab", "ab"), "equal 0-2 0-2");
    assert.equal(kinds("ab", "axb"), "equal 0-1 0-1, insert 1-1 1-2, equal 1-2 2-3");
    assert.equal(kinds("abc", "axc"), "equal 0-1 0-1, replace 1-2 1-2, equal 2-3 2-3");
    assert.equal(kinds("ab", ""), "delete 0-2 0-0");
  });
});
