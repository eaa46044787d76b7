import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { fixed, formatBytes } from "../../kernel-helpers/src/report/progress/format";
import { formatLogTime } from "../../kernel-helpers/src/report/progress/trace";
import { bytesSize, humanDuration, humanSize, parseSize } from "../../kernel-helpers/src/report/units";

const file = JSON.parse(readFileSync(join(__dirname, "../vectors/dockertime.json"), "utf8")) as {
  cases: (Record<string, string> & { id: string; kind: string; value: string })[];
};

function attempt(text: string, units: "decimal" | "binary"): string {
  try {
    return parseSize(text, units).toString();
  } catch (error) {
    return (error as Error).message;
  }
}

function secondsOfNanoseconds(text: string): number {
  const total = BigInt(text);
  return Number(total / 1_000_000_000n) + Number(total % 1_000_000_000n) / 1e9;
}

describe("sizes and durations as docker/go-units and BuildKit's display write them", () => {
  const outcome = (one: (typeof file.cases)[number]): Record<string, string | undefined> => {
    const { kind, value } = one;
    if (kind === "duration") {
      const seconds = secondsOfNanoseconds(value);
      return {
        humanDuration: humanDuration(BigInt(value)),
        seconds1: fixed(seconds, 1) + "s",
        logTime: formatLogTime(seconds),
      };
    }
    if (kind === "size") {
      const size = Number(value);
      return {
        humanSize: humanSize(size),
        humanSize3: humanSize(size, 3),
        bytesSize: bytesSize(size),
        progress: formatBytes(size),
      };
    }
    return { fromHumanSize: attempt(value, "decimal"), ramInBytes: attempt(value, "binary") };
  };
  for (const kind of ["duration", "size", "text"]) {
    it(`${kind}: every recorded row`, () => {
      const wrong: unknown[] = [];
      for (const one of file.cases.filter((row) => row.kind === kind)) {
        const own = outcome(one);
        const wanted: Record<string, string | undefined> =
          kind === "text"
            ? {
                fromHumanSize: one["error"] ?? one["fromHumanSize"],
                ramInBytes: one["ramError"] ?? one["ramInBytes"],
              }
            : Object.fromEntries(Object.keys(own).map((key) => [key, one[key]]));
        for (const key of Object.keys(own))
          if (own[key] !== wanted[key]) wrong.push([one.id, one.value, key, own[key], wanted[key]]);
      }
      assert.deepEqual(wrong, []);
    });
  }

  it("sizes past the library's own overflow", () => {
    assert.equal(
      formatBytes(2 ** 63),
      "%!f(PANIC=Format method: runtime error: index out of range [9] with length 9)",
    );
    assert.equal(formatBytes(3.8e18), "3.80EB");
  });
});
