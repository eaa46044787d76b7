/** What `npm start` says when something is missing: what, why and a command, in Korean and English, and never a stack trace. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { needPython } from "../lab/machine";
import { ROOT } from "./sources";

const SCRIPTS = path.join(ROOT, "kernel-helpers/scripts");

interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** The scripts' own modules; they have no types. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
const load = (name: string): Promise<any> => import(path.join(SCRIPTS, "lib", name));

describe("npm start says what is missing", function () {
  this.timeout(60_000);
  let home: string;

  beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-start-"))));
  afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

  function start(options: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return new Promise((resolve) => {
      const child = spawn(
        process.execPath,
        [path.join(SCRIPTS, "start.mjs"), "--no-browser", "--dir", path.join(home, "learn"), ...options],
        { cwd: ROOT, env: { ...process.env, LAYERBOOK_ENV_DIR: path.join(home, "env"), ...env } },
      );
      let text = "";
      child.stdout.setEncoding("utf8").on("data", (more: string) => (text += more));
      child.stderr.setEncoding("utf8").on("data", (more: string) => (text += more));
      child.on("close", (code) => resolve({ code, text }));
    });
  }

  /** A program of that name that prints *line*, alone on PATH. */
  function onlyProgram(name: string, line: string): string {
    const bin = path.join(home, "bin");
    fs.mkdirSync(bin);
    fs.writeFileSync(path.join(bin, name), `#!${process.execPath}\nconsole.log(${JSON.stringify(line)})\n`, {
      mode: 0o755,
    });
    return bin;
  }

  function assertProblem({ code, text }: Ended, name: string, fix: RegExp, exit = 1): void {
    assert.equal(code, exit, text);
    assert.ok(text.includes(`(${name})`), text);
    assert.match(text, /까닭:.*[가-힣]/);
    assert.match(text, /Why: .*[a-z]/);
    assert.match(text, fix);
    assert.doesNotMatch(text, /^\s+at .*:\d+:\d+/m, "no stack trace");
  }

  it("no Python", async function () {
    if (process.platform === "win32") this.skip();
    const bin = path.join(home, "empty");
    fs.mkdirSync(bin);
    assertProblem(await start([], { PATH: bin }), "LB_NO_PYTHON", /apt install python3|brew install/);
  });

  it("a Python that is too old", async function () {
    if (process.platform === "win32") this.skip();
    const bin = onlyProgram("python3", JSON.stringify(["/usr/bin/python3", [3, 8, 10], true]));
    const ended = await start([], { PATH: bin });
    assertProblem(ended, "LB_NO_PYTHON", /apt install|brew/);
    assert.match(ended.text, /3\.8\.10/);
  });

  it("a Python without venv", async function () {
    if (process.platform === "win32") this.skip();
    const bin = onlyProgram("python3", JSON.stringify(["/usr/bin/python3", [3, 12, 1], false]));
    assertProblem(await start([], { PATH: bin }), "LB_NO_VENV", /python3\.12-venv|brew/);
  });

  /**
   * A program that is *python*, but gives a new environment the pip which that one has: `python -m venv` unpacks another,
   * which takes longer than all other tests of this file.
   */
  function withItsOwnPip(python: string): string {
    if (process.platform === "win32") return python;
    const program = path.join(home, "python");
    const text = `#!/bin/sh
[ "$1 $2" = "-m venv" ] || exec "${python}" "$@"
"${python}" -m venv --without-pip "$3" || exit
pip=$("${python}" -c 'import os, pip; print(os.path.dirname(pip.__file__))')
ln -s "$pip" "$("$3/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/pip"
`;
    fs.writeFileSync(program, text, { mode: 0o755 });
    return program;
  }

  it("no network", async function () {
    const python = withItsOwnPip(needPython(this));
    const ended = await start([], {
      LAYERBOOK_PRIVATE_JUPYTER: "1",
      LAYERBOOK_PYTHON: python,
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_FIND_LINKS: "",
      PIP_RETRIES: "0",
      PIP_NO_CACHE_DIR: "1",
    });
    assertProblem(ended, "LB_NO_NETWORK", /npm ping/);
    assert.deepEqual(
      fs.existsSync(path.join(home, "env/venv/.layerbook-stamp")),
      false,
      "nothing counts as installed",
    );
  });

  it("the port is taken", async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as net.AddressInfo;
    try {
      assertProblem(await start(["--port", String(port)]), "LB_PORT_TAKEN", /npm start -- --port \d+/);
    } finally {
      server.close();
    }
  });

  it("a port that is none, and an option that is none", async () => {
    assertProblem(await start(["--port", "가"]), "LB_USAGE", /--port 8899/, 2);
    assertProblem(await start(["--prot", "8888"]), "LB_USAGE", /--help/, 2);
  });

  it("a folder that is a file", async () => {
    fs.writeFileSync(path.join(home, "learn"), "");
    assertProblem(await start([]), "LB_BAD_FOLDER", /--dir/);
  });

  it("tells disk, rights and network apart in what npm and pip say", async () => {
    const { installProblem, asProblem } = await load("problems.mjs");
    const said: [string, string][] = [
      ["npm error code ENOSPC\nnpm error nospc ENOSPC: no space left on device, write", "LB_DISK_FULL"],
      [
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "LB_DISK_FULL",
      ],
      ["npm error code EACCES\nnpm error syscall mkdir", "LB_READ_ONLY"],
      ["OSError: [Errno 30] Read-only file system: '/x'", "LB_READ_ONLY"],
      ["npm error code ENOTFOUND\nnpm error network request failed", "LB_NO_NETWORK"],
      ["WARNING: Retrying … NewConnectionError('…: Failed to establish a new connection')", "LB_NO_NETWORK"],
      ["error: something else", "LB_INSTALL_FAILED"],
    ];
    for (const [output, code] of said) assert.equal(installProblem("x", output, "log").code, code, output);
    for (const [code, name] of [
      ["ENOSPC", "LB_DISK_FULL"],
      ["EROFS", "LB_READ_ONLY"],
      ["EACCES", "LB_READ_ONLY"],
      ["E?", "LB_INTERNAL"],
    ] as const)
      assert.equal(asProblem(Object.assign(new Error("x"), { code })).code, name);
  });

  it("uses the JupyterLab on PATH from 4.4 on, below 5", async () => {
    const { isNewEnough } = await load("jupyter.mjs");
    assert.deepEqual(["4.4.0", "4.6.6", "4.10.1", "4.3.9", "3.6.8", "5.0.0", ""].map(isNewEnough), [
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it("--help says everything and does nothing", async () => {
    const { code, text } = await start(["--help"]);
    assert.equal(code, 0);
    for (const option of ["--port", "--no-browser", "--dir", "--uninstall"])
      assert.ok(text.includes(option), option);
    assert.deepEqual(fs.readdirSync(home), []);
  });

  it("node_modules that differ from the lockfile are noticed", async () => {
    const { missingPackages } = await load("node-packages.mjs");
    const write = (file: string, data: object) => {
      fs.mkdirSync(path.dirname(path.join(home, file)), { recursive: true });
      fs.writeFileSync(path.join(home, file), JSON.stringify(data));
    };
    const packages = {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b": { version: "2.0.0", dev: true },
      "node_modules/c": { version: "3.0.0", optional: true },
    };
    write("package-lock.json", { packages });
    assert.deepEqual(missingPackages({ dev: false, root: home }), ["node_modules/a"]);
    write("node_modules/a/package.json", {});
    assert.deepEqual(
      missingPackages({ dev: false, root: home }),
      ["node_modules/a"],
      "an interrupted npm counts as nothing",
    );
    write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "1.0.0" } } });
    assert.deepEqual(missingPackages({ dev: false, root: home }), []);
    assert.deepEqual(missingPackages({ dev: true, root: home }), ["node_modules/b"]);
    write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "0.9.0" } } });
    assert.deepEqual(missingPackages({ dev: false, root: home }), ["node_modules/a"], "another version");
  });
});
