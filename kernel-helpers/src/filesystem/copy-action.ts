/** One copy of a file operation (BuildKit solver/llbsolver/file/backend.go docopy, fsutil copy.go ResolveWildcards). */

import { goMatch, PatternError, splitWildcards } from "../context";
import type { CopyAction } from "../graph/types";
import type { ReadableFileSystem, WritableFileSystem } from "../platform/files";
import { joinPath } from "../platform/paths";
import type { Platform } from "../platform/platform";
import { Copier } from "./copier";
import { parseModeSet } from "./mode-set";
import type { UserIds } from "./owner";
import { rootPath, sourcePath } from "./root-path";
import { FileOpError, mustLookAt, wrapping } from "./syscalls";
import { unpackArchive } from "./unpack";

/** Executes one copy from *source* into *fs*. Throws FileOpError, PatternError. */
export function copyAction(
  action: CopyAction,
  source: ReadableFileSystem,
  fs: WritableFileSystem,
  owner: UserIds | undefined,
  platform: Platform,
): void {
  const src = cleanKeepingEnd(action.src);
  const dest = cleanKeepingEnd(action.dest);
  if (!action.createDestPath) {
    const parent = joinPath(rootPath(fs, joinPath("/", action.dest)), "..");
    wrapping(`failed to stat ${action.dest}`, () => mustLookAt(fs, parent, "lstat"));
  }
  const sources = action.allowWildcard ? resolveWildcards(source, src, action.followSymlink) : [src];
  if (sources.length === 0) {
    if (action.allowEmptyWildcard) return;
    throw new FileOpError(`${src} not found`);
  }
  const mtime = timeOfStamp(action.timestamp);
  for (const path of sources) {
    if (action.attemptUnpack && unpackArchive(source, path, fs, dest, { owner, mtime, platform })) continue;
    new Copier(source, fs, {
      owner,
      // A symbolic mode comes with an octal one that means nothing.
      mode: action.modeStr || action.mode === -1 ? undefined : action.mode,
      modeSet: action.modeStr ? parseModeSet(action.modeStr) : undefined,
      mtime,
      dirContents: action.dirCopyContents,
      followLinks: action.followSymlink,
      includePatterns: action.includePatterns,
      excludePatterns: action.excludePatterns,
      replaceExisting: action.alwaysReplaceExistingDestPaths,
    }).copy(path, dest);
  }
}

/** Nanoseconds since 1970 as seconds; -1 is none. */
export function timeOfStamp(timestamp: number): number | undefined {
  return timestamp === -1 ? undefined : timestamp / 1e9;
}

/** The paths that *src* stands for, in the order of a walk. Below a match nothing more is looked for. */
function resolveWildcards(source: ReadableFileSystem, src: string, followLinks: boolean): string[] {
  const [literal, pattern] = splitWildcards(src);
  if (pattern === "") return [literal];
  const base = sourcePath(source, literal, followLinks);
  const found: string[] = [];
  const deepest = pattern.includes("[") ? Infinity : pattern.split("/").length;
  const visit = (dir: string, relative: string, depth: number): void => {
    for (const name of source.readdir(dir)) {
      const path = joinPath(dir, name);
      const rest = relative === "" ? name : `${relative}/${name}`;
      if (matchesQuietly(pattern, rest)) found.push(path);
      // Only a class can match a slash: without one, deeper paths cannot match.
      else if (depth < deepest && source.lstat(path)?.type === "dir") visit(path, rest, depth + 1);
    }
  };
  if (mustLookAt(source, base, "lstat").type === "dir") visit(base, "", 1);
  return found;
}

function matchesQuietly(pattern: string, name: string): boolean {
  try {
    return goMatch(pattern, name);
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

/** Absolute and clean, but with the `/` or `/.` at its end, which means a directory. */
function cleanKeepingEnd(path: string): string {
  const clean = joinPath("/", path);
  if (path.endsWith("/.")) return clean === "/" ? "/." : clean + "/.";
  return path.endsWith("/") && clean !== "/" ? clean + "/" : clean;
}
