/** The Lab as a learner's script uses it. */

import assert from "node:assert/strict";

import { letters, openLab, SEED, SEED_FILES } from "./labs";

describe("Lab", () => {
  it("builds, rebuilds from the cache, and says why a step ran again", async () => {
    const lab = await openLab();
    lab.context.writeAll(SEED_FILES);
    const first = await lab.build({ dockerfile: SEED });
    assert.equal(first.exitCode, 0);
    assert.equal(letters(first), "DDDDD");
    const second = await lab.build();
    assert.equal(letters(second), "Dcccc");
    assert.deepEqual(second.image, first.image);
    lab.context.write("server.js", "// changed\n");
    const third = await lab.build();
    assert.equal(letters(third), "DcccD");
    const { miss } = third.steps[4]!;
    assert.equal(miss?.cause, "own");
    assert.ok(miss.parts.some(({ path }) => path === "file server.js"));
    assert.match(miss.sentence.ko, /server\.js/);
    lab.context.write("server.js", SEED_FILES["server.js"]);
    assert.equal(letters(await lab.build()), "Dcccc", "the old result is still there");
  });

  it("prints progress in docker's words and is a plain record", async () => {
    const lab = await openLab();
    const result = await lab.build({ dockerfile: "FROM busybox\nRUN echo 안녕\n", tags: ["app"] });
    const plain = result.progress("plain");
    assert.match(plain, /#\d+ exporting to image/);
    assert.match(plain, /naming to docker\.io\/library\/app:latest/);
    assert.match(plain, /안녕/);
    assert.match(result.progress("tty"), /FINISHED/);
    assert.ok(result.table("text").length > 0);
    const copy = JSON.parse(JSON.stringify(result)) as typeof result;
    assert.deepEqual(copy.steps[1]!.output, ["안녕"]);
    assert.equal(copy.image!.layers.at(-1)!.entries?.length, 0);
  });

  it("gives the files of the image, and names it for a later FROM", async () => {
    const lab = await openLab();
    const built = await lab.build({
      dockerfile: "FROM busybox\nENV A=1\nRUN echo base > /base.txt\n",
      tags: ["mine:1"],
    });
    const root = (await built.root())!;
    assert.equal(Buffer.from(root.readFile("/base.txt").read()).toString(), "base\n");
    const child = await lab.build({ dockerfile: "FROM mine:1\nRUN cat /base.txt && echo $A\n" });
    assert.equal(child.exitCode, 0, child.error?.message);
    assert.deepEqual(child.steps.at(-1)!.output, ["base", "1"]);
    assert.match(child.steps[0]!.name, /FROM docker\.io\/library\/mine:1@sha256:/);
    assert.equal(child.image!.layers.length, built.image!.layers.length + 1);
    assert.deepEqual(
      lab.shelf.all().map(({ name }) => name),
      ["docker.io/library/mine:1"],
    );
  });

  it("builds one after the other when asked at once", async () => {
    const lab = await openLab();
    const results = await Promise.all(
      [1, 2, 3].map((n) => lab.build({ dockerfile: `FROM busybox\nRUN echo ${n}\n` })),
    );
    assert.deepEqual(
      results.map((result) => result.steps[1]!.output),
      [["1"], ["2"], ["3"]],
    );
  });

  it("fails as BuildKit does, keeps what was built, and shows the place", async () => {
    const lab = await openLab();
    const failed = await lab.build({
      dockerfile: "FROM busybox\nRUN echo fine\nRUN exit 3\nRUN echo never\n",
    });
    assert.equal(failed.exitCode, 1);
    assert.equal(letters(failed), "DDE");
    assert.deepEqual(failed.pending, ["[4/4] RUN echo never"]);
    assert.equal(
      failed.error!.message,
      'process "/bin/sh -c exit 3" did not complete successfully: exit code: 3',
    );
    assert.ok(failed.error!.frames.includes("   3 | >>> RUN exit 3"));
    assert.equal(failed.image, undefined);
    assert.match(failed.progress("plain"), /ERROR: failed to build: failed to solve: process/);
    const again = await lab.build({
      dockerfile: "FROM busybox\nRUN echo fine\nRUN exit 0\nRUN echo never\n",
    });
    assert.equal(letters(again), "DcDD");
  });

  it("reports odd input and goes on working", async () => {
    const lab = await openLab();
    assert.equal(
      (await lab.build()).error!.message,
      "failed to read dockerfile: open Dockerfile: no such file or directory",
    );
    assert.equal((await lab.build({ dockerfile: "" })).exitCode, 1);
    assert.equal((await lab.build({ dockerfile: "\0\uffff" })).exitCode, 1);
    assert.match(
      (await lab.build({ dockerfile: "FROM no-such-image:9\n" })).error!.message,
      /no-such-image:9.*not found/,
    );
    assert.equal(
      (await lab.build({ file: "폴더 하나/Dockerfile", dockerfile: "FROM scratch\n" })).exitCode,
      0,
    );
    assert.throws(() => lab.context.write("../out", ""), { code: "LB_BAD_PATH" });
    assert.throws(() => lab.context.remove("none"), { code: "LB_NO_PATH" });
  });

  it("takes dockerfile, file, target, buildArgs, secrets, contexts, URLs", async () => {
    const lab = await openLab();
    const result = await lab.build({
      file: "docker/prod.Dockerfile",
      dockerfile: [
        "FROM busybox AS base",
        "ARG V=0",
        "ADD http://example.test/data.txt /data.txt",
        "COPY --from=extra hello.txt /hello.txt",
        "RUN --mount=type=secret,id=t cat /run/secrets/t /data.txt /hello.txt && echo v$V",
        "FROM base AS other",
        "RUN exit 1",
      ].join("\n"),
      target: "base",
      buildArgs: { V: "7" },
      secrets: { t: "s3cret\n" },
      buildContexts: { extra: { write: { "hello.txt": "hello\n" } } },
      http: { "http://example.test/data.txt": { text: "data\n" } },
    });
    assert.equal(result.exitCode, 0, result.error?.message);
    assert.deepEqual(result.steps.at(-1)!.output, ["****", "data", "hello", "v7"]);
  });

  it("exports and imports caches over a prune", async () => {
    const lab = await openLab();
    lab.context.writeAll(SEED_FILES);
    await lab.build({ dockerfile: SEED, cacheTo: "ci", cacheMode: "max" });
    await lab.prune();
    assert.equal(letters(await lab.build({ cacheFrom: ["ci"] })), "Dcccc");
    await lab.prune();
    assert.equal(letters(await lab.build({ cacheFrom: ["none"] })), "DDDDD");
  });

  it("two labs with the same files make the same image", async () => {
    const build = async (): Promise<string> => {
      const lab = await openLab();
      lab.context.writeAll(SEED_FILES);
      return (await lab.build({ dockerfile: SEED })).image!.configDigest;
    };
    assert.equal(await build(), await build());
  });

  it("stops a build that is aborted", async () => {
    const lab = await openLab();
    const control = new AbortController();
    setTimeout(() => control.abort(), 20);
    const result = await lab.build({
      dockerfile: "FROM busybox\nRUN while true; do :; done\n",
      signal: control.signal,
    });
    assert.equal(result.exitCode, 1);
    assert.equal(letters(await lab.build({ dockerfile: "FROM busybox\nRUN echo on\n" })), "cD");
  });
});
