/** The blobs of imported and pulled images, and the tars of their large layers: in a store, or in memory. */

import { type BaseLayer, packingOf, unpackedPieces } from "../../image";
import { type ByteSource, bytesSource, gather, type Pieces, piecesOf } from "../../platform/bytes";
import { type KeyValueStore, openValue, type Platform, putPieces } from "../../platform/platform";

const BLOB_PREFIX = "v1/image-blob/";
const TAR_PREFIX = "v1/layer-tar/";

/** Layers packed to less than this are unpacked in memory when they are needed; larger ones lie unpacked in the store. Bytes. */
const LARGE = 4 << 20;

/** What images that came from elsewhere are made of, by digest. */
export class ImageBlobs {
  /** Without a store: everything. */
  private readonly memory = new Map<string, ByteSource>();

  constructor(
    private readonly platform: Platform,
    private readonly store?: KeyValueStore,
  ) {}

  /** The blob *digest*; undefined when it is not here. It is not checked again. */
  async open(digest: string): Promise<ByteSource | undefined> {
    return this.store ? openValue(this.store, BLOB_PREFIX + digest) : this.memory.get(BLOB_PREFIX + digest);
  }

  /** Keeps what *pieces* give as *digest*; nothing when they reject. They must have been checked, or check themselves. */
  async put(digest: string, pieces: Pieces): Promise<void> {
    await this.write(BLOB_PREFIX + digest, pieces);
  }

  /** Keeps the tar of a layer (a `Spool` for imports). */
  async putTar(diffId: string, pieces: Pieces): Promise<ByteSource> {
    await this.write(TAR_PREFIX + diffId, pieces);
    const tar = await this.tar(diffId);
    if (!tar) throw new Error(`LB_STORE_LOST: ${diffId}`);
    return tar;
  }

  /** The tar of *layer* unpacked: made and kept when the layer is large and packed, undefined for others. */
  async tarOf(layer: Pick<BaseLayer, "diffId">, blob: ByteSource): Promise<ByteSource | undefined> {
    if (blob.size < LARGE || packingOf(blob) === "none") return undefined;
    const { diffId } = layer;
    return (await this.tar(diffId)) ?? this.putTar(diffId, this.checked(diffId, blob));
  }

  private async *checked(diffId: string, blob: ByteSource): AsyncGenerator<Uint8Array> {
    const hash = this.platform.sha256();
    for await (const piece of unpackedPieces(this.platform, piecesOf(blob), packingOf(blob))) {
      hash.update(piece);
      yield piece;
    }
    if ("sha256:" + hash.hex() !== diffId) throw new Error(`LB_STORE_LOST: layer ${diffId} is damaged`);
  }

  private async tar(diffId: string): Promise<ByteSource | undefined> {
    return this.store ? openValue(this.store, TAR_PREFIX + diffId) : this.memory.get(TAR_PREFIX + diffId);
  }

  private async write(key: string, pieces: Pieces): Promise<void> {
    if (this.store) await putPieces(this.store, key, pieces);
    else this.memory.set(key, bytesSource(await gather(pieces)));
  }

  /** Removes what is in none of *digests* and *diffIds*. With *tarsOnly* blobs stay: the layers of a broken-off pull. */
  async sweep(used: ReadonlySet<string>, tarsOnly = false): Promise<void> {
    const isLost = (key: string): boolean =>
      (key.startsWith(TAR_PREFIX) && !used.has(key.slice(TAR_PREFIX.length))) ||
      (!tarsOnly && key.startsWith(BLOB_PREFIX) && !used.has(key.slice(BLOB_PREFIX.length)));
    for (const key of [...this.memory.keys()].filter(isLost)) this.memory.delete(key);
    for (const key of (await this.store?.keys()) ?? []) if (isLost(key)) await this.store!.delete(key);
  }
}
