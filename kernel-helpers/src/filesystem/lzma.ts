/** LZMA: a range coder whose probabilities follow the data, literals, matches and repeated matches. */

import { type ByteSink, DecompressError } from "./byte-sink";

const HALF = 1024;
const POS_STATES = 16;

/** Decodes the chunks of one LZMA2 block into *out*, which is its dictionary as well. */
export class LzmaDecoder {
  private lc = 3;
  private lp = 0;
  private pb = 2;
  private state = 0;
  private reps = [0, 0, 0, 0];
  private literals: Uint16Array = new Uint16Array(0);
  private isMatch: Uint16Array = new Uint16Array(0);
  private isRep: Uint16Array = new Uint16Array(0);
  private isRep0: Uint16Array = new Uint16Array(0);
  private isRep1: Uint16Array = new Uint16Array(0);
  private isRep2: Uint16Array = new Uint16Array(0);
  private isRep0Long: Uint16Array = new Uint16Array(0);
  private slots: Uint16Array[] = [];
  private special: Uint16Array = new Uint16Array(0);
  private aligned: Uint16Array = new Uint16Array(0);
  private matchLength = new LengthDecoder();
  private repLength = new LengthDecoder();

  constructor(private readonly out: ByteSink) {
    this.reset();
  }

  properties(byte: number): void {
    if (byte > 224) throw new DecompressError("broken xz data");
    this.lc = byte % 9;
    this.lp = Math.floor(byte / 9) % 5;
    this.pb = Math.floor(byte / 45);
    if (this.lc + this.lp > 4) throw new DecompressError("broken xz data");
  }

  /** Forgets all probabilities. */
  reset(): void {
    this.state = 0;
    this.reps = [0, 0, 0, 0];
    this.literals = fresh(0x300 << (this.lc + this.lp));
    this.isMatch = fresh(12 * POS_STATES);
    this.isRep0Long = fresh(12 * POS_STATES);
    this.isRep = fresh(12);
    this.isRep0 = fresh(12);
    this.isRep1 = fresh(12);
    this.isRep2 = fresh(12);
    this.slots = Array.from({ length: 4 }, () => fresh(64));
    this.special = fresh(128);
    this.aligned = fresh(16);
    this.matchLength = new LengthDecoder();
    this.repLength = new LengthDecoder();
  }

  /** Decodes *size* bytes of *packed*; matches reach back to *start* of the output. */
  decode(packed: Uint8Array, size: number, start: number): void {
    const { out } = this;
    const range = new RangeDecoder(packed);
    const end = out.length + size;
    while (out.length < end) {
      const posState = (out.length - start) & ((1 << this.pb) - 1);
      if (range.bit(this.isMatch, this.state * POS_STATES + posState) === 0) this.literal(range, start);
      else {
        const length = this.match(range, posState);
        if (length === 0) continue;
        if (out.length + length > end) throw new DecompressError("broken xz data");
        this.copy((this.reps[0] as number) + 1, length, start);
      }
    }
  }

  private literal(range: RangeDecoder, start: number): void {
    const { out } = this;
    const position = out.length - start;
    const previous = position > 0 ? out.back(1) : 0;
    const context = ((position & ((1 << this.lp) - 1)) << this.lc) + (previous >> (8 - this.lc));
    const base = context * 0x300;
    let symbol = 1;
    if (this.state >= 7) {
      const distance = (this.reps[0] as number) + 1;
      if (distance > position) throw new DecompressError("broken xz data");
      let match = out.back(distance);
      while (symbol < 0x100) {
        const matchBit = (match >> 7) & 1;
        match <<= 1;
        const bit = range.bit(this.literals, base + ((1 + matchBit) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (matchBit !== bit) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | range.bit(this.literals, base + symbol);
    out.push(symbol & 0xff);
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  /** The length of a match, whose distance is then the first of the repeated ones; 0 when it was a single byte. */
  private match(range: RangeDecoder, posState: number): number {
    const { state } = this;
    if (range.bit(this.isRep, state) === 0) {
      this.reps = [0, this.reps[0] as number, this.reps[1] as number, this.reps[2] as number];
      const length = this.matchLength.decode(range, posState);
      this.state = state < 7 ? 7 : 10;
      this.reps[0] = this.distance(range, length);
      return length;
    }
    if (range.bit(this.isRep0, state) === 0) {
      if (range.bit(this.isRep0Long, state * POS_STATES + posState) === 0) {
        this.state = state < 7 ? 9 : 11;
        return 1;
      }
    } else this.reorder(range, state);
    const length = this.repLength.decode(range, posState);
    this.state = state < 7 ? 8 : 11;
    return length;
  }

  private reorder(range: RangeDecoder, state: number): void {
    const [a, b, c, d] = this.reps as [number, number, number, number];
    if (range.bit(this.isRep1, state) === 0) this.reps = [b, a, c, d];
    else if (range.bit(this.isRep2, state) === 0) this.reps = [c, a, b, d];
    else this.reps = [d, a, b, c];
  }

  private distance(range: RangeDecoder, length: number): number {
    const slot = range.tree(this.slots[Math.min(length - 2, 3)] as Uint16Array, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < 14) return base + range.reverseTree(this.special, base - slot, bits);
    return base + range.direct(bits - 4) * 16 + range.reverseTree(this.aligned, 0, 4);
  }

  private copy(distance: number, length: number, start: number): void {
    const { out } = this;
    if (distance > out.length - start) throw new DecompressError("broken xz data");
    for (let i = 0; i < length; i++) out.push(out.back(distance));
  }
}

class LengthDecoder {
  private readonly choice = fresh(2);
  private readonly low = Array.from({ length: POS_STATES }, () => fresh(8));
  private readonly middle = Array.from({ length: POS_STATES }, () => fresh(8));
  private readonly high = fresh(256);

  decode(range: RangeDecoder, posState: number): number {
    if (range.bit(this.choice, 0) === 0) return 2 + range.tree(this.low[posState] as Uint16Array, 3);
    if (range.bit(this.choice, 1) === 0) return 10 + range.tree(this.middle[posState] as Uint16Array, 3);
    return 18 + range.tree(this.high, 8);
  }
}

class RangeDecoder {
  private range = 0xffffffff;
  private code = 0;
  private at = 5;

  constructor(private readonly bytes: Uint8Array) {
    for (let i = 1; i < 5; i++) this.code = ((this.code << 8) | (bytes[i] ?? 0)) >>> 0;
  }

  bit(probabilities: Uint16Array, index: number): number {
    const probability = probabilities[index] as number;
    const bound = (this.range >>> 11) * probability;
    let bit = 0;
    if (this.code < bound) {
      this.range = bound;
      probabilities[index] = probability + ((2048 - probability) >> 5);
    } else {
      this.range -= bound;
      this.code -= bound;
      probabilities[index] = probability - (probability >> 5);
      bit = 1;
    }
    this.normalize();
    return bit;
  }

  tree(probabilities: Uint16Array, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.bit(probabilities, symbol);
    return symbol - (1 << bits);
  }

  reverseTree(probabilities: Uint16Array, offset: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(probabilities, offset + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.range >>>= 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit) this.code -= this.range;
      value = value * 2 + bit;
      this.normalize();
    }
    return value;
  }

  private normalize(): void {
    if (this.range >= 0x1000000) return;
    this.range = (this.range << 8) >>> 0;
    const byte = this.bytes[this.at++];
    if (byte === undefined && this.at > this.bytes.length + 1) throw new DecompressError("unexpected EOF");
    this.code = ((this.code << 8) | (byte ?? 0)) >>> 0;
  }
}

function fresh(size: number): Uint16Array {
  return new Uint16Array(size).fill(HALF);
}
