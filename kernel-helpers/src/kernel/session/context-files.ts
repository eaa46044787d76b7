/** Lists the files of a folder for completion: quickly, and never too many. */

import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 3000;
/** Folders whose contents nobody completes by hand. */
const SKIPPED = new Set(["node_modules", ".git"]);

/** Relative paths with `/`, sorted; empty when the folder is not there. */
export function listFiles(folder: string): string[] {
  const files: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of entries(join(folder, relative))) {
      if (files.length >= LIMIT) return;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (!entry.isDirectory()) files.push(path);
      else if (!SKIPPED.has(entry.name)) visit(path);
    }
  };
  visit("");
  return files.sort();
}

function entries(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
