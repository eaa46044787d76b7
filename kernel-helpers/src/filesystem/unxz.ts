/** Undoing xz: the container (blocks, checks) and LZMA2. */

import { ByteSink, DecompressError } from "./byte-sink";
import { LzmaDecoder } from "./lzma";

const HEADER = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
/** Bytes of a check, by its kind. */
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** The bytes behind *input*; several streams are joined. *limit*: most bytes, default 4 GiB. Throws DecompressError. */
export function unxz(input: Uint8Array, limit = 2 ** 32): Uint8Array {
  const out = new ByteSink(limit);
  let at = 0;
  while (at < input.length) {
    at = stream(input, at, out);
    // Streams may be padded with zeros, four at a time.
    while (at < input.length && input[at] === 0) at++;
  }
  return out.bytes();
}

function stream(input: Uint8Array, start: number, out: ByteSink): number {
  if (!HEADER.every((byte, i) => input[start + i] === byte)) throw new DecompressError("no xz data");
  const kind = input[start + 7];
  if (input[start + 6] !== 0 || kind === undefined || kind > 15)
    throw new DecompressError("an unknown kind of xz data");
  if (crc32(input.subarray(start + 6, start + 8)) !== uint32(input, start + 8))
    throw new DecompressError("xz checksum is wrong");
  let at = start + 12;
  while (byteAt(input, at) !== 0) at = block(input, at, kind, out);
  return at + indexLength(input, at) + 12;
}

function block(input: Uint8Array, start: number, kind: number, out: ByteSink): number {
  const headerSize = (byteAt(input, start) + 1) * 4;
  if (start + headerSize > input.length) throw new DecompressError("unexpected EOF");
  if (crc32(input.subarray(start, start + headerSize - 4)) !== uint32(input, start + headerSize - 4)) {
    throw new DecompressError("xz checksum is wrong");
  }
  const flags = byteAt(input, start + 1);
  const field = { at: start + 2 };
  if (flags & 0x40) varint(input, field);
  if (flags & 0x80) varint(input, field);
  if ((flags & 3) !== 0 || varint(input, field) !== 0x21)
    throw new DecompressError("xz filters other than LZMA2 are not supported");
  const before = out.length;
  let at = lzma2(input, start + headerSize, out);
  while ((at - start) % 4 !== 0) at++;
  const data = out.bytes(before);
  if (kind === 1 && crc32(data) !== uint32(input, at)) throw new DecompressError("xz checksum is wrong");
  if (kind === 4) checkCrc64(data, input, at);
  return at + (CHECK_SIZES[kind] as number);
}

/** The chunks of a block; gives the place behind them. */
function lzma2(input: Uint8Array, start: number, out: ByteSink): number {
  const decoder = new LzmaDecoder(out);
  let dictionaryStart = out.length;
  for (let at = start; ;) {
    const control = byteAt(input, at++);
    if (control === 0) return at;
    if (control < 0x80) {
      if (control > 2) throw new DecompressError("broken xz data");
      const size = byteAt(input, at) * 256 + byteAt(input, at + 1) + 1;
      at += 2;
      if (control === 1) dictionaryStart = out.length;
      if (at + size > input.length) throw new DecompressError("unexpected EOF");
      out.append(input.subarray(at, at + size));
      at += size;
      continue;
    }
    const size = (control & 0x1f) * 65536 + byteAt(input, at) * 256 + byteAt(input, at + 1) + 1;
    const packed = byteAt(input, at + 2) * 256 + byteAt(input, at + 3) + 1;
    at += 4;
    const reset = (control >> 5) & 3;
    if (reset === 3) dictionaryStart = out.length;
    if (reset >= 2) decoder.properties(byteAt(input, at++));
    if (reset >= 1) decoder.reset();
    if (at + packed > input.length) throw new DecompressError("unexpected EOF");
    decoder.decode(input.subarray(at, at + packed), size, dictionaryStart);
    at += packed;
  }
}

/** How long the index at *start* is, with its padding and checksum. */
function indexLength(input: Uint8Array, start: number): number {
  const field = { at: start + 1 };
  const count = varint(input, field);
  for (let i = 0; i < count; i++) {
    varint(input, field);
    varint(input, field);
  }
  const length = field.at - start;
  return length + ((4 - (length % 4)) % 4) + 4;
}

function varint(input: Uint8Array, field: { at: number }): number {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = byteAt(input, field.at++);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value;
  }
  throw new DecompressError("broken xz data");
}

function byteAt(input: Uint8Array, at: number): number {
  const byte = input[at];
  if (byte === undefined) throw new DecompressError("unexpected EOF");
  return byte;
}

function uint32(input: Uint8Array, at: number): number {
  return (
    (byteAt(input, at) |
      (byteAt(input, at + 1) << 8) |
      (byteAt(input, at + 2) << 16) |
      (byteAt(input, at + 3) << 24)) >>>
    0
  );
}

const CRC32 = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i;
  for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC32[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** The table of CRC-64 (ECMA-182), low and high halves. */
const CRC64: readonly (readonly [low: number, high: number])[] = Array.from({ length: 256 }, (_, i) => {
  let low = i;
  let high = 0;
  for (let k = 0; k < 8; k++) {
    const odd = low & 1;
    low = (low >>> 1) | ((high & 1) << 31);
    high >>>= 1;
    if (odd) {
      low ^= 0xd7870f42;
      high ^= 0xc96c5795;
    }
  }
  return [low >>> 0, high >>> 0];
});

function checkCrc64(bytes: Uint8Array, input: Uint8Array, at: number): void {
  let low = 0xffffffff;
  let high = 0xffffffff;
  for (const byte of bytes) {
    const [l, h] = CRC64[(low ^ byte) & 0xff] as readonly [number, number];
    low = ((low >>> 8) | ((high & 0xff) << 24)) ^ l;
    high = (high >>> 8) ^ h;
  }
  if (~low >>> 0 !== uint32(input, at) || ~high >>> 0 !== uint32(input, at + 4))
    throw new DecompressError("xz checksum is wrong");
}
