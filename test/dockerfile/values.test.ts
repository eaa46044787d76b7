/** Numbers, sizes, durations, CSV and text as Go's libraries read them. */

import assert from "node:assert";

import {
  codeFrame,
  compareBytes,
  csvFields,
  equalFold,
  goQuote,
  parseBool,
  parseDuration,
  parseInt32,
  parseUint32,
  ramInBytes,
  suggest,
  toLower,
  toUpper,
  withSuggestion,
} from "../../kernel-helpers/src/dockerfile";
import { goSort } from "../../kernel-helpers/src/dockerfile/go-sort";
import { readVectors } from "./vectors";

describe("sizes", () => {
  it("agree with docker/go-units", () => {
    const { cases } = readVectors<{
      cases: { kind: string; value: string; ramInBytes?: string; ramInBytesError?: string }[];
    }>("dockertime");
    const texts = cases.filter(({ kind }) => kind === "text");
    assert.ok(texts.length > 20);
    for (const { value, ramInBytes: bytes } of texts) {
      const wanted = bytes === undefined || !/^-?\d+$/.test(bytes) ? undefined : Number(bytes);
      assert.strictEqual(ramInBytes(value), wanted, value);
    }
  });

  it("in rarer spellings", () => {
    assert.strictEqual(ramInBytes("0x1p4"), 16);
    assert.strictEqual(ramInBytes("0x1.8p1"), 3);
    assert.strictEqual(ramInBytes("1__0"), undefined);
    assert.strictEqual(ramInBytes("99999999999999999999g"), -(2 ** 63));
  });
});

describe("durations", () => {
  const table: [text: string, answer: number | string][] = [
    ["0", 0],
    ["1h2m3.5s", 3723.5e9],
    ["-1.5ms", -1.5e6],
    ["+1us", 1e3],
    [".5s", 5e8],
    ["1.s", 1e9],
    ["", 'time: invalid duration ""'],
    ["2", 'time: missing unit in duration "2"'],
    ["1d", 'time: unknown unit "d" in duration "1d"'],
    ["1é", 'time: unknown unit "\\xc3\\xa9" in duration "1\\xc3\\xa9"'],
    [".s", 'time: invalid duration ".s"'],
    ["9223372036854775808ns", 'time: invalid duration "9223372036854775808ns"'],
    ["3000000h", 'time: invalid duration "3000000h"'],
  ];
  for (const [text, answer] of table) {
    it(JSON.stringify(text), () => {
      const value = parseDuration(text);
      assert.strictEqual(typeof value === "number" ? value : value.error, answer);
    });
  }
});

describe("numbers and booleans", () => {
  it("have Go's limits and texts", () => {
    assert.strictEqual(parseInt32("+3"), 3);
    assert.deepStrictEqual(parseInt32("1_0"), { error: 'strconv.ParseInt: parsing "1_0": invalid syntax' });
    assert.deepStrictEqual(parseInt32("2147483648"), {
      error: 'strconv.ParseInt: parsing "2147483648": value out of range',
    });
    assert.strictEqual(parseUint32("0755", 8), 0o755);
    assert.strictEqual(parseUint32("8", 8), undefined);
    assert.strictEqual(parseUint32("4294967296", 10), undefined);
    assert.deepStrictEqual(["T", "False", "yes", "tRUE"].map(parseBool), [true, false, undefined, undefined]);
  });
});

describe("CSV records", () => {
  const table: [record: string, answer: readonly string[] | string][] = [
    ["a=1,b", ["a=1", "b"]],
    ['"a,b",c', ["a,b", "c"]],
    ['"a""b"', ['a"b']],
    ["a,", ["a", ""]],
    ["", "EOF"],
    ['a"b', 'parse error on line 1, column 2: bare " in non-quoted-field'],
    ['"a"b', 'parse error on line 1, column 3: extraneous or missing " in quoted-field'],
    ['한,"a', 'parse error on line 1, column 6: extraneous or missing " in quoted-field'],
  ];
  for (const [record, answer] of table) {
    it(JSON.stringify(record), () => {
      const fields = csvFields(record);
      assert.deepStrictEqual("error" in fields ? fields.error : fields, answer);
    });
  }
});

describe("text", () => {
  it("is quoted as by %q", () => {
    assert.strictEqual(goQuote('a"b\\\n\t\x01\u00a0\ufeff한😀'), '"a\\"b\\\\\\n\\t\\x01\\u00a0\\ufeff한😀"');
  });

  it("changes case character by character", () => {
    assert.strictEqual(toUpper("straße"), "STRAßE");
    assert.strictEqual(toLower("ΑΣ\u0130\u212a"), "ασik");
    assert.ok(equalFold("AS", "a\u017f"));
    assert.ok(!equalFold("as", "at"));
  });

  it("is ordered by bytes", () => {
    assert.deepStrictEqual(["😀", "\uffff", "a", "B", ""].sort(compareBytes), ["", "B", "a", "\uffff", "😀"]);
  });

  it("has near words", () => {
    assert.strictEqual(suggest("form", ["FROM", "RUN"], false), "from");
    assert.strictEqual(suggest("Form", ["FROM"], false), "from");
    assert.strictEqual(suggest("from", ["from", "form"]), undefined);
    assert.strictEqual(suggest("xyz", ["from"]), undefined);
    assert.strictEqual(withSuggestion("no", "targt", ["target"]), "no (did you mean target?)");
  });
});

describe("code frames", () => {
  const text = "1\n2\n3\n4\n5\n6\n7\n";
  it("show two lines around one, and one around several", () => {
    assert.strictEqual(
      codeFrame("Dockerfile", text, [[4, 4]]),
      "Dockerfile:4\n--------------------\n   2 |     2\n   3 |     3\n   4 | >>> 4\n   5 |     5\n   6 |     6\n--------------------\n",
    );
    assert.strictEqual(
      codeFrame("a/Dockerfile", text, [
        [3, 3],
        [4, 4],
      ]),
      "a/Dockerfile:3\n--------------------\n   2 |     2\n   3 | >>> 3\n   4 | >>> 4\n   5 |     5\n--------------------\n",
    );
  });

  it("have the empty last line, and nothing outside of the text", () => {
    assert.match(codeFrame("D", text, [[7, 7]]), / {3}7 \| >>> 7\n {3}8 \| {5}\n-/);
    assert.strictEqual(codeFrame("D", text, [[0, 0]]), "");
    assert.strictEqual(codeFrame("D", text, [[9, 9]]), "");
    assert.strictEqual(codeFrame("D", text, []), "");
  });
});

describe("Go's unstable sort", () => {
  it("sorts", () => {
    let state = 7;
    const random = () => (state = (state * 48271) % 2147483647);
    for (const length of [0, 1, 12, 13, 49, 50, 51, 200, 1000]) {
      for (const range of [2, 10, 1e9]) {
        const items = Array.from({ length }, () => random() % range);
        assert.deepStrictEqual(
          goSort(items, (a, b) => a < b),
          [...items].sort((a, b) => a - b),
        );
        const falling = [...items].sort((a, b) => b - a);
        assert.deepStrictEqual(
          goSort(falling, (a, b) => a < b),
          [...items].sort((a, b) => a - b),
        );
      }
    }
  });
});
