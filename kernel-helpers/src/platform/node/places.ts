/** Where the package and what comes with it lie: in the project's repository, or installed from a package. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** The folder of the package `layerbook`: it holds dist/, scripts/ and labextension/. */
export const PACKAGE = resolve(__dirname, "../../..");

/** In the repository, `content/` and `notebooks/` lie beside the package; an installed package has them inside. */
function beside(name: string): string {
  const inside = join(PACKAGE, name);
  const outside = join(PACKAGE, "..", name);
  return existsSync(join(PACKAGE, "..", "package-lock.json")) && existsSync(outside) ? outside : inside;
}

/** Sources of the course, the catalog, the theme: `LAYERBOOK_CONTENT` when it is set. */
export const CONTENT = process.env["LAYERBOOK_CONTENT"] ?? beside("content");

/** The lessons as notebooks, in folders of their own. */
export const NOTEBOOKS = beside("notebooks");
