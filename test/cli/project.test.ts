import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { changedPaths, folderState } from "../../kernel-helpers/src/cli/project/folder-state";
import { layerbook } from "./command";

describe("cli: several images at once, and watching", () => {
  let folder: string;
  let cache: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "layerbook 프로젝트 "));
    cache = ["--cache-dir", join(folder, ".cache")];
    put({
      "web/Dockerfile":
        "FROM node:22-slim\nWORKDIR /app\nCOPY packages/ui packages/ui\nCOPY web web\nRUN echo web\n",
      "web/index.js": "1",
      "packages/ui/ui.js": "ui",
      "api/Dockerfile": "FROM node:22-slim\nARG V=0\nWORKDIR /app\nCOPY . .\nRUN echo api $V\n",
      "api/main.js": "1",
      "compose.yaml": `services:
  web: {build: {context: ., dockerfile: web/Dockerfile}}
  api:
    image: x/api:\${TAG:-dev}
    build: {context: api, args: {V: 7}}
  tool:
    build:
      context: api
      dockerfile_inline: |
        FROM base
        RUN echo tool > /t
      additional_contexts: {base: "service:api"}
`,
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function put(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  }

  interface Built {
    readonly targets: readonly {
      readonly name: string;
      readonly exitCode: number;
      readonly steps: readonly { readonly name: string; readonly status: string }[];
      readonly tags: readonly string[];
    }[];
    readonly shared: number;
  }

  it("builds a compose file: order, inline Dockerfiles, images of one another, .env", async () => {
    const file = ["-f", join(folder, "compose.yaml")];
    const first = await layerbook(["build", ...cache, ...file, "--table=json"]);
    assert.equal(first.code, 0, first.err);
    const { targets } = JSON.parse(first.out) as Built;
    assert.deepEqual(
      targets.map(({ name }) => name),
      ["web", "api", "tool"],
    );
    assert.ok(targets[1]!.tags.includes("x/api:dev"));
    assert.ok(targets[1]!.steps.some(({ name }) => name.includes("RUN echo api 7")));
    put({ "api/main.js": "2", ".env": "TAG=v2\n" });
    const second = await layerbook(["build", ...cache, ...file]);
    assert.match(second.out, /web +성공 +4 +0/);
    assert.match(second.out, /api +성공 +1 +2 .*main\.js/);
    assert.match((await layerbook(["history", "x/api:v2", ...cache])).out, /RUN .*echo api/);
    const one = await layerbook(["build", ...cache, ...file, "--table=json", "tool"]);
    assert.deepEqual(
      (JSON.parse(one.out) as Built).targets.map(({ name }) => name),
      ["api", "tool"],
    );
    const unknown = await layerbook(["build", ...cache, ...file, "nobody"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.err, /LB_NO_TARGET/);
  });

  it("predicts an edit for every image of a bake file or a folder", async () => {
    put({
      "docker-bake.hcl": `target "web" { dockerfile = "web/Dockerfile" }\ntarget "api" { context = "api" }\n`,
    });
    const edit = ["--edit", join(folder, "packages/ui/ui.js")];
    for (const which of [
      ["-f", join(folder, "docker-bake.hcl")],
      ["--all", folder],
    ]) {
      const { code, out, err } = await layerbook(["whatif", ...cache, ...which, ...edit]);
      assert.equal(code, 0, err);
      const heads = out
        .split("\n")
        .find((line) => line.startsWith("고친 것"))!
        .split(/ {2,}/)
        .slice(1);
      const row = out
        .split("\n")
        .find((line) => line.startsWith("packages/ui/ui.js"))!
        .split(/ {2,}/)
        .slice(1);
      assert.match(row[heads.indexOf("web")]!, /▲ 다시 실행 \(\[3\/5\] \[4\/5\] \[5\/5\]\)/);
      assert.match(row[heads.indexOf("api")]!, /상관없음/);
    }
    const fresh = await layerbook(["whatif", ...cache, "-f", join(folder, "compose.yaml")]);
    assert.match(fresh.err, /방금 빌드했다고/);
    assert.match(fresh.out, /api\/main\.js .*▲ 다시 실행 .*△ 연쇄 \(api 때문\)/);
    await layerbook(["build", "-q", ...cache, "-f", join(folder, "compose.yaml")]);
    const whole = await layerbook(["whatif", ...cache, "-f", join(folder, "compose.yaml")]);
    assert.match(whole.out, /api\/main\.js .*▲ 다시 실행 .*△ 연쇄 \(api 때문\)/);
    const two = await layerbook([
      "build",
      "-q",
      ...cache,
      "-f",
      join(folder, "web/Dockerfile"),
      "-f",
      join(folder, "api/Dockerfile"),
      folder,
    ]);
    assert.match(two.out, /이미지 2개/);
  });

  it("a project file that is wrong says where", async () => {
    put({ "bad.yaml": "services:\n  a: [\n", "bad.hcl": 'target "a" {\n  context = nope\n}\n' });
    const yaml = await layerbook(["build", "-f", join(folder, "bad.yaml")]);
    assert.deepEqual([yaml.code, /LB_COMPOSE/.test(yaml.err)], [1, true]);
    const hcl = await layerbook(["build", "-f", join(folder, "bad.hcl")]);
    assert.match(hcl.err, /nope.*2번째 줄.*LB_BAKE/);
    assert.match((await layerbook(["build", "-f", join(folder, "none.yaml")])).err, /LB_NO_FILE/);
    assert.match((await layerbook(["build", "--all", join(folder, "packages")])).err, /LB_NO_DOCKERFILE/);
  });

  it("--watch builds again after an edit, tells what it ran, and ends cleanly", async () => {
    put({ "api/.dockerignore": "*.log\n" });
    const abort = new AbortController();
    let out = "";
    let err = "";
    const done = layerbook(["build", "--watch", "--progress=plain", ...cache, join(folder, "api")], {
      signal: abort.signal,
      out: (text) => (out += text),
      err: (text) => (err += text),
    });
    const until = async (what: () => boolean): Promise<void> => {
      for (let i = 0; i < 400 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
      assert.ok(what(), out + err);
    };
    await until(() => err.includes("지켜봅니다"));
    put({ "api/noise.log": "x" });
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(out, "", "an ignored file builds nothing");
    put({ "api/main.js": "// other\n" });
    await until(() => out.includes("RUN echo api"));
    assert.match(out, /▸ 고친 것: main\.js\n {2}단계 1개를 재사용하고 2개를 실행했습니다\.\n/);
    assert.match(out, /▲ 원인 \[3\/4\] COPY \. \./);
    put({ "api/Dockerfile": "FROM node:22-slim\nNOPE\n" });
    await until(() => out.includes("NOPE"));
    put({ "api/Dockerfile": "FROM node:22-slim\nCOPY . /x\n" });
    await until(() => out.includes("COPY . /x"));
    abort.abort();
    assert.equal((await done).code, 0);
    assert.match(err, /지켜보기를 끝냅니다/);
  });

  it("sees additions, changes, removals, and not what is ignored", () => {
    const directory = join(folder, "api");
    put({
      "api/.dockerignore": "skip\n!skip/keep\n",
      "api/skip/a": "1",
      "api/skip/keep": "1",
      "api/한글.txt": "1",
    });
    const before = folderState(directory, "Dockerfile");
    assert.deepEqual([...before.keys()].sort(), [
      ".dockerignore",
      "Dockerfile",
      "main.js",
      "skip/keep",
      "한글.txt",
    ]);
    put({ "api/skip/a": "22", "api/skip/keep": "22", "api/new": "" });
    rmSync(join(directory, "한글.txt"));
    assert.deepEqual(changedPaths(before, folderState(directory, "Dockerfile")), [
      "new",
      "skip/keep",
      "한글.txt",
    ]);
  });
});
