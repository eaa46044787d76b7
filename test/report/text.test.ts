import assert from "node:assert/strict";

import stringWidth from "string-width";

import { columns, displayWidth, oneLine, truncate, wrap } from "../../kernel-helpers/src/report";

describe("text by display width", () => {
  it("agrees with string-width on every character of the basic plane and on emoji, marks and controls", function () {
    this.timeout(60_000); // 60,000 characters, on a machine that does much else
    const wrong: string[] = [];
    for (let code = 0x20; code < 0x10000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const text = `a${String.fromCharCode(code)}b`;
      if (displayWidth(text) !== stringWidth(text)) wrong.push(code.toString(16));
    }
    assert.deepEqual(wrong, []);
    for (const text of ["👨‍👩‍👧‍👦", "e\u0301", "한글 ABC", "\u001b[31m빨강\u001b[0m", "①…—"])
      assert.equal(displayWidth(text), stringWidth(text), text);
  });

  it("cuts between characters, never in one", () => {
    assert.equal(truncate("레이어북", 5), "레이…");
    assert.equal(truncate("레이어북", 8), "레이어북");
    assert.equal(truncate("abcdef", 4), "abc…");
  });

  it("lines up columns", () => {
    assert.deepEqual(
      columns(
        [
          ["단계", "a", "1"],
          ["x", "레이어", "100"],
        ],
        [2],
      ),
      ["단계  a         1", "x     레이어  100"],
    );
  });

  it("makes one line of several and shows control characters", () => {
    assert.equal(oneLine("RUN a \\\n    && b"), "RUN a && b");
    assert.equal(oneLine("RUN <<E\na\nE"), "RUN <<E ⏎ a ⏎ E");
    assert.equal(oneLine("a\u001b[31mb\u0007"), "a\\x1b[31mb\\x07");
  });

  it("wraps between words", () => {
    assert.deepEqual(wrap("가나 다라 마바", 9), ["가나 다라", "마바"]);
    assert.deepEqual(wrap("", 9), []);
  });
});
