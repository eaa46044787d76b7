/** `layerbook push` and `layerbook pull` against a real registry on this machine. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type RealRegistry, registryProgram, startRegistry } from "../image/real-registry";
import { layerbook } from "./command";

const BASES = join(__dirname, "../fidelity/bases");

describe("layerbook push and pull, with docker-registry", function () {
  this.timeout(60_000);
  let cwd: string;
  let open: RealRegistry;
  let closed: RealRegistry;
  const run = (
    cache: string,
    args: string[],
    more: { env?: Record<string, string>; stdin?: string; signal?: AbortSignal } = {},
  ): ReturnType<typeof layerbook> =>
    layerbook(args, {
      cwd,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: cwd,
        LAYERBOOK_CACHE_DIR: join(cwd, cache),
        ...more.env,
      },
      stdin: () => Promise.resolve(more.stdin ?? ""),
      ...(more.signal && { signal: more.signal }),
    });
  const file = (name: string): Buffer => readFileSync(join(cwd, name));

  before(async function () {
    const program = registryProgram();
    if (program === undefined) this.skip();
    cwd = mkdtempSync(join(tmpdir(), "layerbook-push-"));
    [open, closed] = await Promise.all([startRegistry(program), startRegistry(program, true)]);
    mkdirSync(join(cwd, "앱"));
    writeFileSync(join(cwd, "앱/Dockerfile"), "FROM busybox\nCOPY . /app\nRUN echo 안녕 > /hi\n");
    writeFileSync(join(cwd, "앱/big"), Buffer.alloc(3 << 20, "무작위 아님"));
    const built = await run("here", ["build", "-t", "memo", "--bases", BASES, "앱"]);
    assert.equal(built.code, 0, built.err);
  });
  after(() => {
    open?.stop();
    closed?.stop();
    if (cwd) rmSync(cwd, { recursive: true, force: true });
  });

  it("carry an image to another machine, byte for byte, and builds go on from it", async () => {
    const name = `${open.host}/team/memo:v1`;
    const pushed = await run("here", ["push", "memo", name, "--bases", BASES]);
    assert.equal(pushed.code, 0, pushed.err);
    const [said] = pushed.out.match(/sha256:[0-9a-f]{64}/) ?? [];
    assert.equal(pushed.out, `${name} ${said}\n`);
    assert.match(pushed.err, /보냄/);
    const again = await run("here", ["push", "memo", name, "--bases", BASES]);
    assert.doesNotMatch(again.err, /보냄/);
    assert.match(again.err, /레지스트리에 이미 있음/);

    const pulled = await run("there", ["pull", name]);
    assert.equal(pulled.code, 0, pulled.err);
    assert.equal(pulled.out, pushed.out);
    assert.match((await run("there", ["pull", name])).err, /이미 있음/);
    const byDigest = await run("third", ["pull", `${open.host}/team/memo@${said}`]);
    assert.equal(byDigest.out, `${open.host}/team/memo@${said} ${said}\n`, byDigest.err);

    assert.equal((await run("here", ["export", "memo", "-o", "a.tar", "--bases", BASES])).code, 0);
    assert.equal((await run("there", ["export", name, "-o", "b.tar"])).code, 0);
    assert.equal((await run("third", ["export", `${open.host}/team/memo@${said}`, "-o", "c.tar"])).code, 0);
    const blobs = (name: string): string[] =>
      execFileSync("tar", ["-tf", join(cwd, name)], { encoding: "utf8" })
        .split("\n")
        .filter((line) => line.startsWith("blobs/sha256/") && line.length > 20)
        .sort();
    assert.deepEqual(blobs("b.tar"), blobs("a.tar"));
    assert.deepEqual(blobs("c.tar"), blobs("a.tar"));
    assert.equal(file("a.tar").length, file("b.tar").length);

    mkdirSync(join(cwd, "next"));
    for (const from of [name, `${open.host}/team/memo:v1@${said}`]) {
      writeFileSync(join(cwd, "next/Dockerfile"), `FROM ${from}\nRUN cat /hi\n`);
      const next = await run("there", ["build", "--strict", "-t", `${open.host}/team/next`, "next"]);
      assert.equal(next.code, 0, next.err);
      assert.match(next.err, /안녕|CACHED/);
    }
    // What the registry has under another name is taken from there.
    const mounted = await run("there", ["push", `${open.host}/team/next`]);
    assert.equal(mounted.code, 0, mounted.err);
    assert.match(mounted.err, /다른 저장소에서 가져다 놓음/);
    assert.equal((await run("fourth", ["pull", `${open.host}/team/next`])).code, 0);
  });

  it("skopeo and the registry agree on what was pushed, and a multi-platform image comes whole or in part", async function () {
    if (spawnSync("skopeo", ["--version"]).status !== 0) {
      console.log("      skipped: skopeo not installed (apt-get install skopeo)");
      this.skip();
    }
    const name = `${open.host}/judged:1`;
    const pushed = await run("here", ["push", "memo", name, "--bases", BASES]);
    const said = JSON.parse(
      execFileSync("skopeo", ["inspect", "--tls-verify=false", `docker://${name}`], { encoding: "utf8" }),
    ) as { Digest: string };
    assert.ok(pushed.out.includes(said.Digest));
    const multi = `${open.host}/multi:1`;
    const sent = await run("here", ["push", "multi", multi, "--bases", BASES]);
    assert.equal(sent.code, 0, sent.err);
    const raw = execFileSync("skopeo", ["inspect", "--raw", "--tls-verify=false", `docker://${multi}`]);
    assert.equal((JSON.parse(raw.toString()) as { manifests: unknown[] }).manifests.length, 2);
    for (const platform of ["linux/arm64", "all"]) {
      const pulled = await run(`multi-${platform.slice(0, 3)}`, ["pull", multi, "--platform", platform]);
      assert.equal(pulled.code, 0, pulled.err);
      assert.equal(pulled.out, sent.out);
    }
    const none = await run("multi-none", ["pull", multi, "--platform", "windows/amd64"]);
    assert.equal(none.code, 1);
    assert.match(none.err, /windows\/amd64.*linux\/amd64, linux\/arm64.*LB_REGISTRY_PLATFORM/);
  });

  it("know the user from options, the environment and docker's config; a password never stands in an error", async () => {
    const name = `${closed.host}/secret/memo`;
    const password = "secret-비밀";
    const refused = await run("here", ["push", "memo", name, "--bases", BASES]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /401.*docker login.*LB_REGISTRY_AUTH/);
    const wrong = await run(
      "here",
      ["push", "memo", name, "-u", "learner", "--password-stdin", "--bases", BASES],
      {
        stdin: "nonsense\n",
      },
    );
    assert.match(wrong.err, /LB_REGISTRY_AUTH/);
    assert.doesNotMatch(wrong.err, /nonsense/);
    const options = await run(
      "here",
      ["push", "memo", name, "-u", "learner", "--password-stdin", "--bases", BASES],
      { stdin: `${password}\n` },
    );
    assert.equal(options.code, 0, options.err);
    const env = { LAYERBOOK_REGISTRY_USERNAME: "learner", LAYERBOOK_REGISTRY_PASSWORD: password };
    assert.equal((await run("a1", ["pull", name], { env })).code, 0);
    assert.equal((await run("a2", ["pull", name])).code, 1);
    const auth = Buffer.from(`learner:${password}`).toString("base64");
    mkdirSync(join(cwd, "도커"));
    writeFileSync(
      join(cwd, "도커/config.json"),
      JSON.stringify({ auths: { [`http://${closed.host}/v2/`]: { auth } } }),
    );
    const config = await run("a2", ["pull", name], { env: { DOCKER_CONFIG: join(cwd, "도커") } });
    assert.equal(config.code, 0, config.err);
    writeFileSync(
      join(cwd, "도커/docker-credential-lab"),
      `#!/bin/sh\nread host\n[ "$host" = "${closed.host}" ] && echo '{"Username":"learner","Secret":"${password}"}'\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(cwd, "도커/config.json"), JSON.stringify({ credsStore: "lab" }));
    const helper = await run("a3", ["pull", name], {
      env: { DOCKER_CONFIG: join(cwd, "도커"), PATH: `${join(cwd, "도커")}:${process.env["PATH"]}` },
    });
    assert.equal(helper.code, 0, helper.err);
    writeFileSync(join(cwd, "도커/config.json"), "{");
    assert.match(
      (await run("a4", ["pull", name], { env: { DOCKER_CONFIG: join(cwd, "도커") } })).err,
      /LB_DOCKER_CONFIG/,
    );
  });

  it("say what is wrong", async () => {
    const cases: [RegExp, number, string[]][] = [
      [/LB_REGISTRY_NOT_FOUND/, 1, ["pull", `${open.host}/no/such`]],
      [/LB_REGISTRY_NETWORK/, 1, ["pull", "127.0.0.1:1/memo", "--timeout", "1"]],
      [/LB_IMAGE_NAME/, 1, ["pull", "Bad Name"]],
      [/LB_ARGUMENTS/, 2, ["pull"]],
      [/LB_ARGUMENTS/, 2, ["push"]],
      [/LB_ARGUMENTS/, 2, ["pull", "memo", "-u", "learner"]],
      [/LB_FLAG_VALUE/, 2, ["pull", "memo", "--platform", "linux"]],
      [/LB_FLAG_VALUE/, 2, ["pull", `${open.host}/memo`, "--timeout", "soon"]],
      [/LB_NO_FILE/, 1, ["pull", `${open.host}/memo`, "--ca", "none.pem"]],
      [/LB_NO_IMAGE/, 1, ["push", "nosuch", `${open.host}/memo`]],
      [/LB_CATALOG_IMAGE/, 1, ["push", "node:22", `${open.host}/node`]],
    ];
    for (const [message, code, args] of cases) {
      const said = await run("here", args);
      assert.equal(said.code, code, `${args.join(" ")}: ${said.err}`);
      assert.match(said.err, message);
    }
  });

  it("stop at Ctrl-C", async () => {
    const abort = new AbortController();
    abort.abort();
    const stopped = await run("stop", ["pull", `${open.host}/team/memo:v1`], { signal: abort.signal });
    assert.equal(stopped.code, 130);
  });
});
