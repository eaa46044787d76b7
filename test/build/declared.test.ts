/** layerbook.json: commands with declared outputs — checked, run, and known to be the same or another one. */

import assert from "node:assert/strict";

import type { WhatIfEdit } from "../../kernel-helpers/src/build";
import { Lab } from "../../kernel-helpers/src/lab";
import { nodeMachine } from "../../kernel-helpers/src/lab-node";
import { readDeclared } from "../../kernel-helpers/src/run";

const GRADLE = {
  commands: [
    {
      run: "./gradlew build",
      outputs: { "build/libs/app.jar": { size: "38MB", from: ["src", "build.gradle"] } },
      seconds: 42,
      prints: "BUILD SUCCESSFUL\n",
    },
  ],
};
const DOCKERFILE = `FROM eclipse-temurin:21 AS build
WORKDIR /w
COPY . .
RUN ./gradlew build --no-daemon
FROM eclipse-temurin:21-jre
COPY --from=build /w/build/libs/app.jar /app.jar
`;

async function open(declared: unknown, files: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const lab = await Lab.openOn(nodeMachine());
  const text = typeof declared === "string" ? declared : JSON.stringify(declared);
  lab.context.apply({
    write: {
      ".dockerignore": "Dockerfile\n.dockerignore\nlayerbook.json\n",
      "layerbook.json": text,
      "src/App.java": "class App {}\n",
      "build.gradle": "plugins {}\n",
      ...files,
    },
  });
  return lab;
}

describe("layerbook.json", () => {
  it("says what a command leaves: the build knows whether it is another one", async () => {
    for (const assume of [false, true]) {
      const lab = await open(GRADLE, { "README.md": "a\n" });
      const first = await lab.build({ dockerfile: DOCKERFILE, assume });
      assert.equal(first.exitCode, 0, first.error?.message);
      const run = first.steps.find(({ name }) => name.includes("gradlew"))!;
      assert.equal(run.output.join("\n"), "BUILD SUCCESSFUL");
      assert.ok(run.assumed);
      assert.ok(run.duration > 42_000);
      assert.equal(
        first.image!.layers.at(-1)!.entries!.find(({ path }) => path === "app.jar")!.size,
        38_000_000,
      );
      lab.context.apply({ write: { "README.md": "b\n" } });
      const readme = await lab.build({ assume });
      assert.deepEqual(
        readme.steps
          .filter(({ instruction }) => instruction !== "FROM" && instruction !== "WORKDIR")
          .map(({ status, depends }) => [status, depends]),
        [
          ["DONE", undefined],
          ["DONE", undefined],
          ["CACHED", undefined],
        ],
      );
      lab.context.apply({ write: { "src/App.java": "class App { int x; }\n" } });
      const source = await lab.build({ assume });
      assert.deepEqual([source.steps.at(-1)!.status, source.steps.at(-1)!.depends], ["DONE", undefined]);
    }
  });

  it("says it to predictions too: what is made from unchanged files is reused, what is made from others is not", async () => {
    for (const run of ["./gradlew build --no-daemon", "cd /w && ./gradlew build && true"]) {
      const lab = await open(GRADLE, { "README.md": "a\n" });
      const dockerfile = DOCKERFILE.replace("./gradlew build --no-daemon", run);
      assert.equal((await lab.build({ dockerfile, assume: true })).exitCode, 0);
      const edits: WhatIfEdit[] = [
        { name: "document", changes: { write: { "README.md": "b\n" } } },
        { name: "source", changes: { write: { "src/App.java": "class App { int x; }\n" } } },
        { name: "nothing" },
      ];
      const { rows } = await lab.whatIf(edits);
      assert.deepEqual(
        rows.map(({ cells }) => cells.at(-1)!.outcome),
        ["hit", "own", "hit"],
      );
      for (const [i, { changes }] of edits.entries()) {
        lab.context.apply(changes ?? {});
        const built = await lab.build({ assume: true });
        const status = rows[i]!.cells.at(-1)!.outcome === "hit" ? "CACHED" : "DONE";
        assert.equal(built.steps.at(-1)!.status, status);
      }
    }
  });

  it("a prediction says when it cannot be read", async () => {
    const lab = await open(GRADLE);
    await lab.build({ dockerfile: DOCKERFILE, assume: true });
    const { rows } = await lab.whatIf([{ name: "broken", changes: { write: { "layerbook.json": "{" } } }]);
    assert.match(rows[0]!.error!, /no JSON/);
  });

  it("without `from` nobody knows", async () => {
    const lab = await open({ commands: [{ run: "./gradlew build", outputs: { "build/libs/app.jar": {} } }] });
    assert.equal((await lab.build({ dockerfile: DOCKERFILE, assume: true })).exitCode, 0);
    lab.context.apply({ write: { "src/App.java": "class B {}\n" } });
    assert.equal((await lab.build({ assume: true })).steps.at(-1)!.depends, true);
  });

  it("goes for scripts, for the exec form, for the longest of several, and for folders", async () => {
    const lab = await open(
      {
        commands: [
          { run: "npm", exit: 9 },
          {
            run: "npm run build",
            outputs: {
              "dist/": { files: 12, size: 120_000, from: ["src"] },
              "dist/version.txt": { text: "1.0\n" },
            },
          },
          { run: "npm test", exit: 1, prints: "1 failing\n" },
        ],
      },
      { "package.json": '{"scripts":{"build":"next build","test":"jest"}}' },
    );
    const built = await lab.build({
      dockerfile:
        'FROM node:22-slim\nWORKDIR /w\nCOPY . .\nRUN npm run build -- --x && ls dist | wc -l && cat dist/version.txt\nRUN ["npm", "run", "build"]\n',
    });
    assert.equal(built.exitCode, 0, built.error?.message);
    assert.deepEqual(built.steps[3]!.output, ["13", "1.0"]);
    const failing = await lab.build({
      dockerfile: "FROM node:22-slim\nWORKDIR /w\nCOPY . .\nRUN npm test\n",
    });
    assert.match(failing.error!.message, /exit code: 1$/);
    assert.deepEqual(failing.steps[3]!.output, ["1 failing"]);
  });

  it("names what is wrong with it, and where", async () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      ["{", /no JSON/],
      [[], /must be an object/],
      [{ commands: {} }, /commands: it must be a list/],
      [{ commands: [{}] }, /commands\[0\]\.run: the first words/],
      [{ commands: [{ run: "x", output: {} }] }, /commands\[0\]\.output: unknown name/],
      [{ commands: [{ run: "x", outputs: { "../x": {} } }] }, /outputs\["\.\.\/x"\]: a path/],
      [{ commands: [{ run: "x", outputs: { x: { size: "huge" } } }] }, /\.size: no size: "huge"/],
      [{ commands: [{ run: "x", outputs: { x: { size: -1 } } }] }, /\.size: no size: -1/],
      [{ commands: [{ run: "x", outputs: { x: { files: 0 } } }] }, /\.files: .* 1 to 10000/],
      [{ commands: [{ run: "x", outputs: { x: { from: "src" } } }] }, /\.from: it must be a list/],
      [{ commands: [{ run: "x", seconds: "1" }] }, /\.seconds/],
      [{ commands: [{ run: "x", exit: 256 }] }, /\.exit/],
    ];
    for (const [declared, words] of cases) {
      const lab = await open(declared);
      const record = await lab.build({ dockerfile: DOCKERFILE });
      assert.equal(record.exitCode, 1);
      assert.equal(record.error!.code, "LB_LAYERBOOK_JSON");
      assert.match(record.error!.message, words);
      assert.match(record.error!.hint!.ko, /layerbook\.json.*[가-힣]/);
    }
    for (const fine of [
      "{}",
      '{"commands":[]}',
      '{"commands":[{"run":"x"}],"other":1}',
      '\uFEFF{"commands":[]}',
    ])
      assert.ok(Array.isArray(readDeclared(fine)), fine);
  });
});
