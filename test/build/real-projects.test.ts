/** Projects like real ones, full of commands and bases that are not simulated: no step is said to be reused, or run, that BuildKit would not. */

import assert from "node:assert/strict";

import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import {
  built,
  complaints,
  nameOfEdit,
  predict,
  projects,
  rebuild,
  verdictsOf,
  type Verdicts,
} from "./real-projects";
import { some } from "../sweep";

describe("builds that assume, on projects like real ones", () => {
  it("has forty of them and more", () => assert.ok(projects.length >= 40));

  it("does not reuse for a strict build what was assumed", async () => {
    const lab = await Lab.openOn(nodeMachine());
    const dockerfile = "FROM debian:bookworm-20260918-slim\nRUN ./gradlew build\n";
    assert.equal((await lab.build({ dockerfile, assume: true })).exitCode, 0);
    const strict = await lab.build({ dockerfile, assume: false });
    assert.equal(strict.exitCode, 1);
    assert.match(strict.error!.message, /exit code: 127$/);
    const again = await lab.build({ dockerfile, assume: true });
    assert.deepEqual(again.steps.map(({ status }) => status).slice(1), ["CACHED"]);
  });

  it("takes a failure for one where nothing was assumed", async () => {
    for (const command of ["exit 3", "false", "test -f missing", "npm run nope"]) {
      const lab = await Lab.openOn(nodeMachine());
      const record = await lab.build({ dockerfile: `FROM node:22-slim\nRUN ${command}\n`, assume: true });
      assert.equal(record.exitCode, 1, command);
    }
  });

  it("goes on after a command in the exec form, a shell and a user that nobody knows", async () => {
    for (const text of [
      'FROM debian:bookworm-20260918-slim\nRUN ["./mvnw", "package"]\n',
      'FROM mcr.example.com/windows:1\nSHELL ["powershell", "-Command"]\nRUN Get-Item x\n',
      "FROM example.com/company/base:7\nUSER app\nRUN ./configure && make | tee log\n",
      "FROM example.com/company/base:7\nRUN cp /opt/nothing.conf /etc/x.conf\nCOPY --from=example.com/tools:1 /bin/tool* /bin/\n",
    ]) {
      const lab = await Lab.openOn(nodeMachine());
      const record = await lab.build({ dockerfile: text, assume: true });
      assert.equal(record.exitCode, 0, `${text}: ${record.error?.message ?? ""}`);
      assert.ok(record.steps.some(({ assumed }) => assumed));
    }
  });

  for (const project of some(projects, 3)) {
    describe(project.project, () => {
      let predictions: Verdicts[];

      before(async () => {
        const { lab, record } = await built(project);
        assert.equal(record.exitCode, 0, record.error?.message);
        predictions = await predict(lab, project);
      });

      for (const [i, edit] of project.edits.entries()) {
        it(nameOfEdit(edit), async () => {
          const { lab } = await built(project);
          const record = await rebuild(lab, project, edit);
          assert.equal(record.exitCode, 0, record.error?.message);
          assert.deepEqual(complaints(verdictsOf(record), edit, false), [], "build");
          assert.deepEqual(complaints(predictions[i]!, edit, true), [], "whatif");
        });
      }

      it("is reused whole when nothing changes", async () => {
        const { lab } = await built(project);
        const again = await rebuild(lab, project, {});
        assert.deepEqual(complaints(verdictsOf(again), {}, false), []);
      });
    });
  }
});
