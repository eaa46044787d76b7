/** Edits with known causes: every reason names the true first cause; a step that is reused says why it could be. */

import assert from "node:assert/strict";

import type { Step } from "../../kernel-helpers/src/build";
import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import { DOCKERFILE, EDITS, FILES } from "./edits";

/** `COPY . .` of `[3/4] COPY . .`. */
const textOf = ({ name }: Step): string => name.replace(/^\[[^\]]*\] /, "");

describe("reasons of edits with known causes", function () {
  this.timeout(60_000);

  it("are at least 60", () => {
    assert.ok(EDITS.length >= 60, String(EDITS.length));
    assert.equal(new Set(EDITS.map(({ name }) => name)).size, EDITS.length);
  });

  for (const { name, changes, replace = [], options, own, follow = [], although = {} } of EDITS) {
    it(name, async () => {
      const lab = await Lab.openOn(nodeMachine());
      lab.context.apply({ write: FILES });
      const first = await lab.build({ dockerfile: DOCKERFILE });
      assert.equal(first.exitCode, 0, first.error?.message);
      if (changes) lab.context.apply(changes);
      let dockerfile = DOCKERFILE;
      for (const [old, now] of replace) {
        assert.ok(dockerfile.includes(old), old);
        dockerfile = dockerfile.replace(old, now);
      }
      const { steps, error } = await lab.build({ ...options, dockerfile });
      assert.equal(error, undefined);
      const log = steps
        .map((step) =>
          [textOf(step), step.miss?.cause ?? step.status, step.miss?.sentence.ko ?? step.hit?.because].join(
            " | ",
          ),
        )
        .join("\n");
      const found = steps.filter(({ miss, instruction }) => miss && instruction !== "FROM");
      const ran = (cause: boolean): string[] =>
        found
          .filter(({ miss }) => (miss!.cause !== "knock-on") === cause)
          .map(textOf)
          .sort();
      assert.deepEqual(ran(true), Object.keys(own).sort(), log);
      assert.deepEqual(ran(false), [...follow].sort(), log);
      for (const step of found) {
        const expected = own[textOf(step)];
        if (expected) assert.match(step.miss!.sentence.ko, expected, log);
        assert.ok(step.miss!.sentence.en.length > 0);
      }
      for (const [text, because] of Object.entries(although)) {
        const step = steps.find((one) => textOf(one) === text);
        assert.equal(step?.status, "CACHED", text);
        assert.equal(step.hit?.because, because, `${text}: ${log}`);
      }
      for (const step of steps) if (step.miss || name === "nothing") assert.equal(step.hit, undefined);
    });
  }

  it("going back to an older state says so", async () => {
    const lab = await Lab.openOn(nodeMachine());
    lab.context.apply({ write: FILES });
    await lab.build({ dockerfile: DOCKERFILE });
    lab.context.write("docs/안내.md", "반가워\n");
    await lab.build();
    lab.context.write("docs/안내.md", "안녕\n");
    const { steps } = await lab.build();
    assert.equal(steps.find((step) => textOf(step) === "COPY docs/ /docs/")?.hit?.because, "stored-before");
  });

  it("no value of a secret is in a record", async () => {
    const lab = await Lab.openOn(nodeMachine());
    const text = (value: string): string =>
      `FROM node:22-slim\nARG NPM_TOKEN\nENV DB_PASSWORD=${value}\nRUN echo a\nRUN echo b\n`;
    await lab.build({ dockerfile: text("geheim-1"), buildArgs: { NPM_TOKEN: "geheim-2" } });
    const { steps } = await lab.build({ dockerfile: text("geheim-3"), buildArgs: { NPM_TOKEN: "geheim-4" } });
    assert.ok(steps.some(({ miss }) => miss?.sentence.ko.includes("****")));
    assert.doesNotMatch(JSON.stringify(steps.map(({ miss, hit }) => [miss, hit])), /geheim/);
  });
});
