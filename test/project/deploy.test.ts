/** What deploy/ and .binder/ hand to schools: the image is a model of what the course teaches, the lists and settings agree with each other. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { type BuildResult, Lab } from "../../kernel-helpers/src";
import { ROOT } from "../lab/machine";

const read = (name: string): string => fs.readFileSync(path.join(ROOT, name), "utf8");
const DOCKERFILE = read("deploy/image/Dockerfile");
/** A project as large as the steps need: the lists are the real ones. */
const SMALL = {
  "kernel-helpers/src/index.ts": "export {};\n",
  "kernel-helpers/scripts/wheel.mjs": "// makes the wheel\n",
  "content/glossary.json": "{}\n",
  "notebooks/00-start/00-start.ipynb": "{}\n",
  "README.md": "# Layerbook\n",
  "test/a.test.ts": "//\n",
};
const REAL = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "tsconfig.json",
  "LICENSE",
  "NOTICE",
  ".dockerignore",
  "kernel-helpers/package.json",
  "kernel-helpers/scripts/requirements.txt",
  "deploy/image/requirements.txt",
  "deploy/image/start.sh",
];

async function open(): Promise<Lab> {
  const lab = await Lab.open();
  lab.context.writeAll({ ...SMALL, ...Object.fromEntries(REAL.map((name) => [name, read(name)])) });
  return lab;
}

/** Names of the steps that ran. */
const ran = ({ steps }: BuildResult): string[] =>
  steps
    .filter(({ status, name }) => status === "DONE" && !/\] FROM |^\[internal\]/.test(name))
    .map(({ name }) => name);

describe("the image for schools", function () {
  this.timeout(20_000);
  let lab: Lab;
  let built: BuildResult;
  const build = () =>
    lab.build({ dockerfile: DOCKERFILE, file: "deploy/image/Dockerfile", tags: ["layerbook"], assume: true });

  before(async () => {
    lab = await open();
    built = await build();
  });

  it("is built, as a user who is not root, by Jupyter's conventions", () => {
    assert.equal(built.exitCode, 0, built.error?.message);
    const { config } = built.image?.config as {
      config: { User: string; WorkingDir: string; Env: string[]; Cmd: string[] };
    };
    assert.equal(config.User, "1000:100");
    assert.equal(config.WorkingDir, "/home/jovyan");
    for (const entry of ["NB_USER=jovyan", "NB_UID=1000", "NB_GID=100", "HOME=/home/jovyan"])
      assert.ok(config.Env.includes(entry), entry);
    assert.deepEqual(config.Cmd, ["start.sh"]);
  });

  it("check, waste and optimize find nothing to mend", async () => {
    assert.deepEqual(built.warnings, []);
    assert.equal(lab.waste("layerbook").wastedBytes, 0);
    assert.deepEqual(await lab.leaks("layerbook"), []);
    const { proposals } = await lab.optimize({
      dockerfile: DOCKERFILE,
      file: "deploy/image/Dockerfile",
      assume: true,
    });
    assert.deepEqual(proposals, []);
  });

  it("daily edits run only what they must", async () => {
    lab.context.write("README.md", "# new\n");
    lab.context.write("test/a.test.ts", "// new\n");
    assert.deepEqual(ran(await build()), []);
    lab.context.write("notebooks/00-start/00-start.ipynb", '{"new":1}\n');
    const again = ran(await build());
    assert.ok(!again.some((name) => /npm ci|apt-get|pip install -r/.test(name)), again.join("\n"));
    assert.ok(again.some((name) => /npm run wheel/.test(name)));
    lab.context.write("deploy/image/start.sh", "#!/bin/sh\nexec jupyter lab\n");
    assert.deepEqual(
      ran(await build()).map((name) => name.replace(/^\S+ +\S+\] /, "").split(" ")[0]),
      ["COPY", "WORKDIR"],
    );
  });

  it("is what the last lesson reads", () => {
    const lesson = /```docker\n(FROM node:22-slim AS node\n[^]*?)```/.exec(
      read("content/lessons/17-project.md"),
    )?.[1];
    const plain = (text: string): string[] =>
      text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const quoted = plain(lesson ?? "");
    const own = plain(DOCKERFILE);
    assert.deepEqual(quoted, own.slice(0, quoted.length));
    assert.match(own[quoted.length] ?? "", /^ENV /);
  });

  it("is what Binder builds", () => {
    assert.equal(read(".binder/Dockerfile"), DOCKERFILE);
  });
});

describe("the hub for schools", () => {
  it("its lists are pinned and follow one another", () => {
    for (const name of ["deploy/image/requirements.txt", "deploy/jupyterhub/requirements.txt"]) {
      const lines = read(name)
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"));
      const [first = "", ...pins] = lines;
      const included = /^-r (\S+)$/.exec(first)?.[1] ?? "";
      assert.ok(fs.existsSync(path.join(ROOT, path.dirname(name), included)), first);
      for (const pin of pins) assert.match(pin, /^[\w.-]+==[\w.]+$/);
    }
  });

  it("the values for Kubernetes are what the configuration for one machine says", () => {
    const values = parse(read("deploy/jupyterhub/values.yaml")) as {
      singleuser: { memory: { limit: string }; extraEnv: Record<string, string>; cmd: string };
      cull: { timeout: number };
    };
    const config = read("deploy/jupyterhub/jupyterhub_config.py");
    assert.equal(values.singleuser.memory.limit, /HUB_MEMORY", "(\w+)"/.exec(config)?.[1]);
    assert.equal(String(values.cull.timeout), /HUB_IDLE_SECONDS", "(\d+)"/.exec(config)?.[1]);
    assert.equal(values.singleuser.cmd, "jupyterhub-singleuser");
    for (const value of Object.values(values.singleuser.extraEnv)) assert.equal(typeof value, "string");
  });

  it("every setting is in the table of the README, and no other", () => {
    const settings = (text: string) => [...new Set(text.match(/LAYERBOOK_HUB_[A-Z_]+[A-Z]/g) ?? [])].sort();
    assert.deepEqual(
      settings(read("deploy/jupyterhub/README.md")),
      settings(read("deploy/jupyterhub/jupyterhub_config.py")),
    );
    for (const name of settings(read("deploy/jupyterhub/layerbook-hub.env")))
      assert.match(read("deploy/jupyterhub/jupyterhub_config.py"), new RegExp(name));
  });

  it("lessons are published as a branch of their own, each time only what is new", function () {
    if (process.platform === "win32") this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-publish-"));
    const run = (command: string, ...args: string[]) =>
      execFileSync(command, args, { cwd: folder, encoding: "utf8" });
    const git = (...args: string[]) => run("git", "-c", "user.name=t", "-c", "user.email=t@t", ...args);
    const publish = () => {
      const env = {
        ...process.env,
        GIT_AUTHOR_NAME: "t",
        GIT_AUTHOR_EMAIL: "t@t",
        GIT_COMMITTER_NAME: "t",
        GIT_COMMITTER_EMAIL: "t@t",
      };
      const script = path.join(ROOT, "deploy/jupyterhub/publish-lessons.sh");
      return execFileSync("sh", [script], { cwd: folder, env, encoding: "utf8" });
    };
    try {
      fs.mkdirSync(path.join(folder, "notebooks/01 하나"), { recursive: true });
      fs.writeFileSync(path.join(folder, "notebooks/01 하나/하나.ipynb"), "{}\n");
      git("init", "-q");
      git("add", "-A");
      git("commit", "-qm", "one");
      publish();
      assert.deepEqual(
        git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", "lessons").trim().split("\n"),
        [".gitattributes", ".gitignore", "01 하나/하나.ipynb"],
      );
      assert.match(publish(), /nothing new/);
      assert.equal(git("status", "--porcelain"), "");
      fs.writeFileSync(path.join(folder, "notebooks/01 하나/하나.ipynb"), "{ }\n");
      git("commit", "-qam", "two");
      publish();
      assert.equal(git("rev-list", "--count", "lessons").trim(), "2");
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
