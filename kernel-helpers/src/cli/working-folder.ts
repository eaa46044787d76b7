/** Which folder holds the learner's lessons, when nobody names it. */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { NOTEBOOKS } from "../platform/node/places";

/**
 * The learner's working folder: *given* (relative to *cwd*), else `learn/` in *cwd*, else *cwd* or a folder above it that holds lessons
 * (a terminal of JupyterLab begins there, wherever `--dir` put it), else the project's `learn/`. It need not exist.
 */
export function workingFolder(given: string | undefined, cwd: string): string {
  if (given !== undefined) return resolve(cwd, given);
  const here = join(cwd, "learn");
  if (existsSync(here)) return here;
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    // The lessons as they are handed out are nobody's work.
    if (folder !== NOTEBOOKS && holdsLessons(folder)) return folder;
    if (folder === dirname(folder)) return join(NOTEBOOKS, "../learn");
  }
}

function holdsLessons(folder: string): boolean {
  try {
    return readdirSync(folder).some(
      (name) => /^\d\d-[\w-]+$/.test(name) && existsSync(join(folder, name, `${name}.ipynb`)),
    );
  } catch {
    return false; // one that may not be read
  }
}
