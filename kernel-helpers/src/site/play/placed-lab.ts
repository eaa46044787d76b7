/** A Lab in memory whose context is made to hold the page's project. */

import type { Lab } from "../../lab";
import { isSameFile, type PlayFile, type Project } from "./project";

/** The files that were written last. */
export class PlacedLab {
  private placed: ReadonlyMap<string, PlayFile> = new Map();

  constructor(readonly lab: Lab) {}

  /** Makes the context hold *files*; what did not change is not touched. */
  place({ files }: Project): void {
    const { context } = this.lab;
    const wanted = new Map(files.map((file) => [file.path, file]));
    for (const path of this.placed.keys()) {
      if (wanted.has(path)) continue;
      context.remove(path);
      // Folders are no files of the page: an empty one goes with its last file.
      for (let folder = parentOf(path); folder !== ""; folder = parentOf(folder)) {
        if (context.list().some((other) => other.startsWith(`${folder}/`))) break;
        context.remove(folder);
      }
    }
    for (const [path, file] of wanted) {
      if (isSameFile(file, this.placed.get(path))) continue;
      context.write(path, file.data, { mode: file.executable ? 0o755 : 0o644 });
    }
    this.placed = wanted;
  }
}

function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** What changed from *before* to *after* in a few words: `server.js`, `+new.txt`, `−old.txt +2`; "" for nothing. */
export function editBetween(before: Project | undefined, after: Project): string {
  if (before === undefined) return "";
  const old = new Map(before.files.map((file) => [file.path, file]));
  const now = new Set(after.files.map(({ path }) => path));
  const changed = [
    ...before.files.filter(({ path }) => !now.has(path)).map(({ path }) => `−${path}`),
    ...after.files
      .filter((file) => !isSameFile(file, old.get(file.path)))
      .map(({ path }) => (old.has(path) ? path : `+${path}`)),
  ];
  if (changed.length === 0) return before.flags === after.flags ? "" : after.flags;
  return changed.length === 1 ? changed[0]! : `${changed[0]!} +${changed.length - 1}`;
}
