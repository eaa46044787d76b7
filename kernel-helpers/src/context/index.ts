/** Files → build context: .dockerignore, what is sent, content digests. */

import type { Platform } from "../platform/platform";
import type {
  ContextFilter,
  HashedFile,
  ReadableFileSystem,
  RecordCache,
  Selector,
  Snapshot,
  SyncedContext,
  TransferResult,
  WalkedEntry,
} from "./types";

export type * from "./types";

// Announced; the files behind these follow.
export declare function readIgnoreFile(text: string): string[];
export declare class PatternMatcher {
  constructor(patterns: readonly string[]);
  readonly hasExclusions: boolean;
  matchesOrParentMatches(path: string): boolean;
}
export declare function walkFiltered(
  source: ReadableFileSystem,
  filter: ContextFilter,
): Generator<WalkedEntry>;
export declare function transferContext(options: {
  readonly source: ReadableFileSystem;
  readonly filter?: ContextFilter;
  /** The copy of the builder's last transfer of this context, or the empty snapshot. */
  readonly previous: SyncedContext | Snapshot;
  /** Seconds since 1970: the mtime of directories in which this transfer changes something. */
  readonly now: number;
}): TransferResult;
/** Bytes of the transfer of one small file that is always sent again: Dockerfile, .dockerignore. */
export declare function transferBytes(source: ReadableFileSystem, filter?: ContextFilter): number;
export declare class ContentHasher {
  constructor(
    platform: Platform,
    input: Snapshot | SyncedContext | undefined,
    options?: { readonly cache?: RecordCache },
  );
  /** Throws ChecksumError: `"/src": not found`. */
  digest(selector: Selector): string;
  /** What the op's ComputeDigestFunc gives for several sources of one input (deduplicate first). */
  digestAll(selectors: readonly Selector[]): string;
  /** The records that went into `digestAll`, sorted by path. */
  files(selectors: readonly Selector[]): readonly HashedFile[];
}
export declare function dedupeSelectors(selectors: readonly Selector[]): Selector[];
export declare function containsWildcards(path: string): boolean;
