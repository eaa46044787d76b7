/** The paths that a request for some files must send because of symbolic links (fsutil followlinks.go). */

import type { ReadableFileSystem } from "../platform/files";
import { baseName, cleanPath, compareBytes, dirName, joinPath } from "../platform/paths";
import { containsWildcards, goMatch, PatternError } from "./go-match";

/**
 * *paths* with what the links in them lead to, sorted, without those below another one. undefined when one of them is the root:
 * then there is no filter.
 */
export function followLinks(source: ReadableFileSystem, paths: readonly string[]): string[] | undefined {
  const resolver = new LinkResolver(source);
  for (const path of paths) resolver.add(path);
  return dedupePaths([...resolver.resolved].sort(compareBytes));
}

/** Leaves out what is below another path of the sorted list; undefined when the root is in it. */
export function dedupePaths(sorted: readonly string[]): string[] | undefined {
  const kept: string[] = [];
  let last = "";
  for (const path of sorted) {
    if (path === ".") return undefined;
    if (path.startsWith(last + "/")) continue;
    kept.push(path);
    last = path;
  }
  return kept;
}

class LinkResolver {
  readonly resolved = new Set<string>();

  constructor(private readonly source: ReadableFileSystem) {}

  add(path: string): void {
    // Joining with "." makes an absolute path relative to the root of the context.
    let rest = joinPath(".", path);
    let current = ".";
    for (;;) {
      const slash = rest.indexOf("/");
      const part = slash < 0 ? rest : rest.slice(0, slash);
      rest = slash < 0 ? "" : rest.slice(slash + 1);
      current = joinPath(current, part);
      const targets = this.readLink(current, true);
      if ((rest === "" || targets !== undefined) && this.resolved.has(current)) return;
      if (targets !== undefined) {
        this.resolved.add(current);
        for (const target of targets) this.add(joinPath(target, rest));
        return;
      }
      if (rest === "") {
        this.resolved.add(current);
        return;
      }
    }
  }

  /** Where the link at *path* (or the links that match it) leads; undefined when there is none. */
  private readLink(path: string, wildcards: boolean): string[] | undefined {
    const base = baseName(path);
    if (wildcards && containsWildcards(base)) {
      const dir = dirName(path);
      const names = this.names(dir);
      if (names === undefined) return undefined;
      const found: string[] = [];
      for (const name of names)
        if (matchesQuietly(base, name)) found.push(...(this.readLink(joinPath(dir, name), false) ?? []));
      return found.length > 0 ? found : undefined;
    }
    const clean = cleanPath(path);
    if (clean === "/" || clean === ".") return undefined;
    const stat = this.look(clean);
    if (stat?.type !== "symlink") return undefined;
    const link = cleanPath(stat.linkname ?? "");
    if (link.startsWith("/")) return [link];
    return [joinPath("/", joinPath(dirName(path), link))];
  }

  /** Only what is reached without a link on the way: the client's file system walks, it does not follow. */
  private look(path: string): ReturnType<ReadableFileSystem["lstat"]> {
    return isOutside(path) ? undefined : this.source.lstat(cleanPath("/" + path));
  }

  private names(dir: string): readonly string[] | undefined {
    if (isOutside(dir)) return undefined;
    const absolute = cleanPath("/" + dir);
    const stat = this.source.lstat(absolute);
    return stat?.type === "dir" ? this.source.readdir(absolute) : undefined;
  }
}

function isOutside(path: string): boolean {
  return path === ".." || path.startsWith("../");
}

function matchesQuietly(pattern: string, name: string): boolean {
  try {
    return goMatch(pattern, name);
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}
