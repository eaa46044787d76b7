/** Bytes that lie somewhere (memory, a file, a store) and are read in pieces, so that nobody holds a large layer at once. */

import type { Content } from "./files";

/** Bytes that can be read from any place on. They do not change while they are used. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** *length* bytes from *offset* on, fewer only at the end. Callers must not change them. Throws when the bytes are gone. */
  read(offset: number, length: number): Uint8Array;
}

/** Pieces that come one after another, at once or later. */
export type Pieces = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Bytes whose number is known before they come; *pieces* can be asked for again. */
export interface SizedPieces {
  readonly size: number;
  pieces(): Pieces;
}

/** So many bytes are read at a time. */
const STEP = 1 << 20;

/** *bytes* as a source; they are not copied. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

/** *bytes* itself when it is a source already. */
export function toSource(bytes: Uint8Array | ByteSource): ByteSource {
  return bytes instanceof Uint8Array ? bytesSource(bytes) : bytes;
}

/** A part of *source*. */
export function sliceSource(source: ByteSource, from: number, size: number): ByteSource {
  return {
    size,
    read: (offset, length) => source.read(from + offset, Math.max(0, Math.min(length, size - offset))),
  };
}

/** The bytes of *source* in pieces of at most a mebibyte. */
export function* piecesOf(source: ByteSource): Generator<Uint8Array> {
  for (let at = 0; at < source.size; at += STEP) yield source.read(at, Math.min(STEP, source.size - at));
}

/** All bytes of *source* at once. */
export function wholeOf(source: ByteSource): Uint8Array {
  return source.read(0, source.size);
}

/** Content that lies in a source. */
interface SourceContent extends Content {
  readonly source: ByteSource;
}

/** A part of *source* as the content of a file: large ones can be read in pieces. */
export function sourceContent(source: ByteSource, offset: number, size: number, digest?: string): Content {
  const part = sliceSource(source, offset, size);
  const content: SourceContent = {
    source: part,
    size,
    ...(digest !== undefined && { digest }),
    read: () => wholeOf(part),
    ...(size > STEP && { chunks: () => piecesOf(part) }),
  };
  return content;
}

/** The bytes of *content*, without reading them where they lie in a source. */
export function contentSource(content: Content): ByteSource {
  return (content as Partial<SourceContent>).source ?? bytesSource(content.read());
}

/** *pieces* in one. */
export async function gather(pieces: Pieces): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    all.push(piece);
    length += piece.length;
  }
  if (all.length === 1) return all[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of all) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
