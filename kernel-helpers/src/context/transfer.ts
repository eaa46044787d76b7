/** Sending a build context to the builder (fsutil send.go, receive.go, diskwriter.go, diff_containerd.go; BuildKit source/local). */

import type { FileStat, ReadableFileSystem, Snapshot, WritableFileSystem } from "../platform/files";
import { comparePaths } from "../platform/paths";
import { recordHeader } from "./file-record";
import { walkFiltered } from "./filter-walk";
import { dataBytes, FIN_BYTES, statBytes } from "./packet-size";
import type { ContextFilter, RecordHeader, SyncedContext, TransferResult } from "./types";

/** What travels from where to where. */
export interface TransferOptions {
  readonly source: ReadableFileSystem;
  /** Default: everything. */
  readonly filter?: ContextFilter;
  /** The builder's copy of the last transfer of this context, or the empty snapshot for the first. */
  readonly previous: SyncedContext | Snapshot;
  /** Seconds since 1970: the time of directories in which this transfer changes something. */
  readonly now: number;
}

interface Incoming {
  readonly path: string;
  readonly stat: FileStat;
  /** The path that this is another name of. */
  readonly hardlink: string | undefined;
  readonly index: number;
  /** Its bytes never come, whatever size was announced. */
  readonly isWithheld: boolean;
}

/**
 * Brings the builder's copy up to date: files whose size, time, mode and link are unchanged are not sent again, so an edit that
 * keeps size and time is not seen. Throws PatternError.
 */
export function transferContext(options: TransferOptions): TransferResult {
  const { source, filter = {}, now } = options;
  const previous: SyncedContext =
    "staleDirectories" in options.previous
      ? options.previous
      : { files: options.previous, staleDirectories: new Map(), hasChanged: false };
  const memo = memoOf(source, filter);
  if (memo !== undefined && previous.memo?.key === memo.key && previous.memo.identity === memo.identity) {
    return { context: previous, bytes: previous.memo.bytes, sent: previous.memo.sent, requested: [] };
  }
  const incoming = announce(source, filter);
  const receiver = new Receiver(source, previous, now);
  receiver.receive(incoming);
  const announced = incoming.reduce(
    (sum, entry) => sum + statBytes(entry.path, entry.stat, entry.hardlink),
    FIN_BYTES,
  );
  const sent = incoming.map(({ path, stat }) => (stat.type === "dir" ? path + "/" : path));
  const files = receiver.changed ? receiver.fs.snapshot() : previous.files;
  return {
    context: {
      files,
      staleDirectories: receiver.stale,
      hasChanged: previous.hasChanged || receiver.changed,
      // What is withheld is asked for again and again.
      ...(memo && !incoming.some((one) => one.isWithheld) && { memo: { ...memo, bytes: announced, sent } }),
    },
    bytes: announced + receiver.dataBytes,
    sent,
    requested: receiver.requested,
  };
}

/** Bytes of a transfer in which everything is sent: of a Dockerfile or .dockerignore, which are sent anew each time. */
export function transferBytes(source: ReadableFileSystem, filter: ContextFilter = {}): number {
  return announce(source, filter).reduce(
    (sum, { path, stat, hardlink, index, isWithheld }) =>
      sum +
      statBytes(path, stat, hardlink) +
      (stat.type === "file" && hardlink === undefined ? dataBytes(isWithheld ? 0 : stat.size, index) : 0),
    FIN_BYTES,
  );
}

/** An unchanged tree under an unchanged filter sends the same list: remembered with the copy. */
function memoOf(
  source: ReadableFileSystem,
  filter: ContextFilter,
): { identity: object; key: string } | undefined {
  const identity = "identity" in source ? (source as Snapshot).identity("/") : undefined;
  if (identity === undefined) return undefined;
  return {
    identity,
    key: JSON.stringify([filter.followPaths, filter.includePatterns, filter.excludePatterns]),
  };
}

/** What the client announces: the filtered walk, of 0:0, links among what is sent resolved. */
function announce(source: ReadableFileSystem, filter: ContextFilter): Incoming[] {
  const list = new IncomingList();
  for (const { path, stat, isWithheld } of walkFiltered(source, filter))
    list.add(path, asSent(stat), isWithheld);
  return list.entries;
}

/** What the builder has of the context. */
function present(files: Snapshot): Incoming[] {
  const list = new IncomingList();
  const visit = (dir: string): void => {
    for (const name of files.readdir(dir === "" ? "/" : dir)) {
      const path = `${dir}/${name}`;
      const stat = files.lstat(path);
      if (stat === undefined) continue;
      list.add(path.slice(1), stat);
      if (stat.type === "dir") visit(path);
    }
  };
  visit("");
  return list.entries;
}

/** Entries in their order; a file's later names are links to its first. */
class IncomingList {
  readonly entries: Incoming[] = [];
  private readonly first = new Map<number, string>();

  add(path: string, stat: FileStat, isWithheld = false): void {
    let hardlink: string | undefined;
    if (stat.nlink > 1 && stat.type !== "dir" && stat.type !== "symlink") {
      hardlink = this.first.get(stat.ino);
      if (hardlink === undefined) this.first.set(stat.ino, path);
    }
    this.entries.push({ path, stat, hardlink, index: this.entries.length, isWithheld });
  }
}

function asSent(stat: FileStat): FileStat {
  if (stat.uid === 0 && stat.gid === 0 && stat.xattrs === undefined && stat.type !== "socket") return stat;
  const { xattrs, ...rest } = stat;
  const kept = Object.entries(xattrs ?? {}).filter(([name]) => !name.startsWith("com.apple."));
  // A socket arrives as an empty file.
  const type = rest.type === "socket" ? "file" : rest.type;
  return { ...rest, type, uid: 0, gid: 0, ...(kept.length > 0 && { xattrs: Object.fromEntries(kept) }) };
}

class Receiver {
  readonly fs: WritableFileSystem;
  readonly stale: Map<string, RecordHeader>;
  readonly requested: string[] = [];
  dataBytes = 0;
  changed = false;
  /** Directories made by this transfer get their time when all is done. */
  private readonly times = new Map<string, number>();

  constructor(
    private readonly source: ReadableFileSystem,
    private readonly previous: SyncedContext,
    now: number,
  ) {
    this.fs = previous.files.fork(now);
    this.stale = new Map(previous.staleDirectories);
  }

  /** Walks the copy and what is announced side by side. */
  receive(incoming: readonly Incoming[]): void {
    const copies = present(this.previous.files);
    let i = 0;
    let k = 0;
    while (i < copies.length || k < incoming.length) {
      const old = copies[i];
      const entry = incoming[k];
      const order = !old ? 1 : !entry ? -1 : comparePaths(old.path, entry.path);
      if (order < 0) {
        this.delete((old as Incoming).path);
        i++;
        continue;
      }
      if (order > 0 || !isSame(old as Incoming, entry as Incoming)) this.put(entry as Incoming);
      if (order === 0) i++;
      k++;
    }
    for (const [path, time] of this.times)
      if (this.fs.lstat(path)?.type === "dir") this.fs.utimes(path, time);
  }

  private delete(path: string): void {
    if (!this.fs.lstat("/" + path)) return;
    this.changed = true;
    this.fs.remove("/" + path, { recursive: true });
    this.forget("/" + path);
  }

  private put(entry: Incoming): void {
    this.changed = true;
    const { stat } = entry;
    const path = "/" + entry.path;
    const old = this.fs.lstat(path);
    if (old?.type === "dir" && stat.type === "dir") {
      this.rewriteDirectory(path, old, stat);
      return;
    }
    if (old) {
      this.fs.remove(path, { recursive: true });
      this.forget(path);
    }
    this.create(path, entry);
  }

  /** A directory that is there gets the new attributes, but the hasher is not told. */
  private rewriteDirectory(path: string, old: FileStat, stat: FileStat): void {
    const hashed = this.stale.get(path) ?? recordHeader(old, true);
    this.attributes(path, stat);
    this.fs.utimes(path, stat.mtime);
    const now = recordHeader(this.fs.lstat(path) ?? stat, true);
    if (JSON.stringify(now) === JSON.stringify(hashed)) this.stale.delete(path);
    else this.stale.set(path, hashed);
  }

  private create(path: string, entry: Incoming): void {
    const { fs } = this;
    const { stat } = entry;
    const { mode, mtime } = stat;
    if (entry.hardlink !== undefined) {
      fs.link("/" + entry.hardlink, path);
      return;
    }
    if (stat.type === "dir") {
      fs.mkdir(path);
      this.times.set(path, mtime);
    } else if (stat.type === "symlink") fs.symlink(stat.linkname ?? "", path, { mtime });
    else if (stat.type === "file") {
      const { isWithheld } = entry;
      fs.writeFile(path, isWithheld ? "" : this.source.readFile(path), { mode, mtime });
      this.requested.push(entry.path);
      this.dataBytes += dataBytes(isWithheld ? 0 : stat.size, entry.index);
      // It is hashed as announced.
      if (isWithheld && stat.size > 0) this.stale.set(path, recordHeader(stat, true));
    } else {
      const { devmajor = 0, devminor = 0 } = stat;
      fs.mknod(path, { type: stat.type, mode, uid: 0, gid: 0, mtime, devmajor, devminor });
    }
    this.attributes(path, stat);
    if (stat.type === "file") fs.utimes(path, mtime);
  }

  private attributes(path: string, stat: FileStat): void {
    if (stat.type === "dir") this.fs.chmod(path, stat.mode);
    for (const [name, value] of Object.entries(stat.xattrs ?? {})) this.fs.setxattr(path, name, value);
  }

  private forget(path: string): void {
    for (const key of [...this.stale.keys()])
      if (key === path || key.startsWith(path + "/")) this.stale.delete(key);
  }
}

/** fsutil's DiffMetadata. */
function isSame(old: Incoming, entry: Incoming): boolean {
  const a = old.stat;
  const b = entry.stat;
  if (a.type !== "dir" && (a.size !== b.size || a.mtime !== b.mtime)) return false;
  return (
    a.type === b.type &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    (a.devmajor ?? 0) === (b.devmajor ?? 0) &&
    (a.devminor ?? 0) === (b.devminor ?? 0) &&
    (old.hardlink ?? a.linkname ?? "") === (entry.hardlink ?? b.linkname ?? "")
  );
}
