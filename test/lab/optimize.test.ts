/** Better orders: proposed only when they are proven, refused with the reason. */

import assert from "node:assert/strict";

import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";

const NODE = `FROM node:22-slim
WORKDIR /app
COPY . .
RUN npm ci
CMD ["node", "server.js"]
`;
const LOCK = JSON.stringify({
  name: "memo",
  version: "1.0.0",
  lockfileVersion: 3,
  packages: { "": { name: "memo", version: "1.0.0" } },
});

async function labWith(files: Readonly<Record<string, string>>, dockerfile: string): Promise<Lab> {
  const lab = await Lab.openOn(nodeMachine());
  lab.context.writeAll({ ...files, Dockerfile: dockerfile });
  return lab;
}

describe("optimize", () => {
  const files = {
    "package.json": '{"name":"memo","version":"1.0.0"}',
    "package-lock.json": LOCK,
    "server.js": "1\n",
  };

  it("copies what npm ci reads first, with less work and the same image", async () => {
    const lab = await labWith(files, NODE);
    const { proposals, refused } = await lab.optimize();
    assert.deepEqual(
      proposals.map(({ rule }) => rule),
      ["manifests-first"],
    );
    assert.ok(refused.every(({ because }) => because.ko !== "" && because.en !== ""));
    const [proposal] = proposals;
    assert.match(
      proposal!.dockerfile,
      /COPY package\.json package-lock\.json \.\/\nRUN npm ci\nCOPY \. \.\n/,
    );
    assert.match(proposal!.diff, /^\+COPY package\.json package-lock\.json \.\/$/m);
    assert.ok(proposal!.proof.after.rebuild < proposal!.proof.before.rebuild);
    assert.equal(lab.cacheRecords().length, 0);
    assert.equal(lab.context.readText("Dockerfile"), NODE);
    const found = await lab.optimize();
    assert.match(found.table("text"), /패키지 목록을 먼저 복사하고/);
    assert.match(found.table("markdown", { locale: "en" }), /copy the manifests/);
    assert.ok(!Object.keys(found).includes("table"));
  });

  it("says that there is nothing to gain in a good order", async () => {
    const lab = await labWith(
      files,
      NODE.replace("COPY . .\nRUN npm ci", "COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . ."),
    );
    assert.deepEqual((await lab.optimize()).proposals, []);
  });

  it("refuses what would change the image or does not build", async () => {
    const changed = await labWith(files, NODE.replace("RUN npm ci", "RUN cp server.js copy.js && npm ci"));
    const { proposals, refused } = await changed.optimize();
    assert.deepEqual(proposals, []);
    assert.match(refused[0]!.because.en, /does not build|another file/);
  });
});
