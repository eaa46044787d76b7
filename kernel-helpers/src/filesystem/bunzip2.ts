/** Undoing bzip2: block sort, move to front, Huffman codes, run lengths. */

import { ByteSink, DecompressError } from "./byte-sink";

const BLOCK_MAGIC = 0x314159265359;
const END_MAGIC = 0x177245385090;

/** The bytes behind *input*; several streams one after the other are joined. *limit*: most bytes, default 4 GiB. Throws DecompressError. */
export function bunzip2(input: Uint8Array, limit = 2 ** 32): Uint8Array {
  const bits = new BitReader(input);
  const out = new ByteSink(limit);
  do stream(bits, out);
  while (bits.hasByte());
  return out.bytes();
}

function stream(bits: BitReader, out: ByteSink): void {
  if (bits.read(24) !== 0x425a68) throw new DecompressError("no bzip2 data");
  const level = bits.read(8) - 48;
  if (level < 1 || level > 9) throw new DecompressError("no bzip2 data");
  let checksum = 0;
  for (;;) {
    const magic = bits.read(24) * 2 ** 24 + bits.read(24);
    const expected = bits.read(16) * 65536 + bits.read(16);
    if (magic === END_MAGIC) {
      if (checksum >>> 0 !== expected) throw new DecompressError("bzip2 checksum is wrong");
      bits.align();
      return;
    }
    if (magic !== BLOCK_MAGIC) throw new DecompressError("broken bzip2 block");
    const found = block(bits, level * 100_000, out);
    if (found !== expected) throw new DecompressError("bzip2 checksum is wrong");
    checksum = ((checksum << 1) | (checksum >>> 31)) ^ found;
  }
}

/** One block; gives its checksum. */
function block(bits: BitReader, size: number, out: ByteSink): number {
  if (bits.read(1) === 1) throw new DecompressError("randomised bzip2 blocks are not supported");
  const origin = bits.read(24);
  const symbols = usedSymbols(bits);
  const tables = bits.read(3);
  const selectorCount = bits.read(15);
  if (symbols.length === 0 || tables < 2 || tables > 6 || selectorCount === 0)
    throw new DecompressError("broken bzip2 block");
  const selectors = readSelectors(bits, tables, selectorCount);
  const codes = Array.from({ length: tables }, () => new HuffmanTable(readLengths(bits, symbols.length + 2)));
  const last = decodeSymbols(bits, symbols, selectors, codes, size);
  if (origin >= last.length) throw new DecompressError("broken bzip2 block");
  return undoRuns(undoSort(last), origin, last.length, out);
}

function usedSymbols(bits: BitReader): number[] {
  const groups = bits.read(16);
  const symbols: number[] = [];
  for (let i = 0; i < 16; i++) {
    if (!(groups & (0x8000 >> i))) continue;
    const used = bits.read(16);
    for (let k = 0; k < 16; k++) if (used & (0x8000 >> k)) symbols.push(i * 16 + k);
  }
  return symbols;
}

function readSelectors(bits: BitReader, tables: number, count: number): Uint8Array {
  const order = Array.from({ length: tables }, (_, i) => i);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let at = 0;
    while (bits.read(1) === 1) if (++at >= tables) throw new DecompressError("broken bzip2 block");
    const [table = 0] = order.splice(at, 1);
    order.unshift(table);
    selectors[i] = table;
  }
  return selectors;
}

function readLengths(bits: BitReader, count: number): number[] {
  const lengths: number[] = [];
  let length = bits.read(5);
  for (let i = 0; i < count; i++) {
    while (bits.read(1) === 1) length += bits.read(1) === 1 ? -1 : 1;
    if (length < 1 || length > 20) throw new DecompressError("broken bzip2 block");
    lengths.push(length);
  }
  return lengths;
}

/** Canonical codes, by length. */
class HuffmanTable {
  private readonly limits: number[] = [];
  private readonly bases: number[] = [];
  private readonly symbols: number[] = [];
  private readonly shortest: number;

  constructor(lengths: readonly number[]) {
    this.shortest = Math.min(...lengths);
    let code = 0;
    for (let length = 1; length <= 20; length++) {
      this.bases[length] = this.symbols.length - code;
      lengths.forEach((own, symbol) => {
        if (own !== length) return;
        this.symbols.push(symbol);
        code++;
      });
      this.limits[length] = code;
      code *= 2;
    }
  }

  decode(bits: BitReader): number {
    let code = bits.read(this.shortest);
    for (let length = this.shortest; length <= 20; length++) {
      if (code < (this.limits[length] as number)) {
        const symbol = this.symbols[code + (this.bases[length] as number)];
        if (symbol !== undefined) return symbol;
      }
      code = code * 2 + bits.read(1);
    }
    throw new DecompressError("broken bzip2 block");
  }
}

/** The last column of the sorted block. */
function decodeSymbols(
  bits: BitReader,
  symbols: readonly number[],
  selectors: Uint8Array,
  codes: readonly HuffmanTable[],
  size: number,
): Uint32Array {
  const front = [...symbols];
  const end = symbols.length + 1;
  const last = new Uint32Array(size);
  let length = 0;
  let run = 0;
  let runBit = 1;
  const put = (byte: number, times: number): void => {
    if (length + times > size) throw new DecompressError("broken bzip2 block");
    last.fill(byte, length, length + times);
    length += times;
  };
  for (let i = 0; ; i++) {
    const selector = selectors[Math.floor(i / 50)];
    if (selector === undefined) throw new DecompressError("broken bzip2 block");
    const symbol = (codes[selector] as HuffmanTable).decode(bits);
    if (symbol < 2) {
      run += runBit << symbol;
      runBit *= 2;
      if (run > size) throw new DecompressError("broken bzip2 block");
      continue;
    }
    if (run > 0) {
      put(front[0] as number, run);
      run = 0;
    }
    runBit = 1;
    if (symbol === end) return last.subarray(0, length);
    const [byte = 0] = front.splice(symbol - 1, 1);
    front.unshift(byte);
    put(byte, 1);
  }
}

/** For every place of the last column: its byte, and above it (from bit 8) where the next byte is. */
function undoSort(last: Uint32Array): Uint32Array {
  const counts = new Uint32Array(257);
  for (const byte of last) counts[byte + 1] = (counts[byte + 1] as number) + 1;
  for (let i = 0; i < 256; i++) counts[i + 1] = (counts[i + 1] as number) + (counts[i] as number);
  for (let i = 0; i < last.length; i++) {
    const byte = (last[i] as number) & 0xff;
    const place = counts[byte] as number;
    counts[byte] = place + 1;
    last[place] = (last[place] as number) | (i << 8);
  }
  return last;
}

/** Follows the chain and undoes the run lengths; gives the checksum. */
function undoRuns(chain: Uint32Array, origin: number, length: number, out: ByteSink): number {
  let crc = 0xffffffff;
  const put = (byte: number): void => {
    out.push(byte);
    crc = (crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ byte) & 0xff] as number);
  };
  let at = (chain[origin] as number) >>> 8;
  let previous = -1;
  let same = 0;
  for (let i = 0; i < length; i++) {
    const entry = chain[at] as number;
    const byte = entry & 0xff;
    at = entry >>> 8;
    if (same === 4) {
      for (let k = 0; k < byte; k++) put(previous);
      same = 0;
      previous = -1;
      continue;
    }
    same = byte === previous ? same + 1 : 1;
    previous = byte;
    put(byte);
  }
  return ~crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let k = 0; k < 8; k++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

class BitReader {
  private at = 0;
  private bit = 0;

  constructor(private readonly bytes: Uint8Array) {}

  read(count: number): number {
    let value = 0;
    for (let left = count; left > 0;) {
      const byte = this.bytes[this.at];
      if (byte === undefined) throw new DecompressError("unexpected EOF");
      const take = Math.min(left, 8 - this.bit);
      value = value * 2 ** take + ((byte >> (8 - this.bit - take)) & (2 ** take - 1));
      this.bit += take;
      left -= take;
      if (this.bit === 8) {
        this.bit = 0;
        this.at++;
      }
    }
    return value;
  }

  align(): void {
    if (this.bit > 0) this.at++;
    this.bit = 0;
  }

  hasByte(): boolean {
    return this.at < this.bytes.length;
  }
}
