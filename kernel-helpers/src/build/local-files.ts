/** Small helpers over the files of a context. */

import type { Content, FileStat, ReadableFileSystem } from "../platform/files";

/** Text of the regular file at *path* (relative to the root), links followed; undefined when there is none. */
export function readText(files: ReadableFileSystem, path: string): string | undefined {
  const real = files.realpath("/" + path);
  if (real === undefined || files.lstat(real)?.type !== "file") return undefined;
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(files.readFile(real).read());
}

/** Is there anything at *path* (relative), also a directory? */
export function isPresent(files: ReadableFileSystem, path: string): boolean {
  return files.realpath("/" + path) !== undefined;
}

/** `docker/prod.Dockerfile` + `.dockerignore`. */
export function fileBeside(file: string, suffix: string): string {
  return file + suffix;
}

/** A directory of a file system, seen as a root of its own. */
export class Subdirectory implements ReadableFileSystem {
  constructor(
    private readonly files: ReadableFileSystem,
    private readonly root: string,
  ) {}

  private in(path: string): string {
    return path === "/" ? this.root : this.root + path;
  }

  lstat(path: string): FileStat | undefined {
    return this.files.lstat(this.in(path));
  }
  stat(path: string): FileStat | undefined {
    return this.files.stat(this.in(path));
  }
  realpath(path: string): string | undefined {
    const real = this.files.realpath(this.in(path));
    if (real === undefined) return undefined;
    if (real === this.root) return "/";
    return real.startsWith(this.root + "/") ? real.slice(this.root.length) : undefined;
  }
  readdir(path: string): readonly string[] {
    return this.files.readdir(this.in(path));
  }
  readFile(path: string): Content {
    return this.files.readFile(this.in(path));
  }
  readlink(path: string): string {
    return this.files.readlink(this.in(path));
  }
}
