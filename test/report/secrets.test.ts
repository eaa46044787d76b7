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

  it("take time that grows with the length: a line of a megabyte, a secret of one", async function () {
    this.timeout(20_000);
    const lab = await openLab();
    const secrets = { big: "key".repeat(300_000) };
    const refused = await lab.build({ dockerfile: `FROM busybox\nRUN ${"x".repeat(1_000_000)}\n`, secrets });
    assert.match(refused.error?.message ?? "", /line greater than max allowed size/);
    assert.match(refused.progress("plain"), /Dockerfile:1/);
    const value = "x".repeat(60_000);
    const built = await lab.build({ dockerfile: `FROM busybox\nENV A_KEY=${value}\nRUN : ${value}y\n` });
    assert.equal(built.exitCode, 0);
    for (const medium of ["text", "html", "markdown", "json"] as const)
      assert.ok(!built.table(medium).includes(`A_KEY=${value}`), medium);
  });
});
