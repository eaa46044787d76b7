/** gzip in blocks: what the layers made here are packed with, in bounded memory. */

import type { Pieces } from "../platform/bytes";
import type { Platform } from "../platform/platform";

/** Bytes of the tar in one gzip member. A smaller layer is one member, as any gzip makes it; a larger one is several behind one another (RFC 1952, 2.2). */
const GZIP_BLOCK = 1 << 20;

/** *pieces* gzip'd. The same bytes give the same, however they are cut. */
export function* gzipBlocks(platform: Platform, pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  const cutter = new BlockCutter();
  for (const piece of pieces) {
    for (const block of cutter.push(piece)) {
      const packed = platform.gzip(block);
      cutter.takeBack(block);
      yield packed;
    }
  }
  for (const block of cutter.end()) yield platform.gzip(block);
}

/** As `gzipBlocks`, the same bytes; some blocks at a time where the platform can. */
export async function* gzipBlocksLater(platform: Platform, pieces: Pieces): AsyncGenerator<Uint8Array> {
  const gzip = (block: Uint8Array): Promise<Uint8Array> =>
    platform.gzipLater?.(block) ?? Promise.resolve(platform.gzip(block));
  const running: { readonly block: Uint8Array; readonly packed: Promise<Uint8Array> }[] = [];
  const cutter = new BlockCutter();
  const start = (block: Uint8Array): void => void running.push({ block, packed: gzip(block) });
  const finish = async (): Promise<Uint8Array> => {
    const { block, packed } = running.shift()!;
    const bytes = await packed;
    cutter.takeBack(block);
    return bytes;
  };
  try {
    for await (const piece of pieces) {
      for (const block of cutter.push(piece)) {
        start(block);
        if (running.length > AT_ONCE) yield await finish();
      }
    }
    for (const block of cutter.end()) start(block);
    while (running.length > 0) yield await finish();
  } finally {
    await Promise.allSettled(running.map(({ packed }) => packed));
  }
}

/** Blocks in work at a time: more would only take memory. */
const AT_ONCE = 2;

/** Cuts pieces of any length into blocks of GZIP_BLOCK bytes; the last one may be shorter, and is empty only when it is the only one. */
class BlockCutter {
  private block = new Uint8Array(0);
  private filled = 0;
  private cut = 0;
  private readonly spare: Uint8Array<ArrayBuffer>[] = [];

  /** A block that is done with: it is filled again, so that many blocks take the memory of few. */
  takeBack(block: Uint8Array): void {
    if (block.length === GZIP_BLOCK) this.spare.push(block as Uint8Array<ArrayBuffer>);
  }

  *push(piece: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < piece.length;) {
      if (this.filled === GZIP_BLOCK) {
        yield this.block;
        this.cut++;
        this.block = this.spare.pop() ?? new Uint8Array(0);
        this.filled = 0;
      }
      if (this.filled === this.block.length) this.grow();
      const count = Math.min(piece.length - at, this.block.length - this.filled);
      this.block.set(piece.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
    }
  }

  *end(): Generator<Uint8Array> {
    if (this.filled > 0 || this.cut === 0) yield this.block.subarray(0, this.filled);
  }

  /** Blocks of small layers stay small. */
  private grow(): void {
    const larger = new Uint8Array(Math.min(GZIP_BLOCK, Math.max(1 << 16, this.block.length * 4)));
    larger.set(this.block);
    this.block = larger;
  }
}
