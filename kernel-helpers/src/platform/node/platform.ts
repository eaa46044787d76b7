/** Hashing and gzip by Node's own crypto and zlib. */

import { createHash, hash, type Hash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";

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
};
