// Where everything lives that the scripts read or make; all of it is inside the project.
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The project's top folder, absolute. */
export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");

/** The folder of the package `layerbook`. */
export const PACKAGE = path.join(ROOT, "kernel-helpers");

/** The folder of these scripts. */
export const SCRIPTS = path.join(PACKAGE, "scripts");

/** What the TypeScript build writes. */
export const DIST = path.join(PACKAGE, "dist");

/**
 * Private environment of this project: JupyterLab, its settings, logs. Git-ignored; `--uninstall` removes it. The tests give each
 * server they start one of its own (`LAYERBOOK_ENV_DIR`).
 */
export const ENV_DIR = path.resolve(process.env.LAYERBOOK_ENV_DIR || path.join(ROOT, ".layerbook-env"));

/** The private virtual environment JupyterLab is installed into when there is none on PATH. */
export const VENV = path.join(ENV_DIR, "venv");

/** The virtual environment of the tests: the same JupyterLab and the tools that check it. */
export const TEST_VENV = path.join(ENV_DIR, "test-venv");

/** Settings, kernels and logs of this project's JupyterLab. */
export const JUPYTER = path.join(ENV_DIR, "jupyter");

/** The default working folder of the learner. Git-ignored; never removed by us. */
export const LEARN = path.join(ROOT, "learn");

/** The Python of the virtual environment `venv`. */
export function venvPython(venv) {
  return process.platform === "win32"
    ? path.join(venv, "Scripts", "python.exe")
    : path.join(venv, "bin", "python");
}

/** `file` as a person in the project's folder would write it: relative when inside, absolute otherwise. */
export function shown(file) {
  const relative = path.relative(ROOT, file);
  return relative && !relative.startsWith("..") && !path.isAbsolute(relative) ? relative : file;
}
