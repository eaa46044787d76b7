/** The stores: what is put is there, also for another process and after a kill. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type KeyValueStore, memoryStore } from "../../kernel-helpers/src/platform";
import { openValue, putPieces } from "../../kernel-helpers/src/platform/platform";
import { diskStore } from "../../kernel-helpers/src/platform/node";
import { compiledFile } from "../kernel/package-under-test";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("key-value stores", () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "lb-store-"))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const kinds: readonly [string, () => KeyValueStore][] = [
    ["memory", memoryStore],
    ["disk", () => diskStore(directory)],
  ];
  for (const [name, open] of kinds) {
    it(`${name}: puts, gets, lists and deletes`, async () => {
      const store = open();
      assert.deepEqual(await store.keys(), []);
      assert.equal(await store.get("a"), undefined);
      await store.put("b", bytes("2"));
      await store.put("a", bytes("1"));
      await store.put("a", bytes("한글"));
      await store.put("경로/키", new Uint8Array());
      assert.deepEqual(await store.keys(), ["a", "b", "경로/키"]);
      assert.equal(Buffer.from((await store.get("a"))!).toString(), "한글");
      assert.equal((await store.get("경로/키"))!.length, 0);
      await store.delete("a");
      await store.delete("never");
      assert.equal(await store.get("a"), undefined);
      assert.deepEqual(await store.keys(), ["b", "경로/키"]);
    });

    it(`${name}: puts values in pieces, one without bytes too`, async () => {
      const store = open();
      for (const pieces of [[], [new Uint8Array()], [bytes("한"), new Uint8Array(), bytes("글")]]) {
        await putPieces(store, "pieces", pieces);
        const text = pieces.map((piece) => Buffer.from(piece).toString("latin1")).join("");
        assert.equal(Buffer.from((await store.get("pieces"))!).toString("latin1"), text);
        assert.equal((await openValue(store, "pieces"))?.size, text.length);
      }
    });
  }

  it("disk: a damaged value reads as absent", async () => {
    await diskStore(directory).put("a", bytes("whole"));
    const content = files(join(directory, "content-v2"));
    assert.equal(content.length, 1);
    writeFileSync(content[0]!, "damaged and longer");
    assert.equal(await diskStore(directory).get("a"), undefined);
  });

  it("disk: a writer killed in the middle leaves whole values only, and two writers do not disturb each other", async function () {
    this.timeout(30_000);
    const script = `
      const { diskStore } = require(${JSON.stringify(compiledFile("platform/node/index"))});
      const store = diskStore(${JSON.stringify(directory)});
      (async () => { for (let i = 0; ; i++) { await store.put("k" + (i % 7), Buffer.alloc(100_000, i % 251)); process.stdout.write("."); } })();`;
    const run = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, ["-e", script], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        let dots = 0;
        child.stdout.on("data", (data: Buffer) => {
          dots += data.length;
          if (dots > 40) child.kill("SIGKILL");
        });
        child.on("exit", () => (dots > 40 ? resolve() : reject(new Error("the writer ended early"))));
      });
    await Promise.all([run(), run()]);
    const store = diskStore(directory);
    const keys = await store.keys();
    assert.ok(keys.length > 0);
    for (const key of keys) {
      const value = (await store.get(key))!;
      assert.equal(value.length, 100_000, key);
      assert.ok(value.every((byte) => byte === value[0]));
    }
  });
});

function files(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}
