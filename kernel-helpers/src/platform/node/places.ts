/** Where the package and what comes with it lie: in the project's repository, or installed from a package. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the package `layerbook`: it holds dist/, scripts/ and labextension/. */
export const PACKAGE = resolve(__dirname, "../../..");

/**
 * In the repository and in a wheel, `content/` and `notebooks/` lie beside the package; one that npm installed has them inside. The
 * repository is asked first: packing puts a copy inside for a moment.
 */
function beside(name: string): string {
  const inside = join(PACKAGE, name);
  const outside = join(PACKAGE, "..", name);
  const repository = existsSync(join(PACKAGE, "..", "package-lock.json"));
  return existsSync(outside) && (repository || !existsSync(inside)) ? outside : inside;
}

/** Sources of the course, the catalog, the theme: `LAYERBOOK_CONTENT` when it is set. */
export const CONTENT = process.env["LAYERBOOK_CONTENT"] ?? beside("content");

/** The lessons as notebooks, in folders of their own. */
export const NOTEBOOKS = beside("notebooks");
