/** npm's workspaces and `turbo prune` in a RUN: counts and links are those that npm 11 and turbo 2 made of the same repository. */

import assert from "node:assert/strict";
import { join } from "node:path";

import { Lab } from "../../kernel-helpers/src";
import { readCourse } from "../../kernel-helpers/src/lesson/course";

const { apps } = readCourse(join(__dirname, "../../content"));

/** Builds *dockerfile* over the monorepo of L16 and answers what its RUNs printed. */
async function outputOf(dockerfile: string): Promise<string> {
  const lab = await Lab.open();
  for (const [path, bytes] of apps.get("MR") ?? []) lab.context.write(path, bytes);
  const record = await lab.build({ dockerfile: `FROM node:22-slim\nWORKDIR /repo\n${dockerfile}` });
  assert.equal(record.exitCode, 0, record.error?.message);
  return record.steps.flatMap((step) => step.output).join("\n");
}

describe("npm workspaces", () => {
  it("all manifests: everything, and a link for each workspace", async () => {
    const output = await outputOf(
      "COPY --parents package.json package-lock.json apps/*/package.json packages/*/package.json ./\n" +
        "RUN npm ci\nRUN ls node_modules/@memo && readlink node_modules/@memo/ui\n",
    );
    assert.match(output, /added 72 packages/);
    assert.match(output, /api\nui\nweb\n\.\.\/\.\.\/packages\/ui/);
  });

  it("one manifest: only what that workspace reaches", async () => {
    const output = await outputOf(
      "COPY --parents package.json package-lock.json apps/api/package.json ./\nRUN npm ci\nRUN ls node_modules/@memo\n",
    );
    assert.match(output, /added 69 packages/);
    assert.match(output, /^api$/m);
  });

  it("no manifest: nothing at all", async () =>
    assert.match(await outputOf("COPY package.json package-lock.json ./\nRUN npm ci\n"), /up to date/));

  it("manifests copied into one place overwrite one another: the last one alone is installed", async () =>
    assert.match(
      await outputOf(
        "COPY package.json package-lock.json apps/*/package.json ./\nRUN npm ci\nRUN ls -d node_modules/*\n",
      ),
      /added 2 packages[^]*node_modules\/@memo\nnode_modules\/react$/,
    ));

  it("-w chooses a workspace for ci and for run", async () => {
    const output = await outputOf(
      "COPY . .\nRUN npm ci -w @memo/web\nRUN npm run build -w @memo/web && cat apps/web/dist/bundle.js\n",
    );
    assert.match(output, /added 3 packages/);
    assert.match(output, /function button/);
    await assert.rejects(outputOf("COPY . .\nRUN npm ci -w @memo/none\n"));
  });

  it("turbo prune keeps one package, what it needs and their part of the lock", async () => {
    const output = await outputOf(
      "COPY . .\nRUN npm install -g turbo@2\nRUN turbo prune @memo/web --docker\nRUN find out -type f | sort\nRUN grep -c express out/package-lock.json || true\n",
    );
    assert.match(output, / - Added @memo\/ui\n - Added @memo\/web/);
    assert.match(
      output,
      /out\/full\/apps\/web\/package\.json\nout\/full\/apps\/web\/src\/app\.js\nout\/full\/package\.json\nout\/full\/packages\/ui\/package\.json\nout\/full\/packages\/ui\/src\/button\.js\nout\/full\/turbo\.json\nout\/json\/apps\/web\/package\.json\nout\/json\/package-lock\.json\nout\/json\/package\.json\nout\/json\/packages\/ui\/package\.json\nout\/package-lock\.json\n0/,
    );
  });

  it("turbo refuses what it refuses", async () => {
    await assert.rejects(outputOf("COPY . .\nRUN npm install -g turbo@2 && turbo prune @memo/none\n"));
    await assert.rejects(outputOf("RUN npm install -g turbo@2 && turbo prune @memo/api\n"));
  });
});
