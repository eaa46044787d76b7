/** Zstandard frames without compression, for tests: blocks as they are, and blocks of one repeated byte. */

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** A window of 1 MiB. */
const HEADER = Buffer.from([0x00, 0x50]);

function block(type: 0 | 1, size: number, isLast: boolean): Buffer {
  const header = Number(isLast) | (type << 1) | (size << 3);
  return Buffer.from([header & 255, (header >> 8) & 255, (header >> 16) & 255]);
}

/** *data* in a frame of blocks of *size* bytes. */
export function zstdFrame(data: Uint8Array, size = 4096): Buffer {
  const parts: Uint8Array[] = [MAGIC, HEADER];
  for (let at = 0; at < data.length; at += size) {
    const part = data.subarray(at, at + size);
    parts.push(block(0, part.length, at + size >= data.length), part);
  }
  if (data.length === 0) parts.push(block(0, 0, true));
  return Buffer.concat(parts);
}

/** A frame that unpacks to *blocks* times 128 KiB of zeros: 4 bytes each. */
export function zstdBomb(blocks: number): Buffer {
  const one = Buffer.concat([block(1, 2 ** 17, false), Buffer.from([0])]);
  return Buffer.concat([
    MAGIC,
    Buffer.from([0x00, 0x50]),
    ...Array.from({ length: blocks }, () => one),
    block(0, 0, true),
  ]);
}

/** A frame whose window is 2^(10 + *exponent*) bytes. */
export function zstdWindow(exponent: number): Buffer {
  return Buffer.concat([MAGIC, Buffer.from([0x00, exponent << 3]), block(0, 1, true), Buffer.from("a")]);
}

/** A frame that a reader passes over. */
export function zstdSkipped(length: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0x184d2a5e, 0);
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, Buffer.alloc(length, 7)]);
}
