/** Hashing and gzip by Node's own crypto and zlib. */

import { createHash, hash, type Hash } from "node:crypto";
import { Readable, pipeline } from "node:stream";
import { promisify } from "node:util";
import { createGunzip, gunzipSync, gzip, gzipSync } from "node:zlib";

import type { Pieces } from "../bytes";
import { GUNZIP_LIMIT, type Platform, type Sha256 } from "../platform";

class NodeSha256 implements Sha256 {
  private readonly state: Hash = createHash("sha256");
  update(data: Uint8Array | string): Sha256 {
    this.state.update(data);
    return this;
  }
  hex(): string {
    return this.state.digest("hex");
  }
}

/** The platform of Node. Stateless: one for everybody. */
export const nodePlatform: Platform = {
  sha256: () => new NodeSha256(),
  sha256Hex: (data) => hash("sha256", data, "hex"),
  gzip: (bytes) => gzipSync(bytes),
  gunzip: (bytes, limit = GUNZIP_LIMIT) => gunzipSync(bytes, { maxOutputLength: limit }),
  gzipLater: promisify(gzip),
  gunzipPieces,
};

async function* gunzipPieces(pieces: Pieces, limit = Infinity): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // Errors come out of the loop: pipeline destroys its end with them.
  pipeline(Readable.from(pieces), gunzip, () => undefined);
  let length = 0;
  for await (const piece of gunzip) {
    length += (piece as Buffer).length;
    if (length > limit) throw new RangeError(`gunzip: more than ${limit} bytes`);
    yield piece as Buffer;
  }
}
