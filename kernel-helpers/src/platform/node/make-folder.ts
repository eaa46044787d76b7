/** Makes a folder that a user has named, with those above it. */

import { existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes *path* and what is missing above it, one by one. Node's own recursive way never comes back where a folder refuses others as if
 * it were not there itself, as all below /proc do. Throws the file system's error; of such a folder EROFS.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EEXIST") continue;
      if (code !== "ENOENT") throw error;
      throw Object.assign(new Error(`no folder can be made in ${dirname(folder)}`, { cause: error }), {
        code: "EROFS",
        path: folder,
      });
    }
  }
}
