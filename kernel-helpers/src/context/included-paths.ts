/** Which entries a selector with wildcards or patterns takes, in order (BuildKit cache/contenthash/checksum.go includedPaths). */

import { cleanPath, joinPath } from "../platform/paths";
import { matcherOf, matching } from "./filter-walk";
import { containsWildcards, goMatch } from "./go-match";
import { goQuote } from "./go-quote";
import type { MatchInfo, PatternMatcher } from "./pattern-matcher";
import { ChecksumError, keyPath, type RecordTree, type TreeRecord } from "./record-tree";
import type { Selector } from "./types";

/** One entry that is taken. */
export interface IncludedPath {
  /** As the selector spells it: with the links of its prefix. */
  readonly path: string;
  readonly record: TreeRecord;
  /** Nothing above it is taken along, so a link here stands for what it leads to. */
  readonly followLinks: boolean;
}

interface Candidate extends IncludedPath {
  includeInfo: MatchInfo;
  excludeInfo: MatchInfo;
  included: boolean;
}

/** The entries that *selector* takes and the part of its path in front of the first wildcard. Throws ChecksumError, PatternError. */
export function includedPaths(
  tree: RecordTree,
  selector: Selector,
): { readonly prefix: string; readonly paths: readonly IncludedPath[] } {
  const listing = new Listing(tree, selector);
  const paths = listing.collect();
  for (const required of selector.requiredPaths ?? []) {
    if (!paths.some(({ path }) => path.startsWith(required)))
      throw new ChecksumError(`${goQuote(required)}: not found`);
  }
  return { prefix: listing.prefix, paths };
}

class Listing {
  prefix = "";
  /** Where the prefix is when links are followed. */
  private resolved = "";
  private readonly path: string;
  private readonly endsInSlash: boolean;
  private readonly include: PatternMatcher | undefined;
  private readonly exclude: PatternMatcher | undefined;
  private readonly paths: IncludedPath[] = [];
  private parents: Candidate[] = [];
  private lastMatchedDir = "";

  constructor(
    private readonly tree: RecordTree,
    private readonly selector: Selector,
  ) {
    this.endsInSlash = selector.path.endsWith("/");
    this.path = keyPath(selector.path);
    const { includePatterns = [], excludePatterns = [] } = selector;
    this.include = includePatterns.length > 0 ? matcherOf(includePatterns, "includepatterns") : undefined;
    this.exclude = excludePatterns.length > 0 ? matcherOf(excludePatterns, "excludepatterns") : undefined;
  }

  collect(): readonly IncludedPath[] {
    const start = this.start();
    if (start) this.visit(start);
    return this.paths;
  }

  /** The entry to begin at: the root, or the prefix with its links followed. */
  private start(): TreeRecord | undefined {
    let prefix = this.path;
    let trailing = false;
    if (this.selector.wildcard) {
      const [literal, rest] = splitWildcards(this.path);
      prefix = literal === "/" ? "" : literal;
      trailing = rest !== "";
    }
    this.prefix = prefix;
    if (prefix === "") return this.tree.get("");
    const { path, record } = this.tree.follow(prefix, trailing);
    this.resolved = path;
    return record;
  }

  /** One entry: of a directory first its place in the list, then its attributes, then what is in it. */
  private visit(record: TreeRecord): void {
    const isDir = record.stat.type === "dir";
    if (!isDir) {
      this.consider(record, false);
      return;
    }
    this.consider(record, false);
    this.consider(record, true);
    if (this.cannotMatchBelow(record)) return;
    for (const child of this.tree.children(record)) this.visit(child);
  }

  private consider(record: TreeRecord, header: boolean): void {
    const path = this.spelled(record.path);
    // The list keeps a directory's attributes under its name with a slash; that is what parents are compared with.
    const place = header ? path + "/" : path;
    while (
      this.parents.length > 0 &&
      !place.startsWith((this.parents[this.parents.length - 1] as Candidate).path + "/")
    ) {
      this.parents.pop();
    }
    const parent = this.parents[this.parents.length - 1];
    if (header && path === this.path && this.endsInSlash) return;
    const candidate: Candidate = {
      path,
      record,
      followLinks: parent === undefined && (this.selector.followLinks ?? false),
      includeInfo: [],
      excludeInfo: [],
      included: false,
    };
    let base = this.path;
    if (this.selector.wildcard) {
      if (this.path !== "" && (this.lastMatchedDir === "" || !path.startsWith(this.lastMatchedDir + "/"))) {
        if (!goMatch(this.path, path)) return;
        this.lastMatchedDir = path;
      }
      base = this.lastMatchedDir;
    }
    const included = this.isIncluded(relativeTo(path, base), candidate, parent);
    const isDirectoryItself = record.stat.type === "dir" && !header;
    if (included && !isDirectoryItself) {
      for (const above of this.parents) {
        if (above.included) continue;
        above.included = true;
        this.paths.push(above);
      }
      candidate.included = true;
      this.paths.push(candidate);
    }
    if (header) this.parents.push(candidate);
  }

  private isIncluded(path: string, candidate: Candidate, parent: Candidate | undefined): boolean {
    if (this.include) {
      const { matched, info } = matching("includepatterns", () =>
        (this.include as PatternMatcher).match(path, parent?.includeInfo),
      );
      candidate.includeInfo = info;
      if (!matched) return false;
    }
    if (this.exclude) {
      const { matched, info } = matching("excludepatterns", () =>
        (this.exclude as PatternMatcher).match(path, parent?.excludeInfo),
      );
      candidate.excludeInfo = info;
      if (matched) return false;
    }
    return true;
  }

  /** The path as the selector spells it. */
  private spelled(path: string): string {
    return path.startsWith(this.resolved) ? this.prefix + path.slice(this.resolved.length) : path;
  }

  /** A pattern without classes matches only paths with as many slashes as it has: deeper ones need not be looked at. */
  private cannotMatchBelow(record: TreeRecord): boolean {
    if (!this.selector.wildcard || this.path === "" || this.path.includes("[") || this.path.includes("\\"))
      return false;
    const path = this.spelled(record.path);
    if (this.lastMatchedDir !== "" && (path + "/").startsWith(this.lastMatchedDir + "/")) return false;
    return depth(path) >= depth(this.path);
  }
}

function depth(path: string): number {
  return path.split("/").length;
}

/** *path* without the directory *base* in front. */
function relativeTo(path: string, base: string): string {
  const full = path + "/";
  const rest = full.startsWith(base + "/") ? full.slice(base.length + 1) : full;
  return rest.endsWith("/") ? rest.slice(0, -1) : rest;
}

/** The path in front of the first element with a wildcard, and the rest. */
export function splitWildcards(path: string): readonly [literal: string, rest: string] {
  const parts = (path === "" ? "" : cleanPath(path)).split("/").map((part) => (part === "" ? "/" : part));
  const first = parts.findIndex((part) => containsWildcards(part));
  const at = first < 0 ? parts.length : first;
  return [joinPath(...parts.slice(0, at)), joinPath(...parts.slice(at))];
}
