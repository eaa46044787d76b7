/** Layered file systems: trees that share structure, diffs, whiteouts, tar, the file operations of COPY, ADD and WORKDIR. */

import type { Content, FileAttributes, FileType, Snapshot, WritableFileSystem } from "../platform/files";
import type { Platform } from "../platform/platform";
import type { FileOp } from "../graph/types";

/** One entry to build a tree from. */
export interface TreeEntry {
  /** With or without a slash at the start. Missing parents are made: 755 of 0:0. */
  readonly path: string;
  readonly type: FileType;
  /** Default: 644 for files, 755 for directories. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds since 1970; default: that of the whole tree. */
  readonly mtime?: number;
  readonly content?: Content | Uint8Array | string;
  /** Target of a symbolic link. */
  readonly linkname?: string;
  /** Path of an earlier entry that this is another name of. */
  readonly hardlink?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  readonly xattrs?: FileAttributes["xattrs"];
}

/** One entry of a layer, as in its tar. */
export interface LayerEntry {
  /** Relative; directories end with a slash. Whiteouts are `dir/.wh.name`, opaque marks `dir/.wh..wh..opq`. */
  readonly name: string;
  readonly type: FileType | "hardlink";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but regular files. */
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  readonly linkname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Extended attributes (`security.capability`). */
  readonly xattrs?: FileAttributes["xattrs"];
  readonly content?: Content;
  /** Is it a deletion? */
  readonly whiteout?: boolean;
}

/** Something to be seen under a path while a command runs. */
export interface MountPoint {
  /** Absolute. Missing directories (or the file) are made and removed again afterwards. */
  readonly target: string;
  /** A tree, or one file, or an empty directory when absent. */
  readonly source?: WritableFileSystem | Snapshot | Content;
  /** Path inside *source* that is mounted; default `/`. */
  readonly sourcePath?: string;
  readonly readonly?: boolean;
  /** Bytes that may be written; then ENOSPC. */
  readonly size?: number;
  /** Attributes of the mounted file (secrets). */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

// Announced; the files behind these follow.
/** A root directory (755, 0:0) and nothing else. */
export declare function emptySnapshot(mtime?: number): Snapshot;
export declare function buildSnapshot(
  entries: Iterable<TreeEntry>,
  options?: { readonly base?: Snapshot; readonly mtime?: number },
): Snapshot;
/** Bytes or text as the content of a file. */
export declare function contentOf(data: Uint8Array | string): Content;
/** A root file system with mounts over it: what a RUN works on. Changes outside the mounts reach *root*. */
export declare class MountedFileSystem {
  constructor(root: WritableFileSystem, mounts: readonly MountPoint[]);
  /** The file system to run on. */
  readonly fs: WritableFileSystem;
  /** Removes the mount points that were made. Call once, at the end. */
  unmount(): void;
}
/** What *upper* (a fork of *lower*) changed, in the order of BuildKit's overlay differ. */
export declare function diffLayers(lower: Snapshot, upper: Snapshot): LayerEntry[];
/** The tar of a layer, byte for byte as Go's archive/tar writes it; *epoch* clamps mtimes as rewrite-timestamp does. */
export declare function layerTar(
  entries: Iterable<LayerEntry>,
  options?: { readonly epoch?: number },
): Generator<Uint8Array>;
/** diffID (sha256 of the tar) and size in bytes, without keeping the tar. */
export declare function hashLayer(
  platform: Platform,
  entries: Iterable<LayerEntry>,
  options?: { readonly epoch?: number },
): { readonly diffID: string; readonly size: number };
/** Reads a tar. Throws TarError for what is broken or hostile. */
export declare function readTar(bytes: Uint8Array): Generator<LayerEntry>;
/** *base* with the changes of a layer: whiteouts and opaque marks applied, links and names kept inside the root. */
export declare function applyLayer(base: Snapshot, entries: Iterable<LayerEntry>): Snapshot;
/** Executes COPY, ADD, WORKDIR, heredoc files. Throws FileOpError with BuildKit's text. */
export declare function executeFileOp(
  op: FileOp,
  inputs: readonly (Snapshot | undefined)[],
  options: { readonly platform: Platform; readonly now: number },
): Snapshot;
