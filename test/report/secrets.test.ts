/** What is shown around holds no secret: values of ARG and ENV with a secret's name, mounted secrets; warnings speak Korean. */
import assert from "node:assert/strict";

import { openLab } from "../build/labs";

describe("tables and secrets", () => {
  it("mask values of names that look like secrets, in every medium", async () => {
    const lab = await openLab();
    const dockerfile =
      'FROM busybox\nARG API_TOKEN=abc123\nENV PASSWORD="p w" PORT=80 SECRET_KEY=$API_TOKEN\nRUN true\n';
    const built = await lab.build({ dockerfile });
    for (const medium of ["text", "html", "markdown", "json"] as const) {
      const table = built.table(medium);
      assert.doesNotMatch(table, /abc123|p w/, medium);
      assert.match(table, /API_TOKEN=\\?\*/, medium);
      assert.match(table, /PORT=80/, medium);
    }
    assert.ok(built.warnings.length > 0);
    for (const { ko } of built.warnings) assert.match(ko, /[가-힣]/);
  });
});
