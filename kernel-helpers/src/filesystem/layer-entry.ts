/** One entry of a layer, as its tar holds it. */

import type { Content, FileAttributes, FileType } from "../platform/files";

export interface LayerEntry {
  /** Relative; directories end with a slash. Whiteouts are `dir/.wh.name`, opaque marks `dir/.wh..wh..opq`. */
  readonly name: string;
  readonly type: Exclude<FileType, "socket"> | "hardlink";
  /** Permission bits with setuid, setgid, sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but regular files. */
  readonly size: number;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  /** Target of a symbolic link, or name (relative) of the entry that a hard link names again. */
  readonly linkname?: string;
  readonly devmajor?: number;
  readonly devminor?: number;
  /** Extended attributes; a layer written here has only `security.capability`. */
  readonly xattrs?: FileAttributes["xattrs"];
  readonly content?: Content;
  /** Is it a deletion? */
  readonly whiteout?: boolean;
}

/** In front of the name of what a layer removes. */
export const WHITEOUT_PREFIX = ".wh.";

/** The entry that hides everything a directory had below. Read, never written: BuildKit lists the names instead. */
export const OPAQUE_NAME = ".wh..wh..opq";
