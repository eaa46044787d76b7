/** Two images from one store: what was built for one does not explain what is new in the other. */

import assert from "node:assert/strict";

import { openLab } from "./labs";

describe("reasons between images of different names", () => {
  it("calls new what only the other image had something like", async () => {
    const lab = await openLab();
    await lab.build({ dockerfile: "FROM busybox\nRUN echo tools > /a\n", tags: ["tools"] });
    const note = await lab.build({ dockerfile: "FROM busybox\nRUN echo note > /note\n", tags: ["note"] });
    assert.equal(note.steps[1]?.miss?.first, true);
    const again = await lab.build({ dockerfile: "FROM busybox\nRUN echo more > /note\n", tags: ["note"] });
    assert.equal(again.steps[1]?.miss?.first, false);
    assert.match(again.steps[1].miss.sentence.ko, /echo note > \/note → echo more > \/note/);
    const tools = await lab.build({ dockerfile: "FROM busybox\nRUN echo other > /a\n", tags: ["tools"] });
    assert.match(tools.steps[1]!.miss!.sentence.ko, /echo tools > \/a → echo other > \/a/);
  });

  it("does not speak of --no-cache when an imported cache knows a key without its result", async () => {
    const lab = await openLab();
    const dockerfile =
      "FROM busybox AS build\nRUN echo 1 > /a\nCOPY m /m\nFROM busybox\nCOPY --from=build /m /\n";
    lab.context.write("m", "1");
    await lab.build({ dockerfile, cacheTo: "ci", cacheMode: "min" });
    await lab.prune();
    lab.context.write("m", "2");
    const after = await lab.build({ cacheFrom: ["ci"] });
    const run = after.steps.find(({ name }) => name.includes("RUN echo 1"));
    assert.equal(run?.status, "DONE");
    assert.equal(run.miss?.first, true);
    for (const { miss } of after.steps) assert.doesNotMatch(miss?.sentence.ko ?? "", /--no-cache/);
    const fresh = await lab.build({ noCache: true });
    assert.match(
      fresh.steps.find(({ name }) => name.includes("RUN echo 1"))!.miss!.sentence.ko,
      /--no-cache/,
    );
  });

  it("takes versions of one image for one: only the tag differs", async () => {
    const lab = await openLab();
    await lab.build({ dockerfile: "FROM busybox\nRUN echo one > /a\n", tags: ["me/app:1"] });
    const second = await lab.build({ dockerfile: "FROM busybox\nRUN echo two > /a\n", tags: ["me/app:2"] });
    assert.match(second.steps[1]!.miss!.sentence.ko, /echo one > \/a → echo two > \/a/);
  });

  it("still compares equal instructions, and builds without a name with all", async () => {
    const lab = await openLab();
    lab.context.write("a.txt", "1");
    await lab.build({ dockerfile: "FROM busybox\nCOPY a.txt /\nRUN cat /a.txt\n", tags: ["api"] });
    lab.context.write("a.txt", "2");
    const other = await lab.build({
      dockerfile: "FROM busybox\nCOPY a.txt /\nRUN cat /a.txt\n",
      tags: ["worker"],
    });
    assert.equal(other.steps[1]?.miss?.cause, "own");
    assert.match(other.steps[1].miss.sentence.ko, /a\.txt/);
    assert.equal(other.steps[2]?.miss?.cause, "knock-on");
    const unnamed = await lab.build({ dockerfile: "FROM busybox\nCOPY a.txt /\nRUN cat -n /a.txt\n" });
    assert.equal(unnamed.steps[2]?.miss?.first, false);
  });
});
