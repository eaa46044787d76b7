/** What lies in a folder, as far as a build sees it: to tell what an edit changed. */

import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { PatternMatcher, readIgnoreFile } from "../../context";

/** By path (`/` between names): size, time and mode. */
export type FolderState = ReadonlyMap<string, string>;

/** Never a part of what somebody edits. */
const PASSED_OVER = new Set([".layerbook", ".git"]);

/** The files of *directory* that are not kept out by .dockerignore; *dockerfile* (relative) and ignore files always. */
export function folderState(directory: string, dockerfile: string): FolderState {
  const state = new Map<string, string>();
  const own = [dockerfile, ".dockerignore", `${dockerfile}.dockerignore`];
  const matcher = matcherOf(directory, dockerfile);
  const put = (path: string): void => {
    try {
      const { size, mtimeMs, mode } = lstatSync(join(directory, path));
      state.set(path, `${size} ${mtimeMs} ${mode}`);
    } catch {
      // Gone since it was listed.
    }
  };
  const visit = (below: string): void => {
    let entries;
    try {
      entries = readdirSync(join(directory, below), { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (below === "" && PASSED_OVER.has(entry.name)) continue;
      const isIgnored = matcher?.matchesOrParentMatches(path) ?? false;
      if (entry.isDirectory()) {
        // What is kept out as a whole is not looked into, unless a `!` may bring a part of it back.
        if (!isIgnored || matcher?.hasExclusions) visit(path);
      } else if (!isIgnored) put(path);
    }
  };
  visit("");
  for (const path of own) put(path);
  return state;
}

function matcherOf(directory: string, dockerfile: string): PatternMatcher | undefined {
  for (const name of [`${dockerfile}.dockerignore`, ".dockerignore"]) {
    try {
      return new PatternMatcher(readIgnoreFile(readFileSync(join(directory, name), "utf8")));
    } catch {
      // Not there, or not to be read: the build says what is wrong with it.
    }
  }
  return undefined;
}

/** Paths that are not as they were, sorted. */
export function changedPaths(before: FolderState, after: FolderState): string[] {
  const changed = [...after].filter(([path, one]) => before.get(path) !== one).map(([path]) => path);
  const gone = [...before.keys()].filter((path) => !after.has(path));
  return [...changed, ...gone].sort();
}
