/** What a client sends of a directory (fsutil filter.go). */

import type { FileStat, ReadableFileSystem } from "../platform/files";
import { dedupePaths, followLinks } from "./follow-links";
import { type MatchInfo, type Pattern, PatternMatcher } from "./pattern-matcher";
import type { ContextFilter } from "./types";

/** One entry that passes a filter. */
export interface WalkedEntry {
  /** Relative, without a slash at its end. */
  readonly path: string;
  readonly stat: FileStat;
  /**
   * It is announced, but its bytes are not given (`filterFS.Open`): a walk remembers only those patterns of the directories above that
   * it had to look at, so a file that an exception brought back may lie in a directory which a later pattern takes out.
   */
  readonly isWithheld?: true;
}

/** A directory on the way to the present entry. */
interface VisitedDir {
  readonly path: string;
  readonly stat: FileStat;
  includeInfo: MatchInfo;
  excludeInfo: MatchInfo;
  sent: boolean;
}

/**
 * The entries of *source* that pass *filter*, parents before children, in byte order; a directory that matches nothing itself comes
 * when something in it does. Throws PatternError; a pattern that compiles only when it is tested fails while walking, with
 * `failed to match excludepatterns: …`.
 */
export function walkFiltered(source: ReadableFileSystem, filter: ContextFilter = {}): Generator<WalkedEntry> {
  return new FilterWalk(source, filter).walk();
}

const PATTERN_CHARS = /[*[\]?^\\]/;

class FilterWalk {
  private readonly include: PatternMatcher | undefined;
  private readonly exclude: PatternMatcher | undefined;
  private readonly onlyPrefixIncludes: boolean;
  private readonly onlyPrefixExceptions: boolean;
  /** Only what stands behind an exception can be missed by the walk. */
  private readonly mayWithhold: boolean;

  constructor(
    private readonly source: ReadableFileSystem,
    filter: ContextFilter,
  ) {
    const includes = includesOf(source, filter);
    this.include = includes.length > 0 ? matcherOf(includes, "includepatterns") : undefined;
    const excludes = filter.excludePatterns ?? [];
    this.exclude = excludes.length > 0 ? matcherOf(excludes, "excludepatterns") : undefined;
    const plain = (pattern: Pattern): boolean => !PATTERN_CHARS.test(withoutTrailingGlob(pattern));
    this.onlyPrefixIncludes = (this.include?.patterns ?? []).every((p) => p.isExclusion || plain(p));
    this.onlyPrefixExceptions = (this.exclude?.patterns ?? []).every((p) => !p.isExclusion || plain(p));
    const first = this.exclude?.patterns.findIndex((p) => p.isExclusion) ?? -1;
    this.mayWithhold = first >= 0 && (this.exclude?.patterns ?? []).slice(first).some((p) => !p.isExclusion);
  }

  walk(): Generator<WalkedEntry> {
    return this.directory("", []);
  }

  private *directory(dir: string, parents: VisitedDir[]): Generator<WalkedEntry> {
    for (const name of this.source.readdir("/" + dir)) {
      const path = dir === "" ? name : dir + "/" + name;
      const stat = this.source.lstat("/" + path);
      if (stat === undefined) continue;
      if (this.include === undefined && this.exclude === undefined) {
        yield { path, stat };
        if (stat.type === "dir") yield* this.directory(path, parents);
        continue;
      }
      const visited: VisitedDir = { path, stat, includeInfo: [], excludeInfo: [], sent: false };
      const parent = parents[parents.length - 1];
      const verdict = this.verdict(path, stat, visited, parent);
      if (verdict === "prune") continue;
      if (verdict === "send") {
        for (const above of parents) {
          if (above.sent) continue;
          above.sent = true;
          yield { path: above.path, stat: above.stat };
        }
        visited.sent = true;
        const isWithheld =
          this.mayWithhold &&
          stat.type === "file" &&
          matching("excludepatterns", () => this.exclude?.matchesOrParentMatches(path)) === true;
        yield isWithheld ? { path, stat, isWithheld } : { path, stat };
      }
      if (stat.type === "dir") yield* this.directory(path, [...parents, visited]);
    }
  }

  private verdict(
    path: string,
    stat: FileStat,
    visited: VisitedDir,
    parent: VisitedDir | undefined,
  ): "send" | "skip" | "prune" {
    const isDir = stat.type === "dir";
    let skip = false;
    if (this.include) {
      const { matched, info } = matching("includepatterns", () =>
        (this.include as PatternMatcher).match(path, parent?.includeInfo),
      );
      visited.includeInfo = info;
      if (!matched) {
        if (isDir && this.onlyPrefixIncludes && !leadsInto(this.include.patterns, path, false))
          return "prune";
        skip = true;
      }
    }
    if (this.exclude) {
      const { matched, info } = matching("excludepatterns", () =>
        (this.exclude as PatternMatcher).match(path, parent?.excludeInfo),
      );
      visited.excludeInfo = info;
      if (matched) {
        if (isDir && this.onlyPrefixExceptions && !leadsInto(this.exclude.patterns, path, true))
          return "prune";
        skip = true;
      }
    }
    return skip ? "skip" : "send";
  }
}

function includesOf(source: ReadableFileSystem, filter: ContextFilter): readonly string[] {
  const includes = [...(filter.includePatterns ?? [])];
  if (filter.followPaths === undefined || filter.followPaths.length === 0) return includes;
  const targets = followLinks(source, filter.followPaths);
  if (targets === undefined) return includes;
  return dedupePaths([...includes, ...targets]) ?? [];
}

/** Could one of the patterns (only exceptions, or only others) match something inside the directory? */
function leadsInto(patterns: readonly Pattern[], dir: string, exceptions: boolean): boolean {
  return patterns.some(
    (p) => p.isExclusion === exceptions && (withoutTrailingGlob(p) + "/").startsWith(dir + "/"),
  );
}

function withoutTrailingGlob(pattern: Pattern): string {
  return pattern.text.replace(/\/\*\*$/, "").replace(/\/\*$/, "");
}

/** Throws an Error whose text names the list, as the library's does. */
export function matcherOf(
  patterns: readonly string[],
  list: "includepatterns" | "excludepatterns",
): PatternMatcher {
  return wrapping(`invalid ${list}: [${patterns.join(" ")}]`, () => new PatternMatcher(patterns));
}

/** Runs one match, with the library's text in front of an error. */
export function matching<T>(list: "includepatterns" | "excludepatterns", run: () => T): T {
  return wrapping(`failed to match ${list}`, run);
}

function wrapping<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "LB_PATTERN")
      error.message = `${prefix}: ${error.message}`;
    throw error;
  }
}
