/** On Dockerfiles as projects have them the optimiser proves a gain or says that there is none; what it proposes holds when it is built. */

import assert from "node:assert/strict";

import { Lab } from "../../../kernel-helpers/src/lab";
import { nodeMachine } from "../../../kernel-helpers/src/lab-node";
import { type Optimization, renderOptimization } from "../../../kernel-helpers/src/report";
import { PROJECTS } from "./projects";
import { some } from "../../sweep";

const VAGUE = new Set(["clean-caches", "cache-mount", "copy-link"]);

describe("optimize: projects", function () {
  this.timeout(60_000);

  for (const [name, { files, gains, refuses = {}, has = [] }] of some(Object.entries(PROJECTS), 3)) {
    it(name, async () => {
      const lab = await Lab.openOn(nodeMachine());
      lab.context.writeAll(files);
      const found: Optimization = await lab.optimize({ assume: true });
      assert.equal(found.error, undefined);
      const rules = [...new Set(found.proposals.map(({ rule }) => rule))];
      const log = JSON.stringify([rules, found.refused.map(({ rule, because }) => [rule, because.en])]);
      // Of caches and small copies it depends on what is simulated whether there is something to gain.
      const sure = rules.filter((rule) => gains.includes(rule) || gains.length === 0 || !VAGUE.has(rule));
      assert.deepEqual(sure, gains, log);
      for (const [rule, reason] of Object.entries(refuses)) {
        const refused = found.refused.find((one) => one.rule === rule);
        assert.match(refused?.because.en ?? "", reason, rule);
      }
      for (const { proof, diff, title, why } of found.proposals) {
        assert.ok(proof.gains.length > 0);
        for (const gain of proof.gains) assert.ok(proof.after[gain] < proof.before[gain], gain);
        assert.match(diff, /^@@ /m);
        for (const text of [title.ko, title.en, why.ko, why.en]) assert.ok(text.length > 0);
      }
      assert.equal(found.combined === undefined, gains.length === 0);
      for (const line of has)
        assert.ok(found.combined!.dockerfile.includes(line), found.combined!.dockerfile);
      // Nothing here has changed, and the same question has the same answer.
      assert.equal(lab.context.readText("Dockerfile"), files["Dockerfile"]);
      assert.equal(lab.cacheRecords().length, 0);
      for (const medium of ["text", "markdown", "html", "json"] as const)
        for (const locale of ["ko", "en"] as const)
          assert.ok(renderOptimization(found, medium, { locale }).length > 0);
    });
  }

  it("what is applied altogether builds, costs less, and leaves nothing to propose that it has applied", async () => {
    for (const name of some(
      ["node: an API that copies everything first", "django: apt in pieces, pip after the sources"],
      2,
    )) {
      const { files } = PROJECTS[name]!;
      const lab = await Lab.openOn(nodeMachine());
      lab.context.writeAll(files);
      const { combined } = await lab.optimize({ assume: true });
      const { before, after } = combined!.proof;
      assert.ok(after.rebuild < before.rebuild && after.bytes < before.bytes);
      lab.context.write("Dockerfile", combined!.dockerfile);
      if (combined!.ignore) lab.context.write(combined!.ignore.path, combined!.ignore.text);
      assert.equal((await lab.build({ assume: true })).exitCode, 0);
      const again = await lab.optimize({ assume: true });
      assert.deepEqual(
        again.proposals.map(({ rule }) => rule),
        [],
      );
    }
  });
});
