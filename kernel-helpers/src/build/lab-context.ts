/** The files of a context that lives in memory, with the few calls that a learner changes them by. */

import { emptySnapshot } from "../filesystem";
import type { ReadableFileSystem, Snapshot, WritableFileSystem } from "../platform/files";
import type { HostDirectory } from "../platform/directory";
import { cleanPath, dirName } from "../platform/paths";
import type { ContextChanges, WrittenFile } from "./types";

/** How a file is written. */
export interface WriteOptions {
  /** Permission bits. Default: 0o644 (folders 0o755). */
  readonly mode?: number;
  /** Seconds since 1970. Default: the context's own time. */
  readonly mtime?: number;
}

/** A path that a context cannot have or does not have; codes `LB_BAD_PATH`, `LB_NO_PATH`. */
export class ContextPathError extends Error {
  override readonly name = "ContextPathError";
  constructor(
    readonly code: "LB_BAD_PATH" | "LB_NO_PATH",
    readonly path: string,
  ) {
    super(
      code === "LB_NO_PATH"
        ? `${path}: no such file in the context / 빌드 컨텍스트에 그런 파일이 없습니다`
        : `${path}: not a path inside the context / 컨텍스트 안의 경로가 아닙니다`,
    );
  }
}

/** What a Lab's context can do, whether it is in memory or a real directory. Paths are relative to its root. */
export interface LabContext {
  /** The files as they are now. */
  files(): ReadableFileSystem;
  write(path: string, data: string | Uint8Array, options?: WriteOptions): void;
  writeAll(files: Readonly<Record<string, string | Uint8Array | WrittenFile>>): void;
  /** Removes a file, or a folder with all that is in it. */
  remove(path: string): void;
  rename(from: string, to: string): void;
  chmod(path: string, mode: number): void;
  /** Sets the mtime only. Default: the context's own time. */
  touch(path: string, mtime?: number): void;
  symlink(target: string, path: string): void;
  mkdir(path: string, options?: WriteOptions): void;
  /** The bytes of a file; links are followed. */
  read(path: string): Uint8Array;
  readText(path: string): string;
  /** Paths of all files and links, sorted. */
  list(): readonly string[];
  exists(path: string): boolean;
  /** Applies changes in the order remove, rename, write, chmod, touch (test/fidelity/FORMAT.md). */
  apply(changes: ContextChanges): void;
}

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/** A context in memory. *time*: seconds since 1970 for what is written; folders always have *folderTime*, so that the same files are the same context. */
export class MemoryContext implements LabContext {
  private readonly tree: WritableFileSystem;

  constructor(
    private readonly time: () => number,
    private readonly folderTime: number,
    private readonly touchTime: number,
    tree: WritableFileSystem = emptySnapshot(folderTime).fork(folderTime),
  ) {
    this.tree = tree;
  }

  /** A context that begins with these files and times; nothing done to it reaches this one. */
  fork(): MemoryContext {
    const { time, folderTime, touchTime } = this;
    return new MemoryContext(time, folderTime, touchTime, this.tree.snapshot().fork(folderTime));
  }

  files(): Snapshot {
    return this.tree.snapshot();
  }

  write(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    const full = this.absolute(path);
    this.makeParents(full);
    this.keepingTime(full, () => {
      if (this.tree.lstat(full)) this.tree.remove(full, { recursive: true });
      this.tree.writeFile(full, data, {
        mode: options.mode ?? FILE_MODE,
        uid: 0,
        gid: 0,
        mtime: options.mtime ?? this.time(),
      });
    });
  }

  writeAll(files: Readonly<Record<string, string | Uint8Array | WrittenFile>>): void {
    for (const [path, file] of Object.entries(files)) {
      if (typeof file === "string" || file instanceof Uint8Array) this.write(path, file);
      else this.writeFile(path, file);
    }
  }

  private writeFile(path: string, file: WrittenFile): void {
    const { mtime } = file;
    const mode = file.mode === undefined ? undefined : Number.parseInt(file.mode, 8);
    if (file.directory) this.mkdir(path, { mode, mtime });
    else if (file.symlink !== undefined) this.symlink(file.symlink, path, mtime);
    else if (file.size !== undefined) this.write(path, filled(file.text ?? "", file.size), { mode, mtime });
    else
      this.write(path, file.base64 === undefined ? (file.text ?? "") : fromBase64(file.base64), {
        mode,
        mtime,
      });
  }

  remove(path: string): void {
    const full = this.existing(path);
    this.keepingTime(full, () => this.tree.remove(full, { recursive: true }));
  }

  rename(from: string, to: string): void {
    const source = this.existing(from);
    const target = this.absolute(to);
    this.makeParents(target);
    this.keepingTime(source, () =>
      this.keepingTime(target, () => {
        if (this.tree.lstat(target)) this.tree.remove(target, { recursive: true });
        this.tree.rename(source, target);
      }),
    );
  }

  chmod(path: string, mode: number): void {
    this.tree.chmod(this.existing(path), mode);
  }

  touch(path: string, mtime: number = this.touchTime): void {
    this.tree.utimes(this.existing(path), mtime);
  }

  symlink(target: string, path: string, mtime: number = this.time()): void {
    const full = this.absolute(path);
    this.makeParents(full);
    this.keepingTime(full, () => {
      if (this.tree.lstat(full)) this.tree.remove(full, { recursive: true });
      this.tree.symlink(target, full, { uid: 0, gid: 0, mtime });
    });
  }

  mkdir(path: string, options: WriteOptions = {}): void {
    const full = this.absolute(path);
    this.makeParents(full);
    this.keepingTime(full, () => {
      const there = this.tree.lstat(full);
      if (there && there.type !== "dir") this.tree.remove(full);
      if (there?.type !== "dir") this.tree.mkdir(full);
      this.tree.chmod(full, options.mode ?? FOLDER_MODE);
      this.tree.utimes(full, options.mtime ?? this.folderTime);
    });
  }

  read(path: string): Uint8Array {
    const real = this.tree.realpath(this.existing(path));
    if (real === undefined || this.tree.lstat(real)?.type !== "file")
      throw new ContextPathError("LB_NO_PATH", path);
    return this.tree.readFile(real).read();
  }

  readText(path: string): string {
    return new TextDecoder().decode(this.read(path));
  }

  list(): readonly string[] {
    const found: string[] = [];
    const visit = (directory: string): void => {
      for (const name of this.tree.readdir(directory === "" ? "/" : directory)) {
        const path = `${directory}/${name}`;
        if (this.tree.lstat(path)?.type === "dir") visit(path);
        else found.push(path.slice(1));
      }
    };
    visit("");
    return found;
  }

  exists(path: string): boolean {
    return this.tree.lstat(this.absolute(path)) !== undefined;
  }

  apply(changes: ContextChanges): void {
    for (const path of changes.remove ?? []) this.remove(path);
    for (const [from, to] of Object.entries(changes.rename ?? {})) this.rename(from, to);
    this.writeAll(changes.write ?? {});
    for (const [path, mode] of Object.entries(changes.chmod ?? {}))
      this.chmod(path, Number.parseInt(mode, 8));
    for (const path of changes.touch ?? []) this.touch(path);
  }

  /** Copies a real directory in: contents, modes, links; owners become root, as a client sends them. */
  importDirectoryFrom(directory: HostDirectory): void {
    const visit = (path: string): void => {
      for (const name of directory.readdir(path)) {
        const inner = path === "" ? name : `${path}/${name}`;
        const entry = directory.lstat(inner);
        if (!entry) continue;
        const { mode, mtime } = entry;
        if (entry.type === "dir") {
          this.mkdir(inner, { mode, mtime });
          visit(inner);
        } else if (entry.type === "file") this.write(inner, directory.read(inner), { mode, mtime });
        else if (entry.type === "symlink") this.symlink(entry.linkname!, inner, mtime);
      }
    };
    visit("");
  }

  private absolute(path: string): string {
    const clean = cleanPath(path);
    if (path === "" || path.includes("\0") || clean === ".." || clean.startsWith("../")) {
      throw new ContextPathError("LB_BAD_PATH", path);
    }
    return clean === "." ? "/" : clean.startsWith("/") ? clean : "/" + clean;
  }

  private existing(path: string): string {
    const full = this.absolute(path);
    if (!this.tree.lstat(full)) throw new ContextPathError("LB_NO_PATH", path);
    return full;
  }

  private makeParents(path: string): void {
    const parent = dirName(path);
    if (parent === "/" || this.tree.stat(parent)?.type === "dir") return;
    this.makeParents(parent);
    this.keepingTime(parent, () =>
      this.tree.mkdir(parent, { mode: FOLDER_MODE, uid: 0, gid: 0, mtime: this.folderTime }),
    );
  }

  /** Does something in a folder and gives the folder its mtime back. */
  private keepingTime(path: string, change: () => void): void {
    const folder = dirName(path);
    const before = this.tree.stat(folder)?.mtime ?? this.folderTime;
    change();
    const real = this.tree.realpath(folder);
    if (real !== undefined) this.tree.utimes(real, before);
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** *text* and zero bytes up to *size*. */
export function filled(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(text).subarray(0, size));
  return bytes;
}
