/** Layers of notebooks are packed by one implementation everywhere: what is digested and what is written are the same bytes. */
import assert from "node:assert/strict";

import { gzipBlocks, gzipBlocksLater } from "../../kernel-helpers/src/image";
import { nodeHost } from "../../kernel-helpers/src/kernel/session/node-host";
import { browserPlatform } from "../../kernel-helpers/src/platform/browser";

describe("gzip in notebooks", () => {
  it("is the browser's, at once and later", async () => {
    const { platform } = nodeHost().labMachine();
    const data = Buffer.from(Array.from({ length: 3000 }, (_, i) => `${i * 7919} 레이어\n`).join(""));
    const expected = Buffer.concat([...gzipBlocks(browserPlatform, [data])]);
    const later: Uint8Array[] = [];
    for await (const piece of gzipBlocksLater(platform, [data])) later.push(piece);
    assert.deepEqual(Buffer.concat([...gzipBlocks(platform, [data])]), expected);
    assert.deepEqual(Buffer.concat(later), expected);
  });
});
