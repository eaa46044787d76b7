/** Lists the files of a folder for completion: quickly, and never too many. */

import type { SessionHost } from "./session-host";

const LIMIT = 3000;
/** Folders whose contents nobody completes by hand. */
const SKIPPED = new Set(["node_modules", ".git"]);

/** Relative paths with `/`, sorted; empty when the folder is not there. */
export function listFiles(folder: string, { files: system, paths }: SessionHost): string[] {
  const files: string[] = [];
  const visit = (relative: string): void => {
    for (const entry of system.list(paths.join(folder, relative))) {
      if (files.length >= LIMIT) return;
      const path = relative === "" ? entry.name : `${relative}/${entry.name}`;
      if (!entry.directory) files.push(path);
      else if (!SKIPPED.has(entry.name)) visit(path);
    }
  };
  visit("");
  return files.sort();
}
