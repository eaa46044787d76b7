/** Hashing and gzip in pure JavaScript, for the edition that runs in a browser. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { Gunzip, gzipSync } from "fflate";

import type { Pieces } from "../bytes";
import { GUNZIP_LIMIT, type Platform, type Sha256 } from "../platform";

const bytesOf = (data: Uint8Array | string): Uint8Array =>
  typeof data === "string" ? utf8ToBytes(data) : data;

function startSha256(): Sha256 {
  const state = sha256.create();
  const running: Sha256 = {
    update(data) {
      state.update(bytesOf(data));
      return running;
    },
    hex: () => bytesToHex(state.digest()),
  };
  return running;
}

/** The platform of a browser. Gives the same digests as Node's; gzip'd bytes may differ, what they hold does not. */
export const browserPlatform: Platform = {
  sha256: startSha256,
  sha256Hex: (data) => bytesToHex(sha256(bytesOf(data))),
  gzip: (bytes) => gzipSync(bytes, { mtime: 0 }),
  gunzip,
  gunzipPieces,
};

async function* gunzipPieces(pieces: Pieces, limit = Infinity): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  const stream = new Gunzip((piece, last) => {
    length += piece.length;
    ended ||= last;
    if (length > limit) throw new RangeError(`gunzip: more than ${limit} bytes`);
    out.push(piece);
  });
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += CHUNK) {
      stream.push(piece.subarray(at, at + CHUNK));
      yield* out;
      out = [];
    }
  }
  stream.push(new Uint8Array(0), true);
  yield* out;
  if (!ended) throw new Error("unexpected end of file");
}

/** Piece by piece, so that a bomb is stopped at the limit and not after it. */
function gunzip(bytes: Uint8Array, limit = GUNZIP_LIMIT): Uint8Array {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const stream = new Gunzip((piece) => {
    length += piece.length;
    if (length > limit) throw new RangeError(`gunzip: more than ${limit} bytes`);
    pieces.push(piece);
  });
  for (let at = 0; at < bytes.length || at === 0; at += CHUNK) {
    stream.push(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const CHUNK = 64 * 1024;
