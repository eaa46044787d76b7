// Where everything lives that the scripts read or make; all of it is inside the project.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { system } from "./system.mjs";

/** The folder of the package `layerbook`. */
export const PACKAGE = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");

/** Was the package installed (built, with the lessons inside), or is this the project's repository? */
export const INSTALLED = !fs.existsSync(path.join(PACKAGE, "../package-lock.json"));

/** The project's top folder, absolute; of an installed package its own folder. */
export const ROOT = INSTALLED ? PACKAGE : path.dirname(PACKAGE);

/** The folder of these scripts. */
export const SCRIPTS = path.join(PACKAGE, "scripts");

/** What the TypeScript build writes. */
export const DIST = path.join(PACKAGE, "dist");

/**
 * Private environment of this project: JupyterLab, its settings, logs; of an installed package, whose folder may belong to somebody
 * else, the user's. Git-ignored; `--uninstall` removes it. The tests give each
 * server they start one of its own (`LAYERBOOK_ENV_DIR`).
 */
export const ENV_DIR = path.resolve(
  process.env.LAYERBOOK_ENV_DIR ||
    (INSTALLED ? path.join(system.userData(), "layerbook") : path.join(ROOT, ".layerbook-env")),
);

/** The private virtual environment JupyterLab is installed into when there is none on PATH. */
export const VENV = path.join(ENV_DIR, "venv");

/** The virtual environment of the tests: the same JupyterLab and the tools that check it. */
export const TEST_VENV = path.join(ENV_DIR, "test-venv");

/** Settings, kernels and logs of this project's JupyterLab. */
export const JUPYTER = path.join(ENV_DIR, "jupyter");

/** The default working folder of the learner: in the project, or where an installed package is started. Never removed by us. */
export const LEARN = path.join(INSTALLED ? (process.env.INIT_CWD ?? process.cwd()) : ROOT, "learn");

/** `file` as a person in the project's folder would write it: relative when inside, absolute otherwise. */
export function shown(file) {
  const relative = path.relative(ROOT, file);
  return relative && !relative.startsWith("..") && !path.isAbsolute(relative) ? relative : file;
}
