/** The digests of a tree by path, as BuildKit's content hash keeps them (cache/contenthash/checksum.go). */

import type { Content, FileStat, Snapshot } from "../platform/files";
import { joinPath } from "../platform/paths";
import type { Platform } from "../platform/platform";
import { memoryRecordCache, recordDigest, recordHeader } from "./file-record";
import type { RecordCache, RecordHeader, SyncedContext } from "./types";

/** What was hashed already; give the same one to every hasher of a builder. Digests of trees go with the trees. */
export class DigestCache {
  readonly contextTrees = new WeakMap<object, string>();
  readonly snapshotTrees = new WeakMap<object, string>();

  constructor(readonly records: RecordCache = memoryRecordCache()) {}
}

/** A checksum that cannot be computed; the texts are BuildKit's (`"/src": not found`, `too many links`). */
export class ChecksumError extends Error {
  override readonly name = "ChecksumError";
  readonly code = "LB_CHECKSUM";
}

/** Symbolic links in one path; one more is an error. */
export const MAX_LINKS = 255;

/** The empty string, the digest of a local context's root. */
const EMPTY = "";

/** An entry and the path that it is kept under: "" for the root, otherwise absolute. */
export interface TreeRecord {
  readonly path: string;
  readonly stat: FileStat;
}

/** Digests of the entries of one input. */
export class RecordTree {
  private readonly files: Snapshot;
  private readonly isContext: boolean;
  private readonly hasBareRoot: boolean;
  private readonly stale: ReadonlyMap<string, RecordHeader>;
  private readonly trees: WeakMap<object, string>;
  /** Directories that have one with stale attributes in them. */
  private readonly aboveStale = new Set<string>();

  constructor(
    private readonly platform: Platform,
    input: Snapshot | SyncedContext,
    private readonly cache: DigestCache,
  ) {
    this.isContext = "staleDirectories" in input;
    this.hasBareRoot = "staleDirectories" in input && input.hasChanged;
    this.files = "staleDirectories" in input ? input.files : input;
    this.stale = "staleDirectories" in input ? input.staleDirectories : new Map<string, RecordHeader>();
    this.trees = this.isContext ? cache.contextTrees : cache.snapshotTrees;
    for (const path of this.stale.keys()) {
      for (let p = path; ; p = p.slice(0, p.lastIndexOf("/"))) {
        this.aboveStale.add(p);
        if (p === "") break;
      }
    }
  }

  /** The entry at *path* (clean, "" for the root), no link followed. */
  get(path: string): TreeRecord | undefined {
    const stat = this.reach(path);
    return stat && { path, stat };
  }

  /**
   * Follows *path* through symbolic links, as getFollowLinks does: `..` and missing parts are applied to the text.
   * Gives the path it ends at and the entry there, if any.
   */
  follow(
    path: string,
    trailing: boolean,
  ): { readonly path: string; readonly record: TreeRecord | undefined } {
    return followIn((at) => this.get(at), path, trailing);
  }

  /** The digest of a file, a link, or a directory with all that is in it. */
  digest(record: TreeRecord): string {
    const { path, stat } = record;
    if (stat.type !== "dir") return this.recordDigest(record);
    const identity = this.aboveStale.has(path) ? undefined : this.files.identity(path || "/");
    const known = identity && this.trees.get(identity);
    // The root of a context is hashed without its attributes, the same directory elsewhere with them.
    const cacheable = !this.isBareRoot(record);
    if (known !== undefined && cacheable) return known;
    const hash = this.platform.sha256();
    hash.update("\0").update(this.headerDigest(record));
    for (const child of this.children(record)) {
      hash.update("\0" + child.path.slice(path.length + 1)).update(this.digest(child));
    }
    const digest = "sha256:" + hash.hex();
    if (identity && cacheable) this.trees.set(identity, digest);
    return digest;
  }

  /** The digest of the record itself: of a directory only its attributes. */
  headerDigest(record: TreeRecord): string {
    if (record.stat.type !== "dir") return this.recordDigest(record);
    if (this.isBareRoot(record)) return "sha256:" + this.platform.sha256().update(EMPTY).hex();
    return recordDigest(this.platform, this.header(record));
  }

  /** What of the entry is hashed. */
  header(record: TreeRecord): RecordHeader {
    return this.stale.get(record.path) ?? recordHeader(record.stat, this.isContext);
  }

  /** Does the tree come from scanning a snapshot, rather than from hashing what arrived? */
  get isScanned(): boolean {
    return !this.hasBareRoot;
  }

  /** Is the record the root of a local context, whose attributes are not hashed? */
  isBareRoot(record: TreeRecord): boolean {
    return this.hasBareRoot && record.path === "";
  }

  *children(record: TreeRecord): Generator<TreeRecord> {
    for (const name of this.files.readdir(record.path || "/")) {
      const path = `${record.path}/${name}`;
      const stat = this.files.lstat(path);
      if (stat) yield { path, stat };
    }
  }

  private recordDigest(record: TreeRecord): string {
    const content: Content | undefined =
      record.stat.type === "file" ? this.files.readFile(record.path) : undefined;
    return recordDigest(this.platform, this.header(record), content, this.cache.records);
  }

  /** lstat that does not go through links on the way. */
  private reach(path: string): FileStat | undefined {
    if (path === "") return this.files.lstat("/");
    const stat = this.files.lstat(path);
    if (stat === undefined) return undefined;
    const slash = path.lastIndexOf("/");
    if (slash > 0 && this.files.realpath(path.slice(0, slash)) !== path.slice(0, slash)) return undefined;
    return stat;
  }
}

/** Absolute and clean; "" for the root. */
export function keyPath(path: string): string {
  const clean = joinPath("/", path);
  return clean === "/" ? "" : clean;
}

/** `RecordTree.follow` over what *get* finds; *visit* sees every element that is looked up after a first direct look. */
export function followIn(
  get: (path: string) => TreeRecord | undefined,
  path: string,
  trailing: boolean,
  visit?: (path: string, record: TreeRecord | undefined) => void,
): { readonly path: string; readonly record: TreeRecord | undefined } {
  const direct = get(path);
  if (direct && !(trailing && direct.stat.type === "symlink")) return { path, record: direct };
  if (path === "") return { path, record: undefined };
  let current = "/";
  let rest = path;
  let record: TreeRecord | undefined;
  for (let links = 0; rest !== "";) {
    const slash = rest.indexOf("/");
    const part = slash < 0 ? rest : rest.slice(0, slash);
    rest = slash < 0 ? "" : rest.slice(slash + 1);
    const next = keyPath(joinPath("/", current, part));
    record = get(next);
    visit?.(next, record);
    if (record?.stat.type !== "symlink") {
      current = next;
      continue;
    }
    if (!trailing && rest === "") {
      current = next;
      break;
    }
    if (++links > MAX_LINKS) throw new ChecksumError("too many links");
    const target = record.stat.linkname ?? "";
    rest = `${target}/${rest}`;
    if (target.startsWith("/")) current = "/";
  }
  return { path: current, record };
}
