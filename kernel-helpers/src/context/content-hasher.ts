/** The content digests by which COPY, ADD and bind mounts are cached (BuildKit cache/contenthash/checksum.go, ops/opsutils/contenthash.go). */

import type { Snapshot } from "../platform/files";
import { baseName, comparePaths } from "../platform/paths";
import type { Platform } from "../platform/platform";
import { type IncludedPath, includedPaths } from "./included-paths";
import { goQuote } from "./go-quote";
import { ChecksumError, DigestCache, keyPath, RecordTree, type TreeRecord } from "./record-tree";
import { SnapshotScan } from "./snapshot-scan";
import type { HashedFile, Selector, SyncedContext } from "./types";

/** Computes content digests of one input: a snapshot, a local context, or nothing (`scratch`). */
export class ContentHasher {
  private readonly tree: RecordTree | undefined;
  private readonly scan: SnapshotScan | undefined;

  /** *cache*: what was hashed already; default: nothing. */
  constructor(
    private readonly platform: Platform,
    input: Snapshot | SyncedContext | undefined,
    cache: DigestCache = new DigestCache(),
  ) {
    this.tree = input && new RecordTree(platform, input, cache);
    this.scan = this.tree && new SnapshotScan(this.tree);
  }

  /** The digest of what *selector* takes. Throws ChecksumError, PatternError. */
  digest(selector: Selector): string {
    const path = selector.path;
    if (this.tree === undefined) {
      if (path === "/") return this.hash("");
      throw new ChecksumError(`${path}: no such file or directory`);
    }
    if (!hasFilters(selector))
      return this.tree.digest(this.find(this.tree, path, selector.followLinks ?? false));
    this.scan?.ensure("", false);
    const { prefix, paths } = includedPaths(this.tree, selector);
    const records = paths.map((included) => this.resolved(this.tree as RecordTree, included, selector));
    if (paths.length === 0) return this.hash("");
    const only = paths.length === 1 ? paths[0] : undefined;
    if (only && baseName(path) === baseName(only.path)) return records[0] as string;
    const hash = this.platform.sha256();
    paths.forEach((included, i) => {
      const rest = included.path.startsWith(prefix) ? included.path.slice(prefix.length) : included.path;
      hash.update(rest === "" ? "\0" : rest.replaceAll("/", "\0")).update(records[i] as string);
    });
    return "sha256:" + hash.hex();
  }

  /** The digest of several selectors of one input, as it stands in the key of an operation. No selector = everything. */
  digestAll(selectors: readonly Selector[]): string {
    const all = selectors.length === 0 ? [{ path: "/" }] : selectors;
    return this.hash(all.map((selector) => this.digest(rooted(selector))).join("\0"));
  }

  /** The records that went into `digestAll`, each path once, in the order of the tree. */
  files(selectors: readonly Selector[]): readonly HashedFile[] {
    const { tree } = this;
    if (tree === undefined) return [];
    const found = new Map<string, HashedFile>();
    const add = (record: TreeRecord): void => {
      const path = record.path || "/";
      const header = tree.header(record);
      if (!tree.isBareRoot(record)) found.set(path, { path, header, digest: tree.headerDigest(record) });
    };
    const addAll = (record: TreeRecord): void => {
      add(record);
      if (record.stat.type === "dir") for (const child of tree.children(record)) addAll(child);
    };
    for (const given of selectors.length === 0 ? [{ path: "/" }] : selectors) {
      const selector = rooted(given);
      if (!hasFilters(selector)) {
        addAll(this.find(tree, selector.path, selector.followLinks ?? false));
        continue;
      }
      for (const included of includedPaths(tree, selector).paths) {
        if (isFollowed(included)) addAll(this.find(tree, included.path, selector.followLinks ?? false));
        else add(included.record);
      }
    }
    return [...found.values()].sort((a, b) => comparePaths(a.path, b.path));
  }

  private find(tree: RecordTree, path: string, follow: boolean): TreeRecord {
    const key = keyPath(path);
    this.scan?.ensure(key, follow);
    const { record } = tree.follow(key, follow);
    if (record === undefined) throw new ChecksumError(`${goQuote(key)}: not found`);
    return record;
  }

  /** The digest of an entry of the list; the links at its top are followed. */
  private resolved(tree: RecordTree, included: IncludedPath, selector: Selector): string {
    if (!isFollowed(included)) return tree.headerDigest(included.record);
    return tree.digest(this.find(tree, included.path, selector.followLinks ?? false));
  }

  private hash(text: string): string {
    return "sha256:" + this.platform.sha256().update(text).hex();
  }
}

function isFollowed(included: IncludedPath): boolean {
  return included.followLinks && included.record.stat.type === "symlink";
}

function rooted(selector: Selector): Selector {
  return { ...selector, path: keyPath(selector.path) || "/" };
}

function hasFilters(selector: Selector): boolean {
  return (
    (selector.wildcard ?? false) ||
    (selector.includePatterns ?? []).length > 0 ||
    (selector.excludePatterns ?? []).length > 0
  );
}
