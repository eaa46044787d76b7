import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { layerbook, type CommandResult } from "./command";

const BASES = join(__dirname, "../fidelity/bases");
const DOCKERFILE =
  'FROM node\n\nWORKDIR /app\n\nCOPY . /app\n\nRUN npm install\n\nEXPOSE 80\n\nCMD ["node", "server.js"]\n';

describe("layerbook build on a real directory", function () {
  this.timeout(30_000);
  let home = "";
  let project = "";

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "레이어북 빌드 "));
    project = join(home, "김 철수의 앱");
    mkdirSync(project);
    put("Dockerfile", DOCKERFILE);
    put("package.json", '{"name":"memo"}');
    put("server.js", "안녕");
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const put = (name: string, text: string): void => {
    mkdirSync(join(project, name, ".."), { recursive: true });
    writeFileSync(join(project, name), text);
  };
  const build = (...args: string[]): Promise<CommandResult> =>
    layerbook(["build", "--bases", BASES, "--cache-dir", join(home, "cache"), ...args], { cwd: project });

  it("builds, reuses everything the second time, tells cause and knock-on after an edit, hits again after the revert", async () => {
    const first = await build("-t", "memo", ".");
    assert.equal(first.code, 0, first.err);
    assert.match(
      first.err,
      /^#0 building with "default" instance using docker driver\n\n#1 \[internal\] load build definition from Dockerfile\n/,
    );
    assert.match(first.err, /naming to docker\.io\/library\/memo:latest/);
    assert.match(first.err, /◆ 처음 보는 단계 3개를 실행했습니다/);
    assert.equal(first.out, "");

    const again = await build(".");
    for (const step of ["[2/4] WORKDIR /app", "[3/4] COPY . /app", "[4/4] RUN npm install"]) {
      const number = new RegExp(`#(\\d+) ${step.replace(/[[\]/.]/g, "\\$&")}\n#\\1 CACHED\n`);
      assert.match(again.err, number);
    }
    assert.doesNotMatch(again.err, /원인|연쇄/);

    put("server.js", "반갑습니다");
    const edited = await build(".");
    assert.match(edited.err, /▲ 원인 \[3\/4\] COPY \. \/app\n {4}첫 원인: .*server\.js/);
    assert.match(edited.err, /△ 연쇄 \[4\/4\] RUN npm install\n {4}.*\[3\/4\]/);

    put("server.js", "안녕");
    assert.doesNotMatch((await build(".")).err, /원인|연쇄/);
  });

  it("does not explain the first build of a directory by those of another one", async () => {
    await build(".");
    const other = join(home, "다른 앱");
    mkdirSync(other);
    writeFileSync(
      join(other, "Dockerfile"),
      DOCKERFILE.replace("COPY . /app", "COPY index.js /srv").replace("RUN npm install", "RUN echo 1"),
    );
    writeFileSync(join(other, "index.js"), "1");
    const { err } = await build(other);
    assert.match(err, /\[2\/4\] WORKDIR \/app\n#\d+ CACHED/);
    assert.match(err, /◆ 처음 보는 단계 2개를 실행했습니다/);
    assert.doesNotMatch(err, /원인|연쇄/);
    writeFileSync(join(other, "index.js"), "2");
    assert.match((await build(other)).err, /원인 \[3\/4\] COPY index\.js \/srv\n {4}첫 원인: .*index\.js/);
  });

  it("leaves the directory as it was", async () => {
    const before = readdirSync(project).map((name) => [name, statSync(join(project, name)).mtimeMs]);
    await build(".");
    assert.deepEqual(
      readdirSync(project).map((name) => [name, statSync(join(project, name)).mtimeMs]),
      before,
    );
  });

  it("prints the image id with -q, the table with --table, files with --iidfile and --metadata-file", async () => {
    const quiet = await build("-q", "--iidfile", "id.txt", "--metadata-file", "meta.json", "-t", "a:1", ".");
    assert.match(quiet.out, /^sha256:[0-9a-f]{64}\n$/);
    assert.equal(quiet.err, "");
    assert.equal(readFileSync(join(project, "id.txt"), "utf8"), quiet.out.trim());
    assert.equal(
      (JSON.parse(readFileSync(join(project, "meta.json"), "utf8")) as Record<string, string>)["image.name"],
      "a:1",
    );
    const table = await build("-q", "--table=markdown", ".");
    assert.match(table.out, /\| 단계 \| 명령 \|/);
    const json = await build("-q", "--table", "json", ".");
    assert.equal((JSON.parse(json.out) as { rows: unknown[] }).rows.length, 6);
  });

  it("takes Dockerfiles of other names, arguments from the environment, secrets from files and variables", async () => {
    put(
      "docker/Web.Dockerfile",
      "FROM busybox\nARG WHO\nRUN echo hi $WHO\nRUN --mount=type=secret,id=t,target=/t cat /t | wc -c > /n\nRUN --mount=type=secret,id=u,env=U echo ${#U}\n",
    );
    put("token.txt", "abcd");
    const { code, err } = await layerbook(
      [
        "build",
        "--bases",
        BASES,
        "--cache-dir",
        join(home, "cache"),
        "-f",
        "docker/Web.Dockerfile",
        "--build-arg",
        "WHO",
        "--secret",
        "id=t,src=token.txt",
        "--secret",
        "id=u,env=MY_TOKEN",
        ".",
      ],
      { cwd: project, env: { ...process.env, WHO: "철수", MY_TOKEN: "secret-value" } },
    );
    assert.equal(code, 0, err);
    assert.match(err, /load build definition from Web\.Dockerfile/);
    assert.match(err, /hi 철수/);
    assert.doesNotMatch(err, /secret-value|abcd/);
  });

  it("fails with 1, the frame and the error line of docker, and keeps what was built", async () => {
    put("Dockerfile", "FROM busybox\nRUN echo one > /one\nRUN exit 3\n");
    const first = await build(".");
    assert.equal(first.code, 1);
    assert.match(
      first.err,
      /Dockerfile:3\n-{20}\n[\s\S]*>>> RUN exit 3\n[\s\S]*ERROR: failed to build: failed to solve: process "\/bin\/sh -c exit 3" did not complete successfully: exit code: 3\n/,
    );
    assert.match((await build(".")).err, /RUN echo one > \/one\n#\d+ CACHED/);
  });

  it("says what is missing", async () => {
    assert.match((await build("nowhere")).err, /디렉터리가 없습니다.*nowhere.*\[LB_NO_DIRECTORY\]/);
    assert.match((await build("server.js")).err, /\[LB_NO_DIRECTORY\]/);
    const noFile = await build("-f", "Nope", ".");
    assert.equal(noFile.code, 1);
    assert.match(
      noFile.err,
      /ERROR: failed to build: failed to solve: failed to read dockerfile: open Nope: no such file or directory/,
    );
    assert.match((await build("--secret", "id=x,src=none.txt", ".")).err, /\[LB_NO_SECRET\]/);
  });

  it("assumes what it does not know, and says so; --strict does not", async () => {
    put("Dockerfile", "FROM busybox\nCOPY . /src\nRUN ./gradlew build\n");
    const strict = await build("--strict", ".");
    assert.equal(strict.code, 1);
    assert.match(strict.err, /not found/);
    const assumed = await build("--table", ".");
    assert.equal(assumed.code, 0, assumed.err);
    assert.match(assumed.out, /추정/);
  });

  it("prints rawjson, one delivery a line", async () => {
    const { err } = await build("--progress=rawjson", ".");
    const lines = err.trim().split("\n");
    assert.ok(lines.length > 5);
    for (const line of lines) JSON.parse(line);
  });

  it("checks without building", async () => {
    put("Dockerfile", "from busybox\nCMD echo hi\n");
    const { code, out } = await layerbook(["check", "--bases", BASES, "--cache-dir", join(home, "cache")], {
      cwd: project,
    });
    assert.equal(code, 1);
    assert.match(out, /^Check complete, \d+ warnings? ha(s|ve) been found!\n\nWARNING: /);
    assert.match(out, /\nJSONArgsRecommended: .*[가-힣]/);
  });

  it("mends what needs no decision, keeps the file as it was, and says the rest as JSON", async () => {
    put("Dockerfile", "from busybox as One\nMAINTAINER me\nEXPOSE 80/TCP\nRUN echo $A\n");
    const flags = ["check", "--bases", BASES, "--cache-dir", join(home, "cache")];
    const mended = await layerbook([...flags, "--fix", "--json"], { cwd: project });
    assert.match(mended.err, /고침/);
    const text = readFileSync(join(project, "Dockerfile"), "utf8");
    assert.match(text, /EXPOSE 80\/tcp/);
    assert.match(readFileSync(join(project, "Dockerfile.orig"), "utf8"), /EXPOSE 80\/TCP/);
    const left = (JSON.parse(mended.out) as { warnings?: { ruleName: string }[] }).warnings ?? [];
    assert.ok(!left.some(({ ruleName }) => ruleName === "ExposeProtoCasing"), mended.out);
    // A second run has nothing to mend and touches nothing; a new finding would not overwrite the kept file.
    await layerbook([...flags, "--fix"], { cwd: project });
    assert.equal(readFileSync(join(project, "Dockerfile"), "utf8"), text);
    put("Dockerfile", "FROM busybox\nEXPOSE 81/TCP\n");
    const refused = await layerbook([...flags, "--fix"], { cwd: project });
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, /Dockerfile\.orig/);
  });
});
