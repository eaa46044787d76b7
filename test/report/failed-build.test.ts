/** The table of a build that failed: what BuildKit prints as CACHED although it never ran, and steps that were never reached. */

import assert from "node:assert/strict";

import { tableOf } from "../../kernel-helpers/src/report";
import { openLab } from "../build/labs";

const FILE = [
  "FROM busybox",
  "WORKDIR /app",
  "RUN echo one > /one",
  "COPY missing.json ./",
  "RUN echo two > /two",
  "LABEL a=b",
  "",
].join("\n");

const seen = (record: Parameters<typeof tableOf>[0]) =>
  tableOf(record).rows.map(({ label, verdict }) => `${label ?? "-"} ${verdict.kind}`);

describe("the layer table of a failed build", () => {
  it("does not call reused what never ran, and shows the steps behind the failure", async () => {
    const lab = await openLab();
    const record = await lab.build({ dockerfile: FILE });
    assert.equal(record.exitCode, 1);
    assert.equal(record.steps[2]?.status, "CACHED", "as BuildKit prints it");
    assert.deepEqual(seen(record), [
      "[1/5] not-run",
      "[2/5] not-run",
      "[3/5] not-run",
      "[4/5] failed",
      "[5/5] not-run",
      "- not-a-step",
    ]);
    const text = record.table("text");
    assert.doesNotMatch(text, /재사용|만듦|남음/);
    assert.match(text, /\[3\/5\].*○ 안 함/);
    assert.match(record.table("markdown"), /\| \\\[5\/5\\\] \| `RUN echo two > \/two` \| ○ 안 함 \|/);
  });

  it("calls reused what an earlier build made, without a size that nobody asked for", async () => {
    const lab = await openLab();
    assert.equal(
      (await lab.build({ dockerfile: "FROM busybox\nRUN echo one > /one\nRUN true\n" })).exitCode,
      0,
    );
    const record = await lab.build({
      dockerfile: "FROM busybox\nRUN echo one > /one\nRUN false\nCOPY . .\n",
    });
    assert.equal(record.exitCode, 1);
    assert.deepEqual(seen(record), ["[1/4] resolved", "[2/4] reused", "[3/4] failed", "[4/4] not-run"]);
    const row = tableOf(record).rows[1]!;
    assert.ok(row.bytes === undefined || row.bytes === 4, `size ${row.bytes}`);
  });
});

describe("the layer table of reused stages", () => {
  it("gives no size to what was not loaded, and the right one to what is in the image", async () => {
    const lab = await openLab();
    const dockerfile = (mark: string) =>
      `FROM busybox AS build\nRUN echo one > /one\nRUN cp /one /two\nFROM busybox\nCOPY --from=build /two /\nRUN true\nLABEL m=${mark}\n`;
    assert.equal((await lab.build({ dockerfile: dockerfile("1") })).exitCode, 0);
    const { rows } = tableOf(await lab.build({ dockerfile: dockerfile("2") }));
    const sizes = rows.filter(({ layer }) => layer).map(({ text, bytes }) => [text.split(" ")[1], bytes]);
    for (const [, bytes] of sizes.slice(0, 2)) assert.ok(bytes === undefined || bytes === 4, `${bytes}`);
    assert.deepEqual(sizes.slice(2), [
      ["--from=build", 4],
      ["true", 0],
    ]);
  });
});
