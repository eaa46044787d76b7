/** The records of the build context: selections of files, what was hashed for them, what a transfer sent. */

import type { FileType, Snapshot } from "../platform/files";

/** Which files of an input a COPY, ADD or bind mount takes (opsutils.Selector). */
export interface Selector {
  /** Absolute in the input; empty or `/` is all of it. */
  readonly path: string;
  /** Follow a symbolic link in the last element? Default: no. */
  readonly followLinks?: boolean;
  /** Are `* ? [` in *path* wildcards? Default: no. */
  readonly wildcard?: boolean;
  readonly includePatterns?: readonly string[];
  readonly excludePatterns?: readonly string[];
  /** Prefixes of which each must be among the selected paths (`--parents` without a wildcard). */
  readonly requiredPaths?: readonly string[];
}

/** The attributes that go into a file's digest. No name and no mtime: neither is hashed with the record. */
export interface RecordHeader {
  readonly type: FileType;
  /** Permission bits with setuid, setgid, sticky, as hashed. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** 0 for all but regular files. */
  readonly size: number;
  readonly linkname: string;
  readonly devmajor: number;
  readonly devminor: number;
  /** Only those that are hashed, by name. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

/** One record that went into a content digest. */
export interface HashedFile {
  /** Absolute path in the input, links on the way resolved. */
  readonly path: string;
  readonly header: RecordHeader;
  /** `sha256:…` of header and bytes; of a directory: of its header only. */
  readonly digest: string;
}

/** Remembers the digests of records, so that bytes are read and hashed once. */
export interface RecordCache {
  /** The digest of the record with *header* (the bytes of the header as hashed) over the bytes of *content*, or undefined. */
  get(content: object, header: string): string | undefined;
  put(content: object, header: string, digest: string): void;
}

/** What a client asks for of a directory: NewFilterFS's options. */
export interface ContextFilter {
  /** Only these paths and what their symbolic links lead to; empty or absent = everything. */
  readonly followPaths?: readonly string[];
  readonly includePatterns?: readonly string[];
  readonly excludePatterns?: readonly string[];
}

/** The builder's copy of a context directory, kept from build to build (source/local, fsutil.DiskWriter). */
export interface SyncedContext {
  /** The files as the builder holds them: uid and gid 0. */
  readonly files: Snapshot;
  /**
   * Entries that are hashed with other attributes than they have. Path to the attributes as hashed. Directories: a transfer that
   * changes only the mode does not reach the hasher. Files: one whose bytes never came has the size that was announced.
   */
  readonly staleDirectories: ReadonlyMap<string, RecordHeader>;
  /** Did a transfer ever bring anything? Until then the root is hashed with its attributes, afterwards without. */
  readonly hasChanged: boolean;
  /** The tree and filter that were sent last, to answer at once when they come again. Made by `transferContext`. */
  readonly memo?: {
    readonly identity: object;
    readonly key: string;
    readonly bytes: number;
    readonly sent: readonly string[];
  };
}

/** A transfer and its result. */
export interface TransferResult {
  readonly context: SyncedContext;
  /** As the progress row counts them (`transferring context: 34B`). */
  readonly bytes: number;
  /** Entries that the client announced, in order; directories with a slash at the end. */
  readonly sent: readonly string[];
  /** Paths of files whose bytes travelled. */
  readonly requested: readonly string[];
}
