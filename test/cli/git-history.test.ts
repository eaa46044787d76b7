/** `layerbook whatif --git` on repositories made here with git: nothing but its objects is read. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ChangeSummary, CourseSummary } from "../../kernel-helpers/src/report";
import { layerbook } from "./command";

const DOCKERFILE = `FROM node:22-slim AS build
WORKDIR /app
COPY package.json ./
RUN npm install
COPY . .
RUN npm run build
FROM nginx:alpine
COPY --from=build /app/dist /usr/share/nginx/html
`;

type Files = Readonly<Record<string, string | null | { readonly mode: string; readonly data: string }>>;

/** The commits, oldest first, as a stream for `git fast-import`. */
function stream(commits: readonly Files[]): string {
  return commits
    .map((files, i) => {
      const changes = Object.entries(files).map(([path, file]) => {
        if (file === null) return `D ${path}\n`;
        if (typeof file !== "string" && file.mode === "160000") return `M 160000 ${file.data} ${path}\n`;
        const { mode, data } = typeof file === "string" ? { mode: "100644", data: file } : file;
        return `M ${mode} inline ${path}\ndata ${Buffer.byteLength(data)}\n${data}\n`;
      });
      const subject = `커밋 ${i}`;
      return (
        `commit refs/heads/main\nmark :${i + 1}\ncommitter a <a@example.com> ${1700000000 + i} +0000\n` +
        `data ${Buffer.byteLength(subject)}\n${subject}\n${i > 0 ? `from :${i}\n` : ""}${changes.join("")}\n`
      );
    })
    .join("");
}

const START: Files = {
  Dockerfile: DOCKERFILE,
  ".dockerignore": ".git\n*.md\n",
  "package.json": '{"name":"x","version":"1.0.0"}\n',
  "src/첫 화면.js": "1\n",
  "src/run.sh": "echo\n",
  "README.md": "안녕\n",
};

describe("whatif --git", function () {
  this.timeout(60_000);
  let folder: string;

  const git = (cwd: string, ...args: string[]): string =>
    execFileSync("git", args, {
      cwd,
      encoding: "utf8",
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" },
    });

  function repository(name: string, commits: readonly Files[]): string {
    const place = join(folder, name);
    mkdirSync(place);
    git(place, "init", "-q", "-b", "main");
    execFileSync("git", ["fast-import", "--quiet"], { cwd: place, input: stream(commits) });
    git(place, "reset", "-q", "--hard");
    return place;
  }

  async function summary(place: string, ...args: string[]): Promise<CourseSummary> {
    const { code, out, err } = await layerbook(["whatif", "--table", "json", ...args], { cwd: place });
    assert.equal(code, 0, err);
    return JSON.parse(out) as CourseSummary;
  }

  /** How often each instruction runs again. */
  const runsOf = ({ steps }: CourseSummary): Record<string, number> =>
    Object.fromEntries(steps.map(({ step, runs }) => [step.replace(/^\[[^\]]*\] /, ""), runs]));

  before(function () {
    if (spawnSync("git", ["--version"]).status !== 0) return this.skip();
    folder = mkdtempSync(join(tmpdir(), "layerbook 저장소 "));
  });
  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("counts what every commit runs again, and why", async () => {
    const place = repository("counts", [
      START,
      { "src/첫 화면.js": "2\n" },
      { "README.md": "무시되는 문서\n" },
      { "package.json": '{"name":"x","version":"1.0.1"}\n' },
      { "src/run.sh": { mode: "100755", data: "echo\n" } },
      { "src/첫 화면.js": null, "src/새 화면.js": "2\n" },
      { "src/link": { mode: "120000", data: "run.sh" } },
      { "src/link": { mode: "120000", data: "none" } },
    ]);
    const found = await summary(place, "--git", "200");
    assert.equal(found.commits, 7);
    assert.deepEqual(runsOf(found), {
      "WORKDIR /app": 0,
      "COPY package.json ./": 1,
      "RUN npm install": 1,
      "COPY . .": 6,
      "RUN npm run build": 6,
      "COPY --from=build /app/dist /usr/share/nginx/html": 0,
    });
    const [build] = found.steps.filter(({ step }) => step.endsWith("npm run build"));
    assert.deepEqual(
      build!.causes.map(({ step, commits }) => [step, commits]),
      [["COPY . .", 6]],
    );
    assert.deepEqual(build!.causes[0]!.details, [
      { what: "src/", kind: "file", commits: 5 },
      { what: "package.json", kind: "file", commits: 1 },
    ]);
    assert.equal(found.steps.at(-1)!.depends, 6);
    const { out } = await layerbook(["whatif", "--git", "200", place]);
    assert.match(
      out.replace(/\s+/g, " "),
      /최근 커밋 7개 중 6개가 RUN npm run build 단계를 다시 실행합니다\. 원인: COPY \. \. \(src\/ 5, package\.json 1\)/,
    );
  });

  it("leaves the working tree and the repository alone", async () => {
    const place = repository("dirty", [START, { "src/run.sh": "2\n" }]);
    writeFileSync(join(place, "src/run.sh"), "고치는 중\n");
    writeFileSync(join(place, "새 파일"), "x\n");
    const status = git(place, "status", "--porcelain");
    const index = statSync(join(place, ".git/index")).mtimeMs;
    const found = await summary(place, "--git", "10");
    assert.deepEqual([found.commits, runsOf(found)["COPY . ."]], [1, 1]);
    assert.equal(readFileSync(join(place, "src/run.sh"), "utf8"), "고치는 중\n");
    assert.equal(statSync(join(place, ".git/index")).mtimeMs, index);
    assert.equal(git(place, "status", "--porcelain"), status);
  });

  it("a change of Dockerfile or .dockerignore is followed; a commit without a Dockerfile is told", async () => {
    const place = repository("dockerfiles", [
      START,
      { Dockerfile: DOCKERFILE.replace("npm install", "npm install --omit=dev") },
      { ".dockerignore": ".git\n*.md\nsrc\n" },
      { "src/run.sh": "ignored now\n" },
      { Dockerfile: null },
      { Dockerfile: DOCKERFILE },
    ]);
    const found = await summary(place, "--git", "10");
    assert.deepEqual(
      found.rows.map(({ runs, error }) => error ?? runs.length),
      [3, 2, 0, "Dockerfile 없음", 2],
    );
  });

  it("a subdirectory is judged by its own files; a submodule by the commit it points to", async () => {
    const below = (files: Files): Files =>
      Object.fromEntries(Object.entries(files).map(([path, file]) => [`apps/웹/${path}`, file]));
    const place = repository("mono", [
      below(START),
      { "libs/a.js": "1\n" },
      below({ "src/run.sh": "2\n" }),
      below({ vendor: { mode: "160000", data: "1".repeat(40) } }),
      below({ vendor: { mode: "160000", data: "2".repeat(40) } }),
    ]);
    const { out, err } = await layerbook([
      "whatif",
      "--git",
      "10",
      "--table",
      "markdown",
      join(place, "apps/웹"),
    ]);
    assert.match(out, /서브모듈\(vendor\)/, err);
    const found = await summary(join(place, "apps/웹"), "--git", "10");
    assert.deepEqual(
      found.rows.map(({ runs }) => runs.length),
      [0, 2, 2, 2],
    );
  });

  it("BASE..HEAD is the comment for a pull request, with limits", async () => {
    const place = repository("pull", [START, { "src/a.js": "1\n" }, { "src/b.js": "1\n" }]);
    const { code, out, err } = await layerbook(["whatif", "--git", "HEAD~2..HEAD", "--table", "markdown"], {
      cwd: place,
    });
    assert.equal(code, 0, err);
    assert.match(out, /^<!-- layerbook whatif -->\n### 빌드 캐시에 생기는 일\n/);
    assert.match(
      out,
      /단계 6개 중 2개를 다시 실행합니다\..* 첫 원인: COPY \. \. — 파일이 생김: src\/a\.js \(외 1가지\)/,
    );
    assert.match(out, /\| `RUN npm install` \| ● 재사용 \|/);
    assert.match(out, /<details><summary>커밋마다\(2개\)/);
    const json = await layerbook(["whatif", "--git", "HEAD~2..HEAD", "--table", "json"], { cwd: place });
    assert.equal((JSON.parse(json.out) as ChangeSummary).commits.commits, 2);
    const over = await layerbook(["whatif", "--git", "HEAD~2..HEAD", "--max-rerun-steps", "0"], {
      cwd: place,
    });
    assert.deepEqual([over.code, /LB_RERUN/.test(over.err)], [1, true]);
    assert.equal(
      (await layerbook(["whatif", "--git", "2", "--max-rerun-rate", "100%"], { cwd: place })).code,
      0,
    );
    assert.equal(
      (await layerbook(["whatif", "--git", "2", "--max-rerun-rate", "99%"], { cwd: place })).code,
      1,
    );
    assert.equal(
      (await layerbook(["whatif", "--git", "2", "--max-rerun-rate", "viel"], { cwd: place })).code,
      2,
    );
    assert.equal((await layerbook(["whatif", "--git", "main"], { cwd: place })).code, 2);
  });

  it("says what is wrong: no repository, no commits, an unknown range, a shallow clone, no git", async () => {
    const none = await layerbook(["whatif", "--git", "5"], { cwd: tmpdir() });
    assert.match(none.err, /LB_NOT_A_REPOSITORY/);
    const empty = join(folder, "empty");
    mkdirSync(empty);
    git(empty, "init", "-q");
    assert.match((await layerbook(["whatif", "--git", "5"], { cwd: empty })).err, /LB_GIT_EMPTY/);
    const place = repository("source", [
      START,
      { "src/a.js": "1\n" },
      { "src/a.js": "2\n" },
      { "src/a.js": "3\n" },
    ]);
    const range = await layerbook(["whatif", "--git", "nosuch..HEAD"], { cwd: place });
    assert.deepEqual([range.code, /LB_GIT_RANGE/.test(range.err)], [1, true]);
    git(folder, "clone", "-q", "--depth", "2", `file://${place}`, "shallow");
    const shallow = await layerbook(["whatif", "--git", "200"], { cwd: join(folder, "shallow") });
    assert.match(shallow.out.replace(/\s+/g, " "), /얕은 복제라서 커밋 1개만/, shallow.err);
    const before = process.env["PATH"];
    try {
      process.env["PATH"] = "/nowhere";
      assert.match((await layerbook(["whatif", "--git", "5"], { cwd: place })).err, /LB_NO_GIT/);
    } finally {
      process.env["PATH"] = before;
    }
  });

  it("optimize counts by the commits of the repository", async () => {
    const place = repository("weights", [
      { ...START, Dockerfile: "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm install\n" },
      ...Array.from({ length: 6 }, (_, i) => ({ "src/run.sh": `${i}\n` })),
      { "package.json": '{"name":"x","version":"1.0.2"}\n' },
    ]);
    const { out, err } = await layerbook(["optimize", "--json", place]);
    const { weights, combined } = JSON.parse(out) as {
      weights: { source: string; commits: number; edits: { edit: string; weight: number }[] };
      combined?: { rules: string[] };
    };
    assert.deepEqual([weights.source, weights.commits, weights.edits[0]!.weight], ["history", 8, 6], err);
    assert.ok(combined?.rules.includes("manifests-first"));
  });
});
