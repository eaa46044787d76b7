/** How a layer is packed: gzip, zstd, or not at all; told by its first bytes, whatever its media type says. */

import type { ByteSource, Pieces } from "../platform/bytes";
import type { Platform } from "../platform/platform";
import { unzstdPieces } from "./unzstd";

export type Packing = "gzip" | "zstd" | "none";

/** How *source* begins. */
export function packingOf(source: ByteSource): Packing {
  const head = source.read(0, 4);
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  const magic = [...head].reverse().reduce((sum, byte) => sum * 256 + byte, 0);
  // zstd:chunked may begin with a frame that is passed over.
  return head.length === 4 && (magic === 0xfd2fb528 || magic >>> 4 === 0x184d2a5) ? "zstd" : "none";
}

/** *pieces* unpacked. Rejects with RangeError for more than *limit* bytes, with another error for what is broken. */
export function unpackedPieces(
  platform: Platform,
  pieces: Pieces,
  packing: Packing,
  limit = Infinity,
): Pieces {
  if (packing === "none") return pieces;
  return packing === "gzip" ? platform.gunzipPieces(pieces, limit) : unzstdPieces(pieces, limit);
}
