/** A context that is a real directory: what a learner edits in JupyterLab, what `layerbook build PATH` builds. */

import { HostFiles } from "../context";
import type { HostDirectory } from "../platform/directory";
import { cleanPath } from "../platform/paths";
import type { WritableDirectory } from "../platform/writable-directory";
import { HostContents } from "./host-files";
import { ContextPathError, filled, type LabContext, type WriteOptions } from "./lab-context";
import type { ContextChanges, WrittenFile } from "./types";

/** As MemoryContext, but every call reads or writes the disk. New files have the time of the clock; *now*: seconds since 1970, for `touch`. */
export class DirectoryContext implements LabContext {
  readonly contents: HostContents;

  constructor(
    private readonly directory: WritableDirectory,
    private readonly now: () => number,
  ) {
    this.contents = new HostContents(directory);
  }

  files(): HostFiles {
    return new HostFiles(this.directory, this.now(), this.contents);
  }

  write(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
    const place = relative(path);
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const before = this.directory.lstat(place);
    if (options.mode === undefined && options.mtime === undefined && this.isUnchanged(place, bytes)) return;
    this.directory.write(place, bytes, options.mode ?? (before?.type === "file" ? before.mode : 0o644));
    if (options.mtime !== undefined) this.directory.utimes(place, options.mtime);
  }

  /** Writing what is there already leaves the file alone: a cell that is run again is no edit. */
  private isUnchanged(place: string, bytes: Uint8Array): boolean {
    const before = this.directory.lstat(place);
    if (before?.type !== "file" || before.size !== bytes.length) return false;
    const old = this.directory.read(place);
    return old.every((byte, i) => byte === bytes[i]);
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
    else if (file.symlink !== undefined) this.symlink(file.symlink, path);
    else {
      const data =
        file.size !== undefined
          ? filled(file.text ?? "", file.size)
          : file.base64 === undefined
            ? (file.text ?? "")
            : Uint8Array.from(atob(file.base64), (c) => c.charCodeAt(0));
      this.write(path, data, { mode: mode ?? 0o644, mtime });
    }
  }

  remove(path: string): void {
    this.directory.remove(this.existing(path));
  }

  rename(from: string, to: string): void {
    this.directory.rename(this.existing(from), relative(to));
  }

  chmod(path: string, mode: number): void {
    this.directory.chmod(this.existing(path), mode);
  }

  touch(path: string, mtime: number = this.now()): void {
    this.directory.utimes(this.existing(path), mtime);
  }

  symlink(target: string, path: string): void {
    this.directory.symlink(target, relative(path));
  }

  mkdir(path: string, options: WriteOptions = {}): void {
    const place = relative(path);
    this.directory.mkdir(place, options.mode ?? 0o755);
    if (options.mtime !== undefined) this.directory.utimes(place, options.mtime);
  }

  read(path: string): Uint8Array {
    const files = this.files();
    const real = files.realpath("/" + relative(path));
    if (real === undefined || files.lstat(real)?.type !== "file")
      throw new ContextPathError("LB_NO_PATH", path);
    return this.directory.read(real.slice(1));
  }

  readText(path: string): string {
    return new TextDecoder().decode(this.read(path));
  }

  list(): readonly string[] {
    const found: string[] = [];
    const visit = (path: string): void => {
      for (const name of this.directory.readdir(path)) {
        const inner = path === "" ? name : `${path}/${name}`;
        if (this.directory.lstat(inner)?.type === "dir") visit(inner);
        else found.push(inner);
      }
    };
    visit("");
    return found;
  }

  exists(path: string): boolean {
    return this.directory.lstat(relative(path)) !== undefined;
  }

  apply(changes: ContextChanges): void {
    for (const path of changes.remove ?? []) this.remove(path);
    for (const [from, to] of Object.entries(changes.rename ?? {})) this.rename(from, to);
    this.writeAll(changes.write ?? {});
    for (const [path, mode] of Object.entries(changes.chmod ?? {}))
      this.chmod(path, Number.parseInt(mode, 8));
    for (const path of changes.touch ?? []) this.touch(path);
  }

  importDirectoryFrom(directory: HostDirectory): void {
    const visit = (path: string): void => {
      for (const name of directory.readdir(path)) {
        const inner = path === "" ? name : `${path}/${name}`;
        const entry = directory.lstat(inner);
        if (!entry) continue;
        const { mode, mtime } = entry;
        if (entry.type === "dir") {
          this.directory.mkdir(inner, mode);
          visit(inner);
          this.directory.utimes(inner, mtime);
        } else if (entry.type === "file") this.write(inner, directory.read(inner), { mode, mtime });
        else if (entry.type === "symlink") this.directory.symlink(entry.linkname!, inner);
      }
    };
    visit("");
  }

  private existing(path: string): string {
    const place = relative(path);
    if (!this.directory.lstat(place)) throw new ContextPathError("LB_NO_PATH", path);
    return place;
  }
}

function relative(path: string): string {
  const clean = cleanPath(path).replace(/^\/+/, "");
  if (path === "" || path.includes("\0") || clean === ".." || clean.startsWith("../"))
    throw new ContextPathError("LB_BAD_PATH", path);
  return clean === "." ? "" : clean;
}
