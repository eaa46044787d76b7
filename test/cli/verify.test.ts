/** `layerbook verify`: beside what a real builder answered, and what it says where there is none. */

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readBuildRequest } from "../../kernel-helpers/src/cli/build-request";
import { buildctlArgs, buildxArgs } from "../../kernel-helpers/src/cli/verify/engine";
import { layerbook } from "./command";

const BASES = join(__dirname, "../fidelity/bases");
const PROJECT = join(__dirname, "verify/project");
const BUILDCTL = join(__dirname, "verify/buildctl");

describe("layerbook verify", function () {
  this.timeout(60_000);
  let cwd: string;
  before(() => {
    cwd = mkdtempSync(join(tmpdir(), "layerbook-verify-test-"));
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));
  const verify = (args: string[], env: Record<string, string> = {}): ReturnType<typeof layerbook> =>
    layerbook(["verify", ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", LAYERBOOK_CACHE_DIR: join(cwd, "cache"), ...env },
    });
  const recorded = ["--buildctl", BUILDCTL, "--bases", BASES, "--edit", "server.js", PROJECT];

  it("agrees with a recorded build, before and after the edit, and leaves the project as it is", async () => {
    const before = readFileSync(join(PROJECT, "server.js"), "utf8");
    const result = await verify(recorded);
    assert.equal(result.code, 0, result.out + result.err);
    assert.match(result.err, /실제 엔진: buildctl recorded v0.34.2; daemon recorded v0.34.2/);
    assert.match(
      result.out,
      /첫 빌드[^]*\[build 3\/4\] COPY \. \. +DONE +DONE +=[^]*두 번째 빌드 \(server.js 고침\)/,
    );
    assert.match(result.out, /\[stage-1 1\/1\] COPY --from=build \/size \/size +CACHED +CACHED += 같음/);
    assert.match(result.out, /RUN echo 안녕 [^\n]*: output +안녕 +안녕 +=/);
    assert.match(result.out, /항목 40개: 같음 39, 다름 0, 비교하지 않음 1/);
    assert.equal(readFileSync(join(PROJECT, "server.js"), "utf8"), before);
    assert.equal(existsSync(join(cwd, "layerbook-verify.md")), false);
  });

  it("tells a disagreement and writes a report without values of build arguments", async () => {
    const result = await verify([...recorded, "--build-arg", "TOKEN=hunter2"], {
      VERIFY_LIE: 's/"cached":true/"cached":false/',
    });
    assert.equal(result.code, 1, result.out + result.err);
    assert.match(result.out, /\[build 2\/4\] WORKDIR \/src +CACHED +DONE +≠ 다름/);
    const report = readFileSync(join(cwd, "layerbook-verify.md"), "utf8");
    assert.match(report, /Layerbook \d+\.\d+\.\d+/);
    assert.match(
      report,
      /### \[build 2\/4\] WORKDIR \/src\n\nLayerbook:\n\n````\nCACHED\n````\n\nreality:\n\n````\nDONE/,
    );
    assert.match(report, /--build-arg TOKEN=…/);
    assert.doesNotMatch(report, /hunter2/);
  });

  it("says in one sentence what is missing", async () => {
    const nothing = { PATH: cwd };
    const none = await verify([PROJECT], nothing);
    assert.equal(none.code, 1);
    assert.match(none.err, /docker buildx도, 실행 중인 BuildKit에 닿는 buildctl도 없습니다.*LB_NO_ENGINE/);
    assert.match(
      (await verify(["--addr", "tcp://x:1", PROJECT], nothing)).err,
      /tcp:\/\/x:1에 물어볼 buildctl이 없습니다/,
    );
    const dead = await verify(["--addr", "unix:///none.sock", ...recorded], { VERIFY_FAIL: "1" });
    assert.match(dead.err, /unix:\/\/\/none.sock에서 BuildKit이 대답하지 않습니다/);
  });

  it("takes docker buildx where there is no buildctl, and says when no engine is behind it", async () => {
    const path = { PATH: `${join(__dirname, "verify/bin")}:/usr/bin:/bin` };
    const args = ["--buildctl", "no-such-program", "--bases", BASES, "--edit", "server.js", PROJECT];
    const good = await verify(args, path);
    assert.equal(good.code, 0, good.out + good.err);
    assert.match(good.err, /실제 엔진: github.com\/docker\/buildx recorded/);
    const had = await verify(args, {
      ...path,
      VERIFY_FIRST:
        '/WORKDIR/s/"cached":false/"cached":true/g;/WORKDIR/s/"completed"/"cached":true,"completed"/',
    });
    assert.equal(had.code, 0, had.out + had.err);
    assert.match(had.out, /WORKDIR \/src +DONE +CACHED +· --no-cache는 WORKDIR에 미치지 않아/);
    assert.match(
      (await verify(args, { ...path, VERIFY_DOCKER: "dead" })).err,
      /docker buildx는 있지만 Docker 엔진이 대답하지 않습니다.*LB_NO_ENGINE/,
    );
    assert.match(
      (await verify(args, { ...path, VERIFY_DOCKER: "driver" })).err,
      /OCI로 내보내지 못해.*LB_NO_ENGINE[^]*docker buildx create --use/,
    );
  });

  it("refuses what it cannot compare", async () => {
    assert.match((await verify(["--platform", "linux/amd64,linux/arm64", PROJECT])).err, /LB_NOT_COMPARED/);
    assert.match((await verify([...recorded.slice(0, 4), "--edit", "none", PROJECT])).err, /LB_NO_FILE/);
    assert.equal((await verify(["--frob", PROJECT])).code, 2);
  });

  it("hands docker's flags on", () => {
    const io = { cwd, env: { TOKEN: "x" }, locale: "ko" } as unknown as Parameters<
      typeof readBuildRequest
    >[1];
    const request = readBuildRequest(
      [
        ...["--target", "build", "--build-arg", "A=1 2", "--label", "l=v", "--add-host", "db:1.2.3.4"],
        ...[
          "--no-cache-filter",
          "build",
          "--build-context",
          "x=docker-image://alpine",
          "--secret",
          "id=t,env=TOKEN",
        ],
        PROJECT,
      ],
      io,
    );
    const build = { directory: "/c", request, noCache: false, epoch: 5, output: "/o.tar" };
    const ctl = buildctlArgs("tcp://a", build).join(" ");
    for (const part of [
      "--addr tcp://a build",
      "--local context=/c --local dockerfile=/c",
      "--opt target=build",
      "--opt build-arg:A=1 2",
      "--opt label:l=v",
      "--opt add-hosts=db=1.2.3.4",
      "--opt no-cache=build",
      "--opt context:x=docker-image://alpine",
      "--secret id=t,env=TOKEN",
      "type=oci,dest=/o.tar,rewrite-timestamp=true",
    ])
      assert.ok(ctl.includes(part), `${part} in ${ctl}`);
    const buildx = buildxArgs({ ...build, noCache: true });
    assert.equal(buildx.at(-1), "/c");
    assert.ok(
      buildx.join(" ").includes("--no-cache --no-cache-filter build --build-context x=docker-image://alpine"),
    );
  });
});
