/** Where decompressed bytes go. */

/** Compressed bytes that are broken, or that would become too many. Its message is short and without the file's name. */
export class DecompressError extends Error {
  override readonly name = "DecompressError";
}

/** Bytes that grow up to a limit. */
export class ByteSink {
  private data: Uint8Array;
  length = 0;

  /** *limit*: most bytes. */
  constructor(private readonly limit: number) {
    this.data = new Uint8Array(Math.min(65536, limit));
  }

  push(byte: number): void {
    if (this.length === this.data.length) this.grow(this.length + 1);
    this.data[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.grow(this.length + bytes.length);
    this.data.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** The byte *distance* places back. */
  back(distance: number): number {
    return this.data[this.length - distance] as number;
  }

  bytes(from = 0): Uint8Array {
    return this.data.subarray(from, this.length);
  }

  private grow(needed: number): void {
    if (needed > this.limit) throw new DecompressError(`more than ${this.limit} bytes`);
    if (needed <= this.data.length) return;
    const larger = new Uint8Array(Math.min(Math.max(needed, this.data.length * 2), this.limit));
    larger.set(this.data.subarray(0, this.length));
    this.data = larger;
  }
}
