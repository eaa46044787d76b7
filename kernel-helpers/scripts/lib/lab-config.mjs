// Settings of this project's JupyterLab alone: kernel, Korean, fonts, extension. Nothing of the user's own Jupyter is read or touched.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { DIST, ENV_DIR, JUPYTER, PACKAGE, ROOT } from "./paths.mjs";
import { system } from "./system.mjs";

const CONFIG = path.join(JUPYTER, "config");
const DATA = path.join(JUPYTER, "data");
/** JupyterLab's folder of files about running servers. */
export const RUNTIME = path.join(JUPYTER, "runtime");
const EXTENSION = path.join(PACKAGE, "labextension");
const BIN = path.join(ENV_DIR, "bin");

/** JupyterLab's default settings here; a learner's own choice in the settings editor goes before them. */
export const SETTINGS = {
  "@jupyterlab/translation-extension:plugin": { locale: "ko_KR" },
  "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
};

/** Parts of JupyterLab that only ask a language server, which is not started here. */
const DISABLED = {
  "@jupyterlab/lsp-extension": true,
  "@jupyterlab/fileeditor-extension:language-server": true,
  "@jupyterlab/notebook-extension:language-server": true,
};

/** The server's own settings. */
const SERVER = {
  // The language-server bridge finds no server here and costs a start half a second.
  ServerApp: { jpserver_extensions: { layerbook_server: true, jupyter_lsp: false } },
  MultiKernelManager: { default_kernel_name: "layerbook" },
  KernelSpecManager: { ensure_native_kernel: false, allowed_kernelspecs: ["layerbook"] },
};

/** Writes `text` unless the file has it already, whole or not at all. */
function put(file, text) {
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === text) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const part = `${file}.part`;
  fs.writeFileSync(part, text);
  fs.renameSync(part, file);
}

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** Copies what differs in size or time, so that a second start copies nothing. */
function putCopy(from, to) {
  const source = fs.statSync(from);
  const there = fs.statSync(to, { throwIfNoEntry: false });
  if (there?.size === source.size && there.mtimeMs >= source.mtimeMs) return;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
}

function putTree(from, to) {
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) putTree(source, target);
    else putCopy(source, target);
  }
}

/** The kernel's registration, for this Node and this folder, as the build says it. */
function registration() {
  const { kernelSpec } = createRequire(import.meta.url)(path.join(DIST, "kernel/kernel-spec.js"));
  return kernelSpec(process.execPath, path.join(DIST, "kernel/main.js"));
}

/** The extension for JupyterLab and the fonts it brings. */
export function installExtension(data = DATA) {
  const target = path.join(data, "labextensions/layerbook");
  putCopy(path.join(EXTENSION, "package.json"), path.join(target, "package.json"));
  putTree(path.join(EXTENSION, "static"), path.join(target, "static"));
  const fonts = path.join(target, "static/fonts");
  const modules = [
    path.join(ROOT, "node_modules"),
    path.join(PACKAGE, "node_modules"),
    path.dirname(PACKAGE),
  ];
  const find = (name) => modules.map((folder) => path.join(folder, name)).find((file) => fs.existsSync(file));
  const d2coding = find("@kfonts/d2coding");
  const noto = find("@fontsource-variable/noto-sans-kr");
  if (d2coding)
    for (const name of ["D2Coding.woff2", "D2CodingBold.woff2"])
      putCopy(path.join(d2coding, name), path.join(fonts, name));
  if (noto) {
    putCopy(path.join(noto, "index.css"), path.join(fonts, "noto-sans-kr.css"));
    putTree(path.join(noto, "files"), path.join(fonts, "files"));
  }
}

/** `layerbook` as a command in JupyterLab's terminal. */
function installCommand() {
  const main = path.join(DIST, "cli/main.js");
  put(path.join(BIN, "layerbook.cmd"), `@"${process.execPath}" "${main}" %*\r\n`);
  const script = path.join(BIN, "layerbook");
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  put(script, `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(main)} "$@"\n`);
  if (!system.windows) fs.chmodSync(script, 0o755);
}

/** Writes everything JupyterLab reads at its start; answers the environment to start it with. */
export function configureLab() {
  put(path.join(DATA, "kernels/layerbook/kernel.json"), json(registration()));
  put(path.join(CONFIG, "labconfig/default_setting_overrides.json"), json(SETTINGS));
  put(path.join(CONFIG, "labconfig/page_config.json"), json({ disabledExtensions: DISABLED }));
  put(path.join(CONFIG, "jupyter_server_config.json"), json(SERVER));
  installExtension();
  installCommand();
  fs.mkdirSync(RUNTIME, { recursive: true });
  return {
    JUPYTER_CONFIG_DIR: CONFIG,
    JUPYTER_DATA_DIR: DATA,
    JUPYTER_RUNTIME_DIR: RUNTIME,
    JUPYTER_CONFIG_PATH: "",
    JUPYTER_PATH: "",
    JUPYTER_NO_CONFIG: "",
    JUPYTERLAB_SETTINGS_DIR: path.join(CONFIG, "lab/user-settings"),
    JUPYTERLAB_WORKSPACES_DIR: path.join(CONFIG, "lab/workspaces"),
    IPYTHONDIR: path.join(JUPYTER, "ipython"),
    PYTHONPATH: path.join(EXTENSION, "server"),
    PYTHONUTF8: "1",
    LAYERBOOK_STOP_WITH_PARENT: "1",
    PATH: `${BIN}${path.delimiter}${process.env.PATH ?? ""}`,
  };
}
