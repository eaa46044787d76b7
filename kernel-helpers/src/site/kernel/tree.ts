/** The files of a notebook's folder in memory, as the kernel and its Lab see them: read from the store before a cell, written back after it. */

import { HostReadError, type HostEntry } from "../../platform/directory";
import type { WritableDirectory } from "../../platform/writable-directory";
import type { SessionFiles } from "../../kernel/session/session-host";
import type { FileChange, StoredEntry } from "../files/file-store";
import { posixPaths } from "./posix";

/** A file, folder or link. Never changed: a change puts a new one in its place. */
interface Node {
  readonly kind: StoredEntry["kind"];
  readonly data?: Uint8Array;
  readonly target?: string;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly created: number;
  /** When content or permissions last changed: what a Unix calls ctime. */
  readonly changed: number;
}

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;
const LINK_MODE = 0o777;
/** Links that are followed before a path counts as a circle. */
const MAX_LINKS = 40;

const encoder = new TextEncoder();

/** All paths are absolute here, with `/`; the store's have no leading slash. */
export class FileTree {
  private nodes = new Map<string, Node>();
  /** As they are in the store. */
  private stored = new Map<string, Node>();

  /** *clock*: milliseconds since 1970. */
  constructor(private readonly clock: () => number) {}

  /** Takes what the store holds. Nodes that are the same stay the same, so that what is known of their contents holds on. */
  load(entries: readonly StoredEntry[]): void {
    const before = this.stored;
    const nodes = new Map<string, Node>();
    for (const { path, ...entry } of entries) {
      const { kind, mode, modified, target, data, changed } = entry;
      const old = before.get(`/${path}`);
      const isSame =
        old?.kind === kind &&
        old.mode === mode &&
        old.modified === modified &&
        old.changed === changed &&
        old.target === target &&
        old.data?.length === data?.length;
      nodes.set(`/${path}`, isSame ? old : entry);
    }
    this.nodes = nodes;
    this.stored = new Map(nodes);
  }

  /** What has changed since the store was last told; from now on it counts as told. */
  takeChanges(): FileChange[] {
    const changes: FileChange[] = [];
    for (const path of this.stored.keys())
      if (!this.nodes.has(path)) changes.push({ path: path.slice(1), gone: true });
    for (const [path, node] of this.nodes) {
      if (this.stored.get(path) === node) continue;
      changes.push({ path: path.slice(1), ...node });
    }
    this.stored = new Map(this.nodes);
    return changes;
  }

  /** What the kernel's magics ask. Errors have Node's codes, and its words. */
  readonly files: SessionFiles = {
    kind: (path) => {
      const node = this.node(path);
      return node && (node.kind === "file" ? "file" : node.kind === "folder" ? "directory" : "other");
    },
    realPath: (path) => this.realPath(path),
    readText: (path) => new TextDecoder().decode(this.read(path)),
    list: (folder) =>
      this.names(folder).map((name) => ({
        name,
        directory: this.node(posixPaths.join(folder, name))?.kind === "folder",
      })),
    makeFolder: (path) => this.makeFolder(path),
    write: (path, text) => this.write(path, encoder.encode(text)),
    append: (path, text) => {
      const before = this.node(path) === undefined ? new Uint8Array() : this.read(path);
      const more = encoder.encode(text);
      const whole = new Uint8Array(before.length + more.length);
      whole.set(before);
      whole.set(more, before.length);
      this.write(path, whole);
    },
    chmod: (path, mode) => this.change(this.realPath(path), { mode }),
    remove: (path) => this.remove(path),
    rename: (from, to) => this.rename(from, to),
  };

  /** The folder *root* as a Lab's context. */
  directory(root: string): WritableDirectory {
    const full = (path: string): string => (path === "" ? root : `${root}/${path}`);
    const known = (path: string): Node => {
      const node = this.node(path);
      if (node === undefined) throw new HostReadError(path, "ENOENT");
      return node;
    };
    const place = (path: string): string => {
      const target = full(path);
      for (let at = posixPaths.dirname(target); at.length > root.length; at = posixPaths.dirname(at))
        if (this.node(at)?.kind === "link") throw new HostReadError(target, "EACCES");
      this.makeFolder(posixPaths.dirname(target));
      return target;
    };
    return {
      root,
      lstat: (path) => {
        const node = path === "" ? this.node(root) : this.node(full(path));
        return node && entryOf(node);
      },
      readdir: (path) => this.names(full(path)),
      read: (path) => {
        const { kind, data } = known(full(path));
        if (kind !== "file") throw new HostReadError(full(path), kind === "folder" ? "EISDIR" : "ELOOP");
        return data ?? new Uint8Array();
      },
      write: (path, data, mode) => {
        const target = place(path);
        this.remove(target);
        this.put(target, { kind: "file", data: data.slice(), mode });
      },
      mkdir: (path, mode) => {
        const target = path === "" ? root : place(path);
        if (this.node(target)?.kind !== "folder") {
          this.remove(target);
          this.put(target, { kind: "folder", mode });
        } else this.change(target, { mode });
      },
      symlink: (target, path) => {
        const at = place(path);
        this.remove(at);
        this.put(at, { kind: "link", target, mode: LINK_MODE });
      },
      remove: (path) => this.remove(full(path)),
      rename: (from, to) => this.rename(full(from), place(to)),
      chmod: (path, mode) => this.change(full(path), { mode }),
      utimes: (path, mtime) => this.change(full(path), { modified: mtime * 1000 }),
    };
  }

  /** The bytes of a file, links followed. */
  read(path: string): Uint8Array {
    const real = this.realPath(path);
    const node = this.node(real);
    if (node?.kind !== "file") throw failure("EISDIR", "illegal operation on a directory, read", path);
    return node.data ?? new Uint8Array();
  }

  /** What stands at *path*, a link not followed in its last part. */
  private node(path: string): Node | undefined {
    return path === "/" ? ROOT : this.nodes.get(path);
  }

  private names(folder: string): string[] {
    const prefix = folder === "/" ? "/" : `${folder}/`;
    const names: string[] = [];
    for (const path of this.nodes.keys())
      if (path.startsWith(prefix) && !path.slice(prefix.length).includes("/"))
        names.push(path.slice(prefix.length));
    return names.sort(byUtf8);
  }

  private realPath(path: string): string {
    let at = "/";
    let rest = path.split("/").filter((part) => part !== "");
    for (let links = 0; rest.length > 0;) {
      const [part = "", ...more] = rest;
      rest = more;
      if (part === "." || part === "..") {
        if (part === "..") at = posixPaths.dirname(at);
        continue;
      }
      const next = at === "/" ? `/${part}` : `${at}/${part}`;
      const node = this.node(next);
      if (node === undefined) throw failure("ENOENT", "no such file or directory, open", path);
      if (node.kind !== "link") {
        at = next;
        continue;
      }
      if (++links > MAX_LINKS) throw failure("ELOOP", "too many symbolic links encountered, open", path);
      const target = node.target ?? "";
      if (target.startsWith("/")) at = "/";
      rest = [...target.split("/").filter((step) => step !== ""), ...rest];
    }
    return at;
  }

  private makeFolder(path: string): void {
    if (path === "/" || this.node(path)?.kind === "folder") return;
    this.makeFolder(posixPaths.dirname(path));
    if (this.node(path) !== undefined && this.node(path)?.kind !== "folder")
      throw failure("EEXIST", "file already exists, mkdir", path);
    this.put(path, { kind: "folder", mode: FOLDER_MODE });
  }

  private write(path: string, data: Uint8Array): void {
    let target = path;
    try {
      target = this.realPath(path);
    } catch {
      if (this.node(posixPaths.dirname(path))?.kind !== "folder")
        throw failure("ENOENT", "no such file or directory, open", path);
    }
    const before = this.node(target);
    if (before?.kind === "folder") throw failure("EISDIR", "illegal operation on a directory, open", path);
    this.put(target, { kind: "file", data, mode: before?.mode ?? FILE_MODE, created: before?.created });
  }

  private remove(path: string): void {
    this.nodes.delete(path);
    for (const other of [...this.nodes.keys()]) if (other.startsWith(`${path}/`)) this.nodes.delete(other);
  }

  private rename(from: string, to: string): void {
    if (this.node(from) === undefined) throw failure("ENOENT", "no such file or directory, rename", from);
    if (from === to) return;
    this.remove(to);
    for (const [path, node] of [...this.nodes]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.nodes.delete(path);
      this.nodes.set(to + path.slice(from.length), { ...node, changed: this.clock() });
    }
  }

  private put(
    path: string,
    node: Omit<Node, "modified" | "created" | "changed"> & { created?: number },
  ): void {
    const now = this.clock();
    this.nodes.set(path, { ...node, created: node.created ?? now, modified: now, changed: now });
  }

  private change(path: string, changed: Partial<Node>): void {
    const node = this.nodes.get(path);
    if (node === undefined) throw failure("ENOENT", "no such file or directory, chmod", path);
    this.nodes.set(path, { ...node, ...changed, changed: this.clock() });
  }
}

const ROOT: Node = { kind: "folder", mode: FOLDER_MODE, modified: 0, created: 0, changed: 0 };

function entryOf({ kind, data, target, mode, modified, created, changed }: Node): HostEntry {
  return {
    type: kind === "folder" ? "dir" : kind === "link" ? "symlink" : "file",
    mode,
    uid: 0,
    gid: 0,
    mtime: modified / 1000,
    ctime: changed / 1000,
    size: kind === "file" ? (data?.length ?? 0) : kind === "link" ? encoder.encode(target).length : 0,
    ...(kind === "link" && { linkname: target }),
    identity: String(created),
    nlink: 1,
  };
}

/** Byte order of UTF-8, which is the order of code points. */
function byUtf8(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    const difference = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function failure(code: string, words: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${words} '${path}'`), { code });
}
