/** Open file descriptions: regular files, pipes, devices, and the two streams that leave the container. */

import type { Content, WritableFileSystem } from "../../platform/files";
import { bytesToString, stringToBytes } from "./bytes";
import { Errno, toErrno } from "./errno";
import type { Meter } from "./limits";

/** The text behind contents that were written here: read again it need not be made of bytes. */
const TEXTS = new WeakMap<Content, string>();

/** Contents that become bytes when they are first asked for. */
function textContent(text: string): Content {
  let bytes: Uint8Array | undefined;
  const content: Content = { size: text.length, read: () => (bytes ??= stringToBytes(text)) };
  TEXTS.set(content, text);
  return content;
}

/** The bytes of an open regular file, shared by all who have it open; written back to the file system by the Vfs. */
export class OpenInode {
  private body: string | undefined;
  private opaque: Content | undefined;
  dirty = false;
  /** Removed while open: never written back. */
  orphan = false;

  constructor(
    readonly fs: WritableFileSystem,
    /** Where it is now; the Vfs keeps it right when the file is renamed. */
    public path: string,
    content: Content,
    readonly meter: Meter,
  ) {
    this.opaque = content;
  }

  get size(): number {
    return this.body?.length ?? this.opaque?.size ?? 0;
  }

  /** The bytes. Throws ENOCONTENT for a catalog file. */
  get text(): string {
    if (this.body === undefined) {
      try {
        const known = this.opaque && TEXTS.get(this.opaque);
        this.body = known ?? bytesToString(this.opaque?.read() ?? new Uint8Array());
      } catch (error) {
        throw toErrno(error, this.path);
      }
    }
    return this.body;
  }

  set text(value: string) {
    this.meter.addBytes(Math.max(0, value.length - this.size));
    this.body = value;
    this.opaque = undefined;
    this.dirty = true;
  }

  /** Puts *data* at *offset*, filling a gap with zero bytes. */
  splice(offset: number, data: string): void {
    const text = this.text;
    if (offset === text.length) this.text = text + data;
    else if (offset > text.length) this.text = text + "\0".repeat(offset - text.length) + data;
    else this.text = text.slice(0, offset) + data + text.slice(offset + data.length);
  }

  /** Replaces everything by *content* without reading it. */
  replace(content: Content): void {
    this.body = undefined;
    this.opaque = content;
    this.dirty = true;
  }

  content(): Content {
    return this.body === undefined && this.opaque !== undefined ? this.opaque : textContent(this.body ?? "");
  }
}

/** What a file descriptor points to. */
export abstract class Handle {
  refs = 1;
  abstract readonly kind: "file" | "pipe" | "sink" | "device" | "dir";
  /** Where it was opened, for /proc/self/fd and messages. */
  path = "";
  readable = false;
  writable = false;
  /** Takes up to *max* bytes: "" at the end, undefined when it would have to wait. */
  abstract read(max: number): string | undefined;
  /** Takes *data*; never waits (see `congested`). Throws EPIPE, ENOSPC, EBADF. */
  abstract write(data: string): void;
  /** Whether a polite writer should wait before it writes more. */
  get congested(): boolean {
    return false;
  }
  /** Called when the last descriptor is gone. */
  close(): void {}
  /** Adds a descriptor. */
  share(): this {
    this.refs++;
    return this;
  }
  /** Takes a descriptor away. */
  drop(): void {
    if (--this.refs === 0) this.close();
  }
}

/** A regular file with its position. */
export class FileHandle extends Handle {
  readonly kind = "file";
  position = 0;
  append = false;

  constructor(
    readonly inode: OpenInode,
    private readonly onClose: (inode: OpenInode) => void,
  ) {
    super();
  }

  read(max: number): string {
    if (!this.readable) throw new Errno("EBADF");
    const piece = this.inode.text.slice(this.position, this.position + max);
    this.position += piece.length;
    return piece;
  }

  write(data: string): void {
    if (!this.writable) throw new Errno("EBADF");
    if (data === "") return;
    const at = this.append ? this.inode.size : this.position;
    this.inode.splice(at, data);
    this.position = at + data.length;
  }

  override close(): void {
    this.onClose(this.inode);
  }
}

const PIPE_SIZE = 65536;

/** The buffer between two ends of a pipe. */
export class Pipe {
  buffer = "";
  readers = 0;
  writers = 0;
  /** A fifo has a name: each end may come before the other, and waits for it. */
  constructor(readonly named = false) {}
  hadReader = false;
  hadWriter = false;
}

/** One end of a pipe. */
export class PipeHandle extends Handle {
  readonly kind = "pipe";

  constructor(
    readonly pipe: Pipe,
    readonly end: "read" | "write",
    private readonly meter: Meter,
  ) {
    super();
    this.path = "pipe:[1]";
    if (end === "read") {
      this.readable = true;
      pipe.readers++;
      pipe.hadReader = true;
    } else {
      this.writable = true;
      pipe.writers++;
      pipe.hadWriter = true;
    }
  }

  read(max: number): string | undefined {
    if (!this.readable) throw new Errno("EBADF");
    const { pipe } = this;
    if (pipe.buffer === "") return pipe.writers === 0 && (!pipe.named || pipe.hadWriter) ? "" : undefined;
    const piece = pipe.buffer.slice(0, max);
    pipe.buffer = pipe.buffer.slice(piece.length);
    return piece;
  }

  write(data: string): void {
    if (!this.writable) throw new Errno("EBADF");
    if (this.pipe.readers === 0 && (!this.pipe.named || this.pipe.hadReader)) throw new Errno("EPIPE");
    this.meter.addCommands(data.length >>> 12);
    this.pipe.buffer += data;
    if (this.pipe.buffer.length > 64 * 1024 * 1024) throw new Errno("ENOMEM");
  }

  override get congested(): boolean {
    return this.end === "write" && this.pipe.buffer.length >= PIPE_SIZE && this.pipe.readers > 0;
  }

  override close(): void {
    if (this.end === "read") this.pipe.readers--;
    else this.pipe.writers--;
  }
}

/** Standard output or standard error of the container. */
export class SinkHandle extends Handle {
  readonly kind = "sink";
  override writable = true;

  constructor(
    override path: string,
    private readonly emit: (data: string) => void,
  ) {
    super();
  }

  read(): string {
    throw new Errno("EBADF");
  }

  write(data: string): void {
    if (data !== "") this.emit(data);
  }
}

/** /dev/null, /dev/zero, /dev/full, /dev/urandom; also an empty or given standard input. */
export class DeviceHandle extends Handle {
  readonly kind = "device";
  override readable = true;
  override writable = true;

  constructor(
    override path: string,
    private readonly source: (max: number) => string,
    private readonly full = false,
  ) {
    super();
  }

  read(max: number): string {
    return this.source(max);
  }

  write(): void {
    if (this.full) throw new Errno("ENOSPC");
  }
}

/** An open directory: it can only be named again. */
export class DirHandle extends Handle {
  readonly kind = "dir";
  override readable = true;

  constructor(override path: string) {
    super();
  }

  read(): string {
    throw new Errno("EISDIR");
  }

  write(): void {
    throw new Errno("EBADF");
  }
}
