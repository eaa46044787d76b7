/** What programs see of files: the step's file system with /dev, /proc and /sys over it, permissions checked as Linux does. */

import type { Content, FileAttributes, FileStat, WritableFileSystem } from "../../platform/files";
import { decodeText, encodeText, stringToBytes } from "./bytes";
import { Errno, toErrno } from "./errno";
import { DirHandle, FileHandle, Handle, OpenInode } from "./handles";
import type { Meter } from "./limits";
import { contentOf } from "../../filesystem";

/** Who asks. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

/** A file system that lies over a path of the step's. */
export interface Mount {
  readonly point: string;
  readonly fs: WritableFileSystem;
  /** The path inside *fs* that appears at *point*; "" is its root. */
  readonly inner: string;
  readonly readonly: boolean;
}

/** Where a path leads: byte-string paths, all links resolved but perhaps the last. */
export interface Located {
  /** Absolute, clean. */
  readonly path: string;
  readonly fs: WritableFileSystem;
  /** The path to give to *fs* (UTF-16 text). */
  readonly inner: string;
  readonly readonly: boolean;
  /** Absent when the last element does not exist. */
  readonly stat: FileStat | undefined;
  /** Identifies the mount, for "same file" questions. */
  readonly device: number;
}

export const READ = 4;
const WRITE = 2;
export const EXECUTE = 1;

export interface OpenOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
  /** Permission bits before umask; default 0o666. */
  readonly mode?: number;
}

/** The caller's side of every call: who, from where, with which umask. */
export interface Caller {
  readonly cred: Credentials;
  readonly cwd: string;
  readonly umask: number;
}

const GONE: FileStat = { type: "dir", mode: 0o755, uid: 0, gid: 0, mtime: 0, size: 0, ino: 0, nlink: 0 };

/** Links to open files lead to the file itself, not to a name. */
const FD_LINK = /^\/proc\/\d+\/fd\/\d+$/;

export class Vfs {
  private readonly inodes: Map<number, OpenInode>[] = [];
  private readonly dirty = new Set<OpenInode>();
  private readonly mounts: readonly Mount[];
  /** Opens a device or a /proc file; undefined for an ordinary file. */
  special: ((located: Located, options: OpenOptions, caller: Caller) => Handle | undefined) | undefined;
  /** Called before /proc is looked at, so that it tells of the processes of this moment. */
  refresh: ((caller: Caller) => void) | undefined;

  constructor(
    readonly root: WritableFileSystem,
    mounts: readonly Mount[],
    readonly meter: Meter,
  ) {
    this.mounts = [...mounts].sort((a, b) => b.point.length - a.point.length);
    for (let i = 0; i <= mounts.length; i++) this.inodes.push(new Map());
  }

  /** The mount that holds *path*. */
  private place(path: string): { fs: WritableFileSystem; inner: string; readonly: boolean; device: number } {
    for (const [i, mount] of this.mounts.entries()) {
      if (path === mount.point || path.startsWith(mount.point + "/")) {
        const inner = decodeText(mount.inner + path.slice(mount.point.length)) || "/";
        return { fs: mount.fs, inner, readonly: mount.readonly, device: i + 1 };
      }
    }
    return { fs: this.root, inner: decodeText(path), readonly: false, device: 0 };
  }

  private lstatAt(path: string): Located {
    const place = this.place(path);
    return { path, ...place, stat: place.fs.lstat(place.inner) };
  }

  /** Resolves *path*. A missing last element is no error here (`stat` is undefined). Throws ENOENT, ENOTDIR, ELOOP, EACCES, ENAMETOOLONG. */
  locate(caller: Caller, path: string, follow = true): Located {
    this.flush();
    if (path === "") throw new Errno("ENOENT", path);
    if (path.length > 4095) throw new Errno("ENAMETOOLONG", path);
    let todo = path.split("/");
    let at = path.startsWith("/") ? "" : caller.cwd === "/" ? "" : caller.cwd;
    let links = 0;
    let fresh = false;
    // /proc tells of this moment; it is made anew at most once for each look.
    const refresh = (place: string): void => {
      if (fresh || !place.startsWith("/proc")) return;
      fresh = true;
      this.refresh?.(caller);
    };
    refresh(at);
    let found: Located = this.lstatAt(at || "/");
    const trailing = path.endsWith("/") && path !== "/";
    // A working directory that has been removed can still be looked at, and is empty.
    if (path === "." && found.stat === undefined) return { ...found, stat: GONE };
    for (let i = 0; i < todo.length; i++) {
      const part = todo[i] as string;
      if (part === "" || part === ".") continue;
      if (found.stat === undefined) throw new Errno("ENOENT", path);
      if (found.stat.type !== "dir") throw new Errno("ENOTDIR", path);
      if (!this.may(caller.cred, found.stat, EXECUTE)) throw new Errno("EACCES", path);
      if (part === "..") {
        at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
        found = this.lstatAt(at || "/");
        continue;
      }
      if (part.length > 255) throw new Errno("ENAMETOOLONG", path);
      refresh(at + "/" + part);
      // Deep places cost their depth at every look.
      if (at.length > 256) this.meter.addCommands(at.length >>> 4);
      if (at.length > 4095) throw new Errno("ENAMETOOLONG", path);
      const next = this.lstatAt(at + "/" + part);
      let last = true;
      for (let j = i + 1; j < todo.length; j++) if (todo[j] !== "" && todo[j] !== ".") last = false;
      if (next.stat?.type === "symlink" && (!last || follow || trailing) && !FD_LINK.test(next.path)) {
        if (++links > 40) throw new Errno("ELOOP", path);
        const target = encodeText(next.stat.linkname ?? "");
        if (target.startsWith("/")) at = "";
        todo = [...target.split("/"), ...todo.slice(i + 1)];
        i = -1;
        found = this.lstatAt(at || "/");
        continue;
      }
      at += "/" + part;
      found = next;
    }
    if (trailing && found.stat !== undefined && found.stat.type !== "dir") throw new Errno("ENOTDIR", path);
    return found;
  }

  /** Whether *cred* may do what *mask* says (READ, WRITE, EXECUTE added up) to a file with *stat*. */
  may(cred: Credentials, stat: FileStat, mask: number): boolean {
    if (cred.uid === 0) return (mask & EXECUTE) === 0 || stat.type === "dir" || (stat.mode & 0o111) !== 0;
    const shift = stat.uid === cred.uid ? 6 : stat.gid === cred.gid || cred.groups.includes(stat.gid) ? 3 : 0;
    return ((stat.mode >> shift) & mask) === mask;
  }

  /** stat(2), or lstat(2) with *follow* false. Throws ENOENT and what `locate` throws. */
  stat(caller: Caller, path: string, follow = true): FileStat {
    const { stat } = this.locate(caller, path, follow);
    if (stat === undefined) throw new Errno("ENOENT", path);
    return stat;
  }

  /** As `stat`, with undefined for every error. */
  tryStat(caller: Caller, path: string, follow = true): FileStat | undefined {
    try {
      return this.locate(caller, path, follow).stat;
    } catch {
      return undefined;
    }
  }

  /** access(2) as a question. */
  access(caller: Caller, path: string, mask: number): boolean {
    try {
      const found = this.locate(caller, path);
      if (found.stat === undefined) return false;
      if ((mask & WRITE) !== 0 && found.readonly && found.stat.type !== "char") return false;
      return this.may(caller.cred, found.stat, mask);
    } catch {
      return false;
    }
  }

  /** Names in a directory, by byte order, without `.` and `..`. */
  readdir(caller: Caller, path: string): string[] {
    const found = this.need(caller, path);
    if (found.stat.type !== "dir") throw new Errno("ENOTDIR", path);
    if (!this.may(caller.cred, found.stat, READ)) throw new Errno("EACCES", path);
    if (found.stat === GONE) return [];
    const names = this.attempt(path, () => found.fs.readdir(found.inner)).map(encodeText);
    const prefix = found.path === "/" ? "/" : found.path + "/";
    for (const { point } of this.mounts) {
      const name = point.slice(prefix.length);
      if (point.startsWith(prefix) && !name.includes("/") && !names.includes(name)) names.push(name);
    }
    return names;
  }

  readlink(caller: Caller, path: string): string {
    const found = this.need(caller, path, false);
    if (found.stat.type !== "symlink") throw new Errno("EINVAL", path);
    return encodeText(found.stat.linkname ?? "");
  }

  /** The contents without a handle. Throws EISDIR, EACCES, ENOENT. */
  content(caller: Caller, path: string): Content {
    const found = this.need(caller, path);
    if (found.stat.type === "dir") throw new Errno("EISDIR", path);
    if (found.stat.type !== "file") throw new Errno("EINVAL", path);
    if (!this.may(caller.cred, found.stat, READ)) throw new Errno("EACCES", path);
    return this.attempt(path, () => found.fs.readFile(found.inner));
  }

  /** open(2). */
  open(caller: Caller, path: string, options: OpenOptions): Handle {
    const found = this.locate(caller, path);
    if (found.stat !== undefined && options.create && options.exclusive) throw new Errno("EEXIST", path);
    if (found.stat === undefined && !options.create) throw new Errno("ENOENT", path);
    if (found.stat === undefined && path.endsWith("/")) throw new Errno("EISDIR", path);
    const special = this.special?.(found, options, caller);
    if (special !== undefined) return special;
    if (found.stat === undefined) {
      this.writableParent(caller, found, path);
      const mode = (options.mode ?? 0o666) & ~caller.umask;
      const owner = this.ownerIn(caller, found);
      this.attempt(path, () =>
        found.fs.writeFile(found.inner, contentOf(new Uint8Array()), { mode, ...owner }),
      );
    } else {
      if (found.stat.type === "dir") {
        if (options.write) throw new Errno("EISDIR", path);
        if (!this.may(caller.cred, found.stat, READ)) throw new Errno("EACCES", path);
        return new DirHandle(found.path);
      }
      if (options.read && !this.may(caller.cred, found.stat, READ)) throw new Errno("EACCES", path);
      if (options.write && !this.may(caller.cred, found.stat, WRITE)) throw new Errno("EACCES", path);
      if (options.write && found.readonly) throw new Errno("EROFS", path);
      if (found.stat.type !== "file") throw new Errno("ENXIO", path);
      // Opening for writing copies the file up into the layer even when nothing is written.
      const { mode } = found.stat;
      if (options.write) this.attempt(path, () => found.fs.chmod(found.inner, mode));
    }
    const stat = found.fs.lstat(found.inner);
    if (stat === undefined) throw new Errno("ENOENT", path);
    const table = this.inodes[found.device] as Map<number, OpenInode>;
    let inode = table.get(stat.ino);
    if (inode === undefined) {
      const content = this.attempt(path, () => found.fs.readFile(found.inner));
      inode = new OpenInode(found.fs, found.inner, content, this.meter);
      table.set(stat.ino, inode);
      this.uses.set(inode, { count: 0, table, ino: stat.ino });
    }
    const use = this.uses.get(inode);
    if (use !== undefined) use.count++;
    const handle = new FileHandle(inode, (closed) => this.release(closed));
    handle.path = found.path;
    handle.readable = options.read === true;
    handle.writable = options.write === true;
    handle.append = options.append === true;
    if (handle.writable) this.dirty.add(inode);
    if (options.truncate && options.write) inode.replace(contentOf(new Uint8Array()));
    return handle;
  }

  private readonly uses = new Map<OpenInode, { count: number; table: Map<number, OpenInode>; ino: number }>();

  private release(inode: OpenInode): void {
    const use = this.uses.get(inode);
    if (use === undefined || --use.count > 0) return;
    this.writeBack(inode);
    this.dirty.delete(inode);
    use.table.delete(use.ino);
    this.uses.delete(inode);
  }

  private writeBack(inode: OpenInode): void {
    if (!inode.dirty) return;
    inode.dirty = false;
    if (!inode.orphan) this.attempt(inode.path, () => inode.fs.writeFile(inode.path, inode.content()));
  }

  /** Brings what open files hold into the file system, so that every look sees it. */
  flush(): void {
    for (const inode of this.dirty) this.writeBack(inode);
  }

  /** Writes a whole file in one go, without a handle: *content* may be opaque. */
  writeContent(caller: Caller, path: string, content: Content | string, mode = 0o666): void {
    const handle = this.open(caller, path, { write: true, create: true, truncate: true, mode });
    try {
      if (!(handle instanceof FileHandle)) {
        handle.write(typeof content === "string" ? content : "");
        return;
      }
      if (typeof content === "string") handle.inode.replace(contentOf(stringToBytes(content)));
      else handle.inode.replace(content);
      this.meter.addBytes(typeof content === "string" ? content.length : 0);
    } finally {
      handle.drop();
    }
  }

  mkdir(caller: Caller, path: string, mode = 0o777): void {
    const found = this.locate(caller, path, false);
    if (found.stat !== undefined) throw new Errno("EEXIST", path);
    this.writableParent(caller, found, path);
    const bits = mode & ~caller.umask & 0o1777;
    const owner = this.ownerIn(caller, found);
    const inherited = (this.parentStat(found)?.mode ?? 0) & 0o2000;
    this.attempt(path, () => found.fs.mkdir(found.inner, { mode: bits | inherited, ...owner }));
  }

  rmdir(caller: Caller, path: string): void {
    if (/(^|\/)\.$/.test(path)) throw new Errno("EINVAL", path);
    const found = this.need(caller, path, false);
    if (found.stat.type !== "dir") throw new Errno("ENOTDIR", path);
    this.busy(found, path);
    this.removable(caller, found, path);
    this.attempt(path, () => found.fs.remove(found.inner));
  }

  unlink(caller: Caller, path: string): void {
    const found = this.need(caller, path, false);
    if (found.stat.type === "dir") throw new Errno("EISDIR", path);
    this.busy(found, path);
    this.removable(caller, found, path);
    const inode = this.inodes[found.device]?.get(found.stat.ino);
    if (inode !== undefined && inode.path === found.inner) inode.orphan = true;
    this.attempt(path, () => found.fs.remove(found.inner));
  }

  rename(caller: Caller, from: string, to: string): void {
    const source = this.need(caller, from, false);
    const target = this.locate(caller, to, false);
    if (source.device !== target.device) throw new Errno("EXDEV", to);
    this.busy(source, from);
    this.busy(target, to);
    this.removable(caller, source, from);
    if (target.stat === undefined) this.writableParent(caller, target, to);
    else {
      if (source.path === target.path) return;
      this.removable(caller, target, to);
      if (target.stat.type === "dir" && source.stat.type !== "dir") throw new Errno("EISDIR", to);
      if (target.stat.type !== "dir" && source.stat.type === "dir") throw new Errno("ENOTDIR", to);
      if (target.stat.ino === source.stat.ino) return;
    }
    if (target.path.startsWith(source.path + "/")) throw new Errno("EINVAL", to);
    const orphan = target.stat && this.inodes[target.device]?.get(target.stat.ino);
    if (orphan !== undefined && orphan.path === target.inner) orphan.orphan = true;
    this.attempt(to, () => source.fs.rename(source.inner, target.inner));
    for (const inode of this.uses.keys()) {
      if (inode.fs !== source.fs || inode.orphan) continue;
      if (inode.path === source.inner) inode.path = target.inner;
      else if (inode.path.startsWith(source.inner + "/"))
        inode.path = target.inner + inode.path.slice(source.inner.length);
    }
  }

  link(caller: Caller, existing: string, path: string, follow = false): void {
    const source = this.need(caller, existing, follow);
    const target = this.locate(caller, path, false);
    if (target.stat !== undefined) throw new Errno("EEXIST", path);
    if (source.stat.type === "dir") throw new Errno("EPERM", path);
    // fs.protected_hardlinks, as distributions set it: another's file only when it could be written.
    const { uid } = caller.cred;
    const safe =
      source.stat.type === "file" &&
      (source.stat.mode & 0o4000) === 0 &&
      this.may(caller.cred, source.stat, READ | WRITE);
    if (uid !== 0 && source.stat.uid !== uid && !safe) throw new Errno("EPERM", path);
    if (source.device !== target.device) throw new Errno("EXDEV", path);
    this.writableParent(caller, target, path);
    this.attempt(path, () => source.fs.link(source.inner, target.inner));
  }

  symlink(caller: Caller, target: string, path: string): void {
    const found = this.locate(caller, path, false);
    if (found.stat !== undefined) throw new Errno("EEXIST", path);
    if (target === "") throw new Errno("ENOENT", path);
    this.writableParent(caller, found, path);
    const owner = this.ownerIn(caller, found);
    this.attempt(path, () => found.fs.symlink(decodeText(target), found.inner, owner));
  }

  mknod(
    caller: Caller,
    path: string,
    type: FileAttributes["type"],
    mode: number,
    major = 0,
    minor = 0,
  ): void {
    const found = this.locate(caller, path, false);
    if (found.stat !== undefined) throw new Errno("EEXIST", path);
    this.writableParent(caller, found, path);
    if (caller.cred.uid !== 0 && type !== "fifo") throw new Errno("EPERM", path);
    const owner = this.ownerIn(caller, found);
    const device = type === "fifo" ? {} : { devmajor: major, devminor: minor };
    const attributes = { type, mode: mode & ~caller.umask, ...owner, mtime: found.fs.now, ...device };
    this.attempt(path, () => found.fs.mknod(found.inner, attributes));
  }

  chmod(caller: Caller, path: string, mode: number): void {
    const found = this.need(caller, path);
    this.owned(caller, found, path);
    this.attempt(path, () => found.fs.chmod(found.inner, mode & 0o7777));
  }

  /** chown(2); -1 keeps an id. As Linux does, a regular file loses setuid and (when group-executable) setgid. */
  chown(caller: Caller, path: string, uid: number, gid: number, follow = true): void {
    const found = this.need(caller, path, follow);
    if (found.readonly) throw new Errno("EROFS", path);
    const { stat } = found;
    const { cred } = caller;
    if (cred.uid !== 0) {
      const ownGroup = gid === -1 || gid === cred.gid || cred.groups.includes(gid);
      if (stat.uid !== cred.uid || (uid !== -1 && uid !== stat.uid) || !ownGroup)
        throw new Errno("EPERM", path);
    }
    this.attempt(path, () =>
      found.fs.chown(found.inner, uid === -1 ? stat.uid : uid, gid === -1 ? stat.gid : gid),
    );
    if (stat.type === "file" && (stat.mode & 0o6000) !== 0) {
      const kept = (stat.mode & 0o2010) === 0o2000 ? stat.mode & ~0o4000 : stat.mode & ~0o6000;
      this.attempt(path, () => found.fs.chmod(found.inner, kept));
    }
  }

  /** utimensat(2): *mtime* undefined means now. */
  utimes(caller: Caller, path: string, mtime: number | undefined, follow = true): void {
    const found = this.need(caller, path, follow);
    if (found.readonly) throw new Errno("EROFS", path);
    if (caller.cred.uid !== 0 && found.stat.uid !== caller.cred.uid) {
      if (mtime !== undefined) throw new Errno("EPERM", path);
      if (!this.may(caller.cred, found.stat, WRITE)) throw new Errno("EACCES", path);
    }
    this.attempt(path, () => found.fs.utimes(found.inner, mtime ?? found.fs.now));
  }

  /** As `locate`, with ENOENT when there is nothing. */
  need(caller: Caller, path: string, follow = true): Located & { readonly stat: FileStat } {
    const found = this.locate(caller, path, follow);
    if (found.stat === undefined) throw new Errno("ENOENT", path);
    return found as Located & { readonly stat: FileStat };
  }

  private busy(found: Located, path: string): void {
    if (found.path === "/" || this.mounts.some((mount) => mount.point === found.path))
      throw new Errno("EBUSY", path);
  }

  private parentStat(found: Located): FileStat | undefined {
    const parent = found.path.slice(0, found.path.lastIndexOf("/")) || "/";
    return this.lstatAt(parent).stat;
  }

  private writableParent(caller: Caller, found: Located, path: string): void {
    // Nothing can be made in /proc; Linux says that there is no such thing.
    if (found.path.startsWith("/proc/")) throw new Errno("ENOENT", path);
    if (found.readonly) throw new Errno("EROFS", path);
    const parent = this.parentStat(found);
    if (parent === undefined) throw new Errno("ENOENT", path);
    if (!this.may(caller.cred, parent, WRITE | EXECUTE)) throw new Errno("EACCES", path);
  }

  private removable(caller: Caller, found: Located, path: string): void {
    this.writableParent(caller, found, path);
    const parent = this.parentStat(found);
    const { uid } = caller.cred;
    if (uid !== 0 && ((parent?.mode ?? 0) & 0o1000) !== 0 && parent?.uid !== uid && found.stat?.uid !== uid) {
      throw new Errno("EPERM", path);
    }
  }

  private owned(caller: Caller, found: Located, path: string): void {
    if (found.readonly) throw new Errno("EROFS", path);
    if (caller.cred.uid !== 0 && found.stat?.uid !== caller.cred.uid) throw new Errno("EPERM", path);
  }

  private ownerIn(caller: Caller, found: Located): { uid: number; gid: number } {
    const parent = this.parentStat(found);
    const setgid = parent !== undefined && (parent.mode & 0o2000) !== 0;
    return { uid: caller.cred.uid, gid: setgid ? parent.gid : caller.cred.gid };
  }

  private attempt<T>(path: string, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw toErrno(error, path);
    }
  }
}
