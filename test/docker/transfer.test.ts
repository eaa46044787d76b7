/** `docker save` and `docker load`: what they write, print and refuse. */

import assert from "node:assert/strict";

import { Lab } from "../../kernel-helpers/src";
import { type Answer, BASES, dockerOf } from "./engine";

function at(lab: Lab, files: Map<string, Uint8Array>): (...args: string[]) => Promise<Answer> {
  const run = dockerOf(lab, files);
  return (...args) => run(args);
}

describe("docker save and load", function () {
  this.timeout(30_000);
  const files = new Map<string, Uint8Array>();

  it("carry an image to another machine with its id, history and files", async () => {
    const lab = await Lab.open({ bases: BASES });
    lab.context.write("Dockerfile", 'FROM busybox\nRUN echo 안녕 > /hi\nCMD ["cat", "/hi"]\n');
    const here = at(lab, files);
    assert.equal((await here("build", "-t", "memo", "-t", "memo:v1", ".")).status, 0);
    assert.deepEqual(await here("save", "-o", "memo.tar", "memo", "memo:v1"), {
      status: 0,
      out: "",
      err: "",
    });
    const there = at(await Lab.open(), files);
    assert.deepEqual(await there("load", "-i", "memo.tar"), {
      status: 0,
      out: "Loaded image: memo:latest\nLoaded image: memo:v1\n",
      err: "",
    });
    assert.equal(
      (await there("images", "-q", "--no-trunc")).out,
      (await here("images", "-q", "--no-trunc")).out,
    );
    assert.equal(
      (await there("history", "-q", "memo")).out.split("\n")[0],
      (await here("history", "-q", "memo")).out.split("\n")[0],
    );
    assert.equal((await there("image", "save", "--output=again.tar", "memo", "memo:v1")).status, 0);
    assert.deepEqual(files.get("again.tar"), files.get("memo.tar"));
    const id = (await here("images", "-q", "--no-trunc", "memo")).out.split("\n")[0]!;
    assert.equal((await here("save", "-o", "id.tar", id)).status, 0);
    const third = at(await Lab.open(), files);
    assert.equal((await third("load", "--input", "id.tar")).out, `Loaded image ID: ${id}\n`);
    assert.match((await third("images")).out, /<none> +<none>/);
  });

  it("refuse as docker does, with the reason in Korean", async () => {
    const sh = at(await Lab.open(), files);
    assert.match(
      (await sh("save", "nosuch", "-o", "x.tar")).err,
      /^Error response from daemon: No such image: nosuch:latest/,
    );
    assert.match((await sh("save", "memo")).err, /^cowardly refusing to save to a terminal/);
    assert.match((await sh("load")).err, /^requested load from stdin, but stdin is empty/);
    assert.match((await sh("load", "-i", "none.tar")).err, /^open none.tar: no such file or directory/);
    files.set("bad.tar", files.get("memo.tar")!.subarray(0, 5000));
    const bad = await sh("load", "-i", "bad.tar");
    assert.equal(bad.status, 1);
    assert.match(bad.err, /^Error response from daemon: .*\n {2}.*LB_ARCHIVE_/);
    await sh("pull", "node:22");
    const refused = await sh("save", "-o", "node.tar", "node:22");
    assert.equal(refused.status, 1);
    assert.match(refused.err, /node:22[^]*LB_CATALOG_IMAGE/);
    assert.equal(files.has("node.tar"), false);
  });
});
