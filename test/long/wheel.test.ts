/** `npm run wheel`: installed by pip into an empty environment it gives a working kernel and both extensions, and pip removes it whole. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT, needPython } from "../lab/machine";

/** Runs a cell of each kind in the installed kernel and prints what came back. */
const CLIENT = `
import sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="layerbook", startup_timeout=60)
cells = ["%%writefile a.txt\\n하나", "%%dockerfile\\nFROM node\\nWORKDIR /app\\nCOPY . .\\nRUN ls\\n", "const x: number = 41; x + 1", "%%check L02-E1\\n가: 6\\n나: 2\\n다: 1",
  'import * as tslab from "tslab"; tslab.display.html("<b>t</b>"); (await lab.build({ dockerfile: "FROM node" })).exitCode', "!docker images"]
for code in cells:
    reply = client.execute_interactive(code, timeout=120, output_hook=lambda m: m["msg_type"] == "execute_result" and print(m["content"]["data"]["text/plain"]))
    print(reply["content"]["status"], reply["content"].get("evalue", ""))
client.stop_channels()
manager.shutdown_kernel()
`;

/** Are the catalog's images and the exercises where the kernel looks for them? */
const FACTS = `
import subprocess
from layerbook import APP, find_node
script = "const {CONTENT} = require(process.argv[1]); const fs = require('fs'); console.log(CONTENT); require(process.argv[2]).readCourse()"
dist = APP / "kernel-helpers/dist"
done = subprocess.run([find_node(), "-e", script, str(dist / "platform/node/places.js"), str(dist / "lesson/course.js")], capture_output=True, text=True)
from pathlib import Path
print((Path(done.stdout.strip()) / "catalog/base-images.json").exists(), done.returncode == 0)
`;

describe("the wheel", function () {
  this.timeout(600_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-wheel-"));
  const venv = path.join(folder, "빈 환경");
  const python = path.join(venv, "bin/python");
  const cache = path.join(folder, "cache");
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  function run(command: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${path.join(venv, "bin")}${path.delimiter}${process.env["PATH"] ?? ""}`,
        JUPYTER_PLATFORM_DIRS: "1",
        JUPYTER_CONFIG_DIR: path.join(folder, "config"),
        JUPYTER_DATA_DIR: path.join(folder, "data"),
        JUPYTER_NO_CONFIG: "",
        LAYERBOOK_CACHE_DIR: cache,
        LAYERBOOK_LANG: "ko",
        PYTHONUTF8: "1",
      },
    });
    assert.equal(status, 0, `${command} ${args.join(" ")}\n${stdout}\n${stderr}`);
    return stdout + stderr;
  }
  const filesIn = (place: string): string[] =>
    fs
      .readdirSync(place, { recursive: true, encoding: "utf8" })
      .filter((name) => !name.includes("__pycache__") && !fs.statSync(path.join(place, name)).isDirectory())
      .sort();

  let untouched: string[];
  before(function () {
    const base = needPython(this);
    run(process.execPath, path.join(ROOT, "kernel-helpers/scripts/wheel.mjs"), "--out", folder);
    run(base, "-m", "venv", venv);
    // JupyterLab itself comes from the tests' own environment instead of the network.
    const packages = spawnSync(
      base,
      ["-c", "import jupyterlab, os; print(os.path.dirname(os.path.dirname(jupyterlab.__file__)))"],
      { encoding: "utf8" },
    );
    const site = spawnSync(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], {
      encoding: "utf8",
    });
    fs.writeFileSync(path.join(site.stdout.trim(), "jupyter.pth"), packages.stdout);
    untouched = filesIn(venv);
    const wheel = fs.readdirSync(folder).find((name) => name.endsWith(".whl")) ?? "";
    run(
      python,
      "-m",
      "pip",
      "install",
      "--no-index",
      "--no-deps",
      "--disable-pip-version-check",
      path.join(folder, wheel),
    );
  });

  it("registers the kernel, the JupyterLab extension and the server extension", () => {
    assert.match(run(python, "-m", "jupyter_client.kernelspecapp", "list"), /layerbook +\S*빈 환경/);
    assert.match(
      run(python, "-m", "jupyterlab.labextensions", "list"),
      /layerbook v[\d.]+ \S*enabled\S* \S*OK/,
    );
    assert.match(
      run(python, "-m", "jupyter_server.extension.serverextension", "list"),
      /layerbook_server[^\n]*OK/,
    );
  });

  it("runs cells of every kind", () => {
    const answers = run(python, "-c", CLIENT).trim().split(/\s*\n/);
    assert.deepEqual(answers, ["ok", "ok", "42", "ok", "ok", "0", "ok", "ok"]);
    // Cells of exercises and FROM need what comes with the course.
    assert.equal(run(python, "-c", FACTS).trim(), "True True");
  });

  it("brings the command and the lessons", () => {
    const command = path.join(venv, "bin/layerbook");
    assert.match(run(command, "--version"), /\d+\.\d+\.\d+/);
    assert.match(run(command, "lessons", "내 수업"), /수업을 놓았습니다/);
    assert.ok(fs.existsSync(path.join(folder, "내 수업/01-closed-image/01-closed-image.ipynb")));
  });

  it("says what to do where there is no Node", () => {
    const { status, stderr } = spawnSync(python, ["-m", "layerbook.kernel", "x.json"], {
      encoding: "utf8",
      env: { PATH: path.join(venv, "bin"), PYTHONUTF8: "1" },
    });
    assert.equal(status, 1);
    assert.match(stderr, /Node 20\.19[^]*layerbook\[node\]/);
  });

  it("goes without leaving anything", () => {
    run(python, "-m", "pip", "uninstall", "--yes", "--disable-pip-version-check", "layerbook");
    assert.deepEqual(filesIn(venv), untouched);
    assert.ok(!fs.existsSync(path.join(venv, "share/jupyter/kernels/layerbook")));
  });
});
