/** How many bytes fsutil's packets take (fsutil types/wire.proto, stat.proto in protobuf): what `transferring context:` counts. */

import type { FileStat, FileType } from "../platform/files";
import { utf8Length } from "../platform/paths";

/** Bytes of data in one packet at most. */
const CHUNK = 32 * 1024;

/** The packet that ends a transfer. */
export const FIN_BYTES = 2;

/** Go's os.FileMode bits of a kind of entry. */
const TYPE_BITS: Readonly<Record<FileType, number>> = {
  file: 0,
  dir: 2 ** 31,
  symlink: 2 ** 27,
  block: 2 ** 26,
  char: 2 ** 26 + 2 ** 21,
  fifo: 2 ** 25,
  socket: 0,
};

/** Bytes of the packet that announces the entry *path*. *hardlink*: the earlier path that it is another name of. */
export function statBytes(path: string, stat: FileStat, hardlink: string | undefined): number {
  const linkname = hardlink ?? stat.linkname ?? "";
  const size = stat.type === "dir" ? 0 : stat.size;
  let length =
    textBytes(path) +
    numberBytes(goMode(stat)) +
    numberBytes(stat.uid) +
    numberBytes(stat.gid) +
    numberBytes(size) +
    timeBytes(stat.mtime) +
    textBytes(linkname) +
    numberBytes(stat.devmajor ?? 0) +
    numberBytes(stat.devminor ?? 0);
  for (const [name, value] of Object.entries(stat.xattrs ?? {})) {
    const key = utf8Length(name);
    const entry = 1 + varint(key) + key + 1 + varint(value.length) + value.length;
    length += 1 + varint(entry) + entry;
  }
  return 1 + varint(length) + length;
}

/** Bytes of the packets that carry a file of *size* bytes, the *index*-th entry (from 0) of the transfer. */
export function dataBytes(size: number, index: number): number {
  const head = 2 + numberBytes(index);
  const whole = Math.floor(size / CHUNK);
  const rest = size % CHUNK;
  const packet = (length: number): number => head + 1 + varint(length) + length;
  return whole * packet(CHUNK) + (rest > 0 ? packet(rest) : 0) + head;
}

function goMode(stat: FileStat): number {
  const { mode } = stat;
  return (
    TYPE_BITS[stat.type] +
    (mode & 0o777) +
    (mode & 0o4000 ? 2 ** 23 : 0) +
    (mode & 0o2000 ? 2 ** 22 : 0) +
    (mode & 0o1000 ? 2 ** 20 : 0)
  );
}

/** A field: one byte in front; left out when it is empty or zero. */
function textBytes(text: string): number {
  const length = utf8Length(text);
  return length === 0 ? 0 : 1 + varint(length) + length;
}

function numberBytes(value: number): number {
  return value === 0 ? 0 : 1 + varint(value);
}

function timeBytes(seconds: number): number {
  if (seconds === 0) return 0;
  // Negative numbers take all ten bytes; the others are nanoseconds.
  return 1 + (seconds < 0 ? 10 : varint(seconds * 1e9));
}

function varint(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
