/** Steps are found by what they do, in whatever form the learner wrote them. */

import assert from "node:assert/strict";
import { Lab } from "../../kernel-helpers/src";
import { findSteps, roleName } from "../../kernel-helpers/src/lesson/roles";

const DOCKERFILE = `FROM debian:bookworm-slim AS base
RUN <<EOT
set -e
# npm ci
apt-get update
apt-get install -y \\
  curl
EOT
RUN ["/bin/sh", "-c", "echo npm run check"]
RUN echo npm -w @memo/api run build && echo npm run -w @memo/api check
FROM base
RUN --mount=type=bind,from=base,source=/etc,target=/mnt date
COPY --from=base /etc/hostname /x
COPY ["a file", "b", "/y/"]
`;

describe("roles of steps", () => {
  it("reads heredocs, JSON lists, options of npm, and mounts of other stages", async () => {
    const lab = await Lab.open();
    for (const name of ["a file", "b"]) lab.context.write(name, "");
    const record = await lab.build({ dockerfile: DOCKERFILE });
    assert.equal(record.error, undefined);
    const found = (role: string): readonly number[] =>
      findSteps(record, role).map((step) => step.range?.start.line ?? 0);
    assert.deepEqual(found("os-update"), [2]);
    assert.deepEqual(found("os-install"), [2]);
    assert.deepEqual(found("install"), [], "a comment in a heredoc is no command");
    assert.deepEqual(found("run npm run check"), [9, 10]);
    assert.deepEqual(found("run npm run build"), [10]);
    assert.deepEqual(found("run date"), [12], "`apt-get update` has no word `date`");
    assert.deepEqual(found("copy-from"), [12, 13]);
    assert.deepEqual(found("copy a file"), [14]);
  });

  it("names a role in the learner's words", () => {
    assert.equal(roleName("run npm ci"), "`npm ci`를 실행하는 RUN");
    assert.equal(roleName("copy-from"), "다른 스테이지의 결과를 옮기는 COPY");
  });
});
