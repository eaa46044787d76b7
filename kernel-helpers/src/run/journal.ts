/** What a command asked of its file system and clock and what it was answered: enough to tell whether it would do the same elsewhere, and to do it. */

import { toContent } from "../filesystem";
import {
  type Content,
  type CreateOptions,
  type FileAttributes,
  FileSystemError,
  type FileStat,
  type Snapshot,
  type WritableFileSystem,
} from "../platform/files";

/** A command that asks more often than this is not noted: it is run again. */
const MAX_CALLS = 1000;

type Same<T> = (a: T, b: T, times: boolean) => boolean;

interface Call {
  /** Asks (or changes) a file system as the command did. */
  readonly ask: (fs: WritableFileSystem) => unknown;
  /** What it was answered; of a refusal the error. */
  readonly answer: unknown;
  /** Is another answer the same to the command? *times*: times of files count. */
  readonly isSame: Same<never>;
}

/**
 * The notes of one run. A command is a function of its request and of the answers it gets from `over`'s file system and the clock; asked
 * again in the same order, it does the same as long as every answer is the same. That is all that `repeat` goes by.
 */
export class Journal {
  /** The command looked at the clock: what it did depends on the time of its start. */
  usesClock = false;
  private usesTimes = false;
  private isLost = false;
  private readonly calls: Call[] = [];
  /** Questions since the last change: asked again, they are answered alike. */
  private asked = new Set<string>();

  /** Can it be repeated at all? */
  get isWhole(): boolean {
    return !this.isLost;
  }

  /** How many calls were noted. */
  get length(): number {
    return this.calls.length;
  }

  /** Does on *fs* what the command did. False as soon as an answer differs: *fs* is then half changed, of no use to anybody. */
  repeat(fs: WritableFileSystem): boolean {
    for (const { ask, answer, isSame } of this.calls) {
      let other: unknown;
      try {
        other = ask(fs);
      } catch (error) {
        if (!(error instanceof FileSystemError)) throw error;
        other = error;
      }
      if (answer instanceof FileSystemError || other instanceof FileSystemError) {
        if (!isSameError(answer, other)) return false;
      } else if (!isSame(answer as never, other as never, this.usesTimes)) return false;
    }
    return true;
  }

  /** *fs*, with everything noted that is asked of it. */
  over(fs: WritableFileSystem): WritableFileSystem {
    return new NotedFileSystem(this, fs);
  }

  /** @internal Asks *fs* and notes it. *name*: of a question; absent for a change. */
  note<T>(fs: WritableFileSystem, ask: Call["ask"], isSame: Same<T>, name?: string): T {
    if (name === undefined) this.asked.clear();
    else if (this.asked.has(name)) return ask(fs) as T;
    else this.asked.add(name);
    let answer: unknown;
    try {
      answer = ask(fs);
      return answer as T;
    } catch (error) {
      // Anything else than a refusal is a fault of ours: nobody relies on it.
      if (!(error instanceof FileSystemError)) this.lose();
      answer = error;
      throw error;
    } finally {
      if (!this.isLost && this.calls.push({ ask, answer, isSame }) > MAX_CALLS) this.lose();
    }
  }

  /** @internal *stat* as the command sees it: whether it looks at the time is noted. */
  watch(stat: FileStat | undefined): FileStat | undefined {
    if (stat === undefined || this.usesTimes || this.isLost) return stat;
    return new Proxy(stat, {
      get: (target, name): unknown => {
        if (name === "mtime") this.usesTimes = true;
        return Reflect.get(target, name);
      },
    });
  }

  /** @internal Gives up: the command is run every time. */
  lose(): void {
    this.isLost = true;
    this.calls.length = 0;
    this.asked.clear();
  }
}

class NotedFileSystem implements WritableFileSystem {
  constructor(
    private readonly journal: Journal,
    private readonly inner: WritableFileSystem,
  ) {}

  get now(): number {
    this.journal.usesClock = true;
    return this.inner.now;
  }

  set now(time: number) {
    this.journal.usesClock = true;
    this.change((fs) => (fs.now = time));
  }

  private ask<T>(name: string, ask: (fs: WritableFileSystem) => T, isSame: Same<T>): T {
    return this.journal.note(this.inner, ask, isSame, name);
  }

  private change(action: (fs: WritableFileSystem) => void): void {
    this.journal.note(this.inner, action, always);
  }

  lstat(path: string): FileStat | undefined {
    return this.journal.watch(this.ask("lstat " + path, (fs) => fs.lstat(path), isSameStat));
  }

  stat(path: string): FileStat | undefined {
    return this.journal.watch(this.ask("stat " + path, (fs) => fs.stat(path), isSameStat));
  }

  realpath(path: string): string | undefined {
    return this.ask("realpath " + path, (fs) => fs.realpath(path), Object.is);
  }

  readdir(path: string): readonly string[] {
    return this.ask("readdir " + path, (fs) => fs.readdir(path), isSameList);
  }

  readFile(path: string): Content {
    return this.ask("readFile " + path, (fs) => fs.readFile(path), isSameContent);
  }

  readlink(path: string): string {
    return this.ask("readlink " + path, (fs) => fs.readlink(path), Object.is);
  }

  writeFile(path: string, content: Content | Uint8Array | string, options?: CreateOptions): void {
    // Bytes may be changed by their owner later. What is written again is one content, known by its digest.
    const kept = toContent(content instanceof Uint8Array ? content.slice() : content);
    this.change((fs) => fs.writeFile(path, kept, options));
  }

  mkdir(path: string, options?: CreateOptions & { readonly recursive?: boolean }): void {
    this.change((fs) => fs.mkdir(path, options));
  }

  symlink(target: string, path: string, options?: CreateOptions): void {
    this.change((fs) => fs.symlink(target, path, options));
  }

  link(existing: string, path: string): void {
    this.change((fs) => fs.link(existing, path));
  }

  mknod(path: string, attributes: FileAttributes): void {
    this.change((fs) => fs.mknod(path, attributes));
  }

  remove(path: string, options?: { readonly recursive?: boolean }): void {
    this.change((fs) => fs.remove(path, options));
  }

  rename(from: string, to: string): void {
    this.change((fs) => fs.rename(from, to));
  }

  chmod(path: string, mode: number): void {
    this.change((fs) => fs.chmod(path, mode));
  }

  chown(path: string, uid: number, gid: number): void {
    this.change((fs) => fs.chown(path, uid, gid));
  }

  utimes(path: string, mtime: number): void {
    this.change((fs) => fs.utimes(path, mtime));
  }

  setxattr(path: string, name: string, value: Uint8Array | undefined): void {
    const kept = value?.slice();
    this.change((fs) => fs.setxattr(path, name, kept));
  }

  snapshot(): Snapshot {
    this.journal.lose();
    return this.inner.snapshot();
  }
}

function always(): boolean {
  return true;
}

function isSameError(a: unknown, b: unknown): boolean {
  return (
    a instanceof FileSystemError &&
    b instanceof FileSystemError &&
    a.code === b.code &&
    a.path === b.path &&
    a.message === b.message
  );
}

function isSameStat(a: FileStat | undefined, b: FileStat | undefined, times: boolean): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.type === b.type &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.size === b.size &&
    a.ino === b.ino &&
    a.nlink === b.nlink &&
    a.linkname === b.linkname &&
    a.devmajor === b.devmajor &&
    a.devminor === b.devminor &&
    a.xattrs === b.xattrs &&
    (!times || a.mtime === b.mtime)
  );
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((name, i) => name === b[i]));
}

/** The same object, or by digest (or by what stands for unknown bytes) the same bytes. */
function isSameContent(a: Content, b: Content): boolean {
  if (a === b) return true;
  if (a.size !== b.size || a.standIn !== b.standIn || a.digest !== b.digest) return false;
  return a.digest !== undefined || a.standIn !== undefined;
}
