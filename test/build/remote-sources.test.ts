/** ADD of what lies on the network: nothing is fetched; a build that may assume goes on and says so. */
import assert from "node:assert/strict";

import { openLab } from "./labs";

const DOCKERFILE = `FROM busybox
ADD https://example.com/tool.tar.gz /opt/
ADD --chmod=755 --checksum=sha256:${"0".repeat(64)} https://example.com/tool /usr/local/bin/tool
ADD https://example.com/team/app.git#v1.0 /src
RUN test -f /opt/tool.tar.gz
RUN cd /src && ./configure && make install
COPY . /app
`;

describe("remote sources", () => {
  it("are refused without assuming", async () => {
    const lab = await openLab();
    const built = await lab.build({ dockerfile: "FROM busybox\nADD https://example.com/a /a\n" });
    assert.match(built.error?.message ?? "", /invalid response status 404/);
    const git = await lab.build({
      dockerfile: "FROM busybox\nADD https://example.com/team/app.git#v1.0 /src\n",
    });
    assert.match(git.error?.message ?? "", /no network in the simulation/);
  });

  it("are assumed to be as they were, and marked", async () => {
    const lab = await openLab();
    lab.context.write("a", "1");
    const first = await lab.build({ dockerfile: DOCKERFILE, assume: true });
    assert.equal(first.exitCode, 0, first.error?.message);
    assert.deepEqual(
      first.steps.filter(({ assumed }) => assumed).map(({ instruction }) => instruction),
      ["ADD", "ADD", "ADD", "RUN"],
    );
    lab.context.write("a", "2");
    const second = await lab.build({ assume: true });
    // A source is looked at in every build; what is made of it is found again.
    const last = new Map(second.steps.map(({ name, status }) => [name, status]));
    assert.deepEqual([...last].map(([name, status]) => [/ ([A-Z]+) /.exec(name)?.[1], status]).slice(1), [
      ["ADD", "CACHED"],
      ["ADD", "CACHED"],
      ["ADD", "CACHED"],
      ["RUN", "CACHED"],
      ["RUN", "CACHED"],
      ["COPY", "DONE"],
    ]);
  });

  it("another URL or ref is another source", async () => {
    const lab = await openLab();
    await lab.build({ dockerfile: DOCKERFILE, assume: true });
    const other = await lab.build({ dockerfile: DOCKERFILE.replace("v1.0", "v1.1"), assume: true });
    const add = other.steps.find(({ name }) => name.includes(".git"));
    assert.equal(add?.status, "DONE");
  });
});
