/** Zstandard undone in pieces and in bounded memory (RFC 8878): fzstd does the work, what a frame may ask for is checked before. */

import { Decompress } from "fzstd";

import type { Pieces } from "../platform/bytes";

/** The largest window that is granted: what `zstd` itself grants unless told otherwise. Bytes. */
const MOST_WINDOW = 2 ** 27;
const MAGIC = 0xfd2fb528;

/** *pieces* unpacked. Rejects with RangeError for more than *limit* bytes, with Error for what is broken, truncated, or asks for too much memory. */
export async function* unzstdPieces(pieces: Pieces, limit = Infinity): AsyncGenerator<Uint8Array> {
  const stream = new Stream(limit);
  for await (const piece of pieces) yield* stream.push(piece);
  yield* stream.end();
}

/** *bytes* unpacked. Throws as `unzstdPieces` rejects. */
export function unzstd(bytes: Uint8Array, limit = Infinity): Uint8Array {
  const stream = new Stream(limit);
  const pieces = [...stream.push(bytes), ...stream.end()];
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

class Stream {
  private readonly frames = new Frames();
  private made: Uint8Array[] = [];
  private length = 0;
  private readonly stream = new Decompress((piece) => {
    this.length += piece.length;
    if (this.length > this.limit) throw new RangeError(`unzstd: more than ${this.limit} bytes`);
    // Copied: the stream goes on writing into its window.
    if (piece.length > 0) this.made.push(piece.slice());
  });

  constructor(private readonly limit: number) {}

  /** What *piece* gives: one block after the other, so that no more than one is unpacked before the limit is looked at. */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    for (const part of this.frames.parts(piece)) {
      this.stream.push(part);
      yield* this.taken();
    }
  }

  *end(): Generator<Uint8Array> {
    if (!this.frames.isAtEnd) throw new Error("unzstd: truncated");
    this.stream.push(new Uint8Array(0), true);
    yield* this.taken();
  }

  private taken(): Uint8Array[] {
    const { made } = this;
    if (made.length > 0) this.made = [];
    return made;
  }
}

type Part = "magic" | "header" | "block" | "content" | "skip-size" | "skipped";

/** Follows the frames of a stream: where blocks end, and what windows they need. */
class Frames {
  private part: Part = "magic";
  /** Bytes of the part that have come. */
  private readonly head: number[] = [];
  private wanted = 4;
  /** Bytes that may be passed over without a look. */
  private left = 0;
  private isLast = false;
  private checksum = 0;

  /** Nothing but whole frames has come, and at least one. */
  get isAtEnd(): boolean {
    return this.part === "magic" && this.head.length === 0 && this.seen;
  }
  private seen = false;

  /** *piece* cut behind every block. Throws Error for what is no frame, or asks for too much. */
  *parts(piece: Uint8Array): Generator<Uint8Array> {
    let from = 0;
    let at = 0;
    while (at < piece.length) {
      if (this.left > 0) {
        const step = Math.min(this.left, piece.length - at);
        this.left -= step;
        at += step;
        if (this.left > 0) break;
        this.contentEnds();
        yield piece.subarray(from, at);
        from = at;
        continue;
      }
      this.head.push(piece[at++]!);
      if (this.head.length >= this.wanted) this.headEnds();
    }
    if (from < piece.length) yield piece.subarray(from);
  }

  private expect(part: Part, wanted: number): void {
    this.part = part;
    this.head.length = 0;
    this.wanted = wanted;
  }

  private number(from: number, bytes: number): number {
    let value = 0;
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + this.head[from + i]!;
    return value;
  }

  private headEnds(): void {
    switch (this.part) {
      case "magic": {
        const magic = this.number(0, 4);
        if (magic === MAGIC) this.expect("header", 1);
        else if (magic >>> 4 === 0x184d2a5) this.expect("skip-size", 4);
        else throw new Error("unzstd: no frame begins here");
        this.seen = true;
        return;
      }
      case "skip-size":
        this.left = this.number(0, 4);
        this.part = "skipped";
        if (this.left === 0) this.expect("magic", 4);
        return;
      case "header":
        return this.header();
      case "block": {
        const header = this.number(0, 3);
        const [type, size] = [(header >> 1) & 3, header >> 3];
        this.isLast = (header & 1) === 1;
        if (type === 3) throw new Error("unzstd: a block of a kind that there is not");
        this.part = "content";
        this.left = (type === 1 ? 1 : size) + (this.isLast ? this.checksum : 0);
        if (this.left === 0) this.contentEnds();
        return;
      }
    }
  }

  private header(): void {
    const flags = this.head[0]!;
    const isSingle = (flags & 0x20) !== 0;
    const dictionary = [0, 1, 2, 4][flags & 3]!;
    const size = flags >> 6 === 0 ? Number(isSingle) : 1 << (flags >> 6);
    const whole = 1 + Number(!isSingle) + dictionary + size;
    if (this.head.length < whole) {
      this.wanted = whole;
      return;
    }
    if (dictionary > 0) throw new Error("unzstd: a dictionary is needed");
    let window = this.number(whole - size, size) + (size === 2 ? 256 : 0);
    if (!isSingle) {
      const base = 2 ** (10 + (this.head[1]! >> 3));
      window = base + (base / 8) * (this.head[1]! & 7);
    }
    if (window > MOST_WINDOW) throw new Error(`unzstd: a window of ${window} bytes`);
    this.checksum = (flags & 4) === 0 ? 0 : 4;
    this.expect("block", 3);
  }

  private contentEnds(): void {
    if (this.part === "content" && !this.isLast) this.expect("block", 3);
    else this.expect("magic", 4);
  }
}
