/** One layer of a file system: what it adds, computed only when somebody asks. */

import { diffLayers, hashLayer, type LayerEntry, layerTar } from "../filesystem";
import type { ByteSource, Pieces } from "../platform/bytes";
import type { Snapshot } from "../platform/files";
import { type Platform, sha256Digest } from "../platform/platform";
import { gzipBlocks, gzipBlocksLater } from "./gzip-blocks";

/** Digest and size of a layer's tar, and of the tar compressed. */
export interface LayerDigests {
  readonly diffId: string;
  /** Bytes of the tar. */
  readonly uncompressed: number;
}

/** A layer as it goes into a manifest. */
export interface LayerBlob {
  readonly diffId: string;
  /** Digest of the gzip'd tar. */
  readonly digest: string;
  /** Bytes of the gzip'd tar. */
  readonly size: number;
  readonly mediaType: string;
}

export const LAYER_MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

/** What a catalog file says when its bytes are asked for. */
export function isNoContent(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "LB_NO_CONTENT";
}

/** Layers larger than this are compressed beside other work where the platform can. Bytes. */
const LARGE = 4 << 20;

/** How much smaller gzip makes an ordinary layer: only for layers whose bytes are not known. */
const ASSUMED_RATIO = 0.38;

/** How the image that a base layer belongs to is looked up again. */
export interface LayerOrigin {
  readonly ref: string;
  readonly digest: string;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/** A layer of a base image: known by its digests, never packed again. */
export interface BaseLayer {
  readonly kind: "base";
  readonly diffId: string;
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  /** Its bytes as the digest has them (a tar, mostly gzip'd), when the base is at hand; absent for a catalog image. Not checked yet. */
  readonly blob?: () => ByteSource;
  /** The same in pieces, where that takes less memory. */
  readonly pieces?: () => Pieces;
  /** The tar unpacked in pieces, where that is at hand without undoing gzip. */
  readonly tar?: () => Iterable<Uint8Array>;
  /** Bytes of its tar, worked out (and remembered) when asked; absent where `contentBytes` is all that is known. */
  readonly unpackedBytes?: () => number;
  /** Bytes of the files in it, when only that is known (catalog). */
  readonly contentBytes?: number;
  readonly origin: LayerOrigin;
}

/** A layer's entries that lie elsewhere (a store) until they are needed. */
export interface StoredEntries {
  /** Name in the store. */
  readonly id: string;
  /** Fetches the entries; with *bytes* also the contents of the files. */
  load(bytes: boolean): Promise<void>;
  /** The entries. Throws when they were not loaded. */
  entries(): readonly LayerEntry[];
}

/** What is known of a layer without its entries. */
export interface LayerFacts {
  readonly contentBytes: number;
  readonly isUnknown: boolean;
  /** By epoch ("" for none). */
  readonly digests: Readonly<
    Record<string, LayerDigests & { readonly digest?: string; readonly size?: number }>
  >;
}

/** A layer that a step made: the difference of two trees. */
export class StepLayer {
  readonly kind = "step";
  /** Name in the store that keeps it; undefined until it is kept. */
  storedAs: string | undefined;
  private cachedEntries: readonly LayerEntry[] | undefined;
  private cachedBytes: number | undefined;
  private readonly digests = new Map<number | undefined, LayerDigests>();
  private readonly blobs = new Map<number | undefined, LayerBlob>();
  private readonly exported = new Set<number | undefined>();
  private unknown = false;

  /**
   * *createdAt*: seconds since 1970; *description*: what history says when the Dockerfile gives no entry; *twin*: a layer that may well
   * hold the same: then its digests are taken.
   */
  constructor(
    private readonly source: { readonly lower: Snapshot; readonly upper: Snapshot } | StoredEntries,
    readonly createdAt: number,
    readonly description: string,
    facts?: LayerFacts,
    private readonly twin?: StepLayer,
  ) {
    if ("load" in source) this.storedAs = source.id;
    if (!facts) return;
    this.cachedBytes = facts.contentBytes;
    this.unknown = facts.isUnknown;
    for (const [name, { diffId, uncompressed, digest, size }] of Object.entries(facts.digests)) {
      const epoch = name === "" ? undefined : Number(name);
      this.digests.set(epoch, { diffId, uncompressed });
      if (digest !== undefined && size !== undefined) {
        this.blobs.set(epoch, { diffId, digest, size, mediaType: LAYER_MEDIA_TYPE });
      }
    }
  }

  /** Can the digests for *epoch* be told without fetching anything? */
  isKnown(epoch: number | undefined): boolean {
    return !("load" in this.source) || this.blobs.has(epoch);
  }

  /** Makes the entries be at hand; with *bytes* also the contents of the files. Nothing to do for a layer made in this process. */
  async ready(bytes = false): Promise<void> {
    if ("load" in this.source) await this.source.load(bytes);
  }

  /** What the layer adds, in tar order, with mtimes as they are (not clamped). */
  entries(): readonly LayerEntry[] {
    this.cachedEntries ??=
      "lower" in this.source ? diffLayers(this.source.lower, this.source.upper) : this.source.entries();
    return this.cachedEntries;
  }

  /** Bytes of the files in it. */
  contentBytes(): number {
    if (this.cachedBytes === undefined) {
      this.cachedBytes = 0;
      for (const entry of this.entries()) this.cachedBytes += entry.size;
    }
    return this.cachedBytes;
  }

  /** What can be kept of it beside the entries: the digests worked out so far. */
  facts(): LayerFacts {
    const digests: Record<string, LayerDigests & { digest?: string; size?: number }> = {};
    for (const [epoch, { diffId, uncompressed }] of this.digests) {
      const blob = this.blobs.get(epoch);
      digests[epoch ?? ""] = { diffId, uncompressed, ...(blob && { digest: blob.digest, size: blob.size }) };
    }
    return { contentBytes: this.contentBytes(), isUnknown: this.unknown, digests };
  }

  /** Does it hold a file of which only the size is known? Then its digests are made of names, sizes and modes. */
  get isUnknown(): boolean {
    return this.unknown;
  }

  /** diffID and size, with mtimes later than *epoch* (seconds) set to it. */
  digest(platform: Platform, epoch?: number): LayerDigests {
    let digests = this.digests.get(epoch);
    if (!digests) {
      const equal = this.equal(epoch);
      digests = equal ? equal.digest(platform, epoch) : this.hash(platform, epoch);
      if (equal) this.unknown = equal.unknown;
      this.digests.set(epoch, digests);
    }
    return digests;
  }

  /** The twin, if it was hashed and has the same tar. */
  private equal(epoch: number | undefined): StepLayer | undefined {
    const { twin } = this;
    return twin?.digests.has(epoch) && isSameTar(this.entries(), twin.entries(), epoch) ? twin : undefined;
  }

  private hash(platform: Platform, epoch: number | undefined): LayerDigests {
    try {
      const { diffID, size } = hashLayer(platform, this.entries(), { epoch });
      return { diffId: diffID, uncompressed: size };
    } catch (error) {
      if (!isNoContent(error)) throw error;
      this.unknown = true;
      let size = 1024;
      const facts = this.entries().map(({ content, mtime, ...entry }) => {
        size += 512 + Math.ceil(entry.size / 512) * 512;
        return {
          ...entry,
          mtime: Math.min(mtime, epoch ?? mtime),
          digest: content?.digest ?? content?.standIn,
        };
      });
      return { diffId: sha256Digest(platform, JSON.stringify(facts)), uncompressed: size };
    }
  }

  /** Digest and size of the compressed layer. */
  compressed(platform: Platform, epoch?: number): LayerBlob {
    let blob = this.blobs.get(epoch);
    if (!blob) {
      const { diffId, uncompressed } = this.digest(platform, epoch);
      if (this.unknown) {
        const size = Math.round(uncompressed * ASSUMED_RATIO);
        return {
          diffId,
          digest: sha256Digest(platform, `gzip ${diffId}`),
          size,
          mediaType: LAYER_MEDIA_TYPE,
        };
      }
      blob = this.equal(epoch)?.compressed(platform, epoch) ?? this.compress(platform, epoch, diffId);
      this.blobs.set(epoch, blob);
    }
    return blob;
  }

  private compress(platform: Platform, epoch: number | undefined, diffId: string): LayerBlob {
    const hash = platform.sha256();
    let size = 0;
    for (const piece of gzipBlocks(platform, this.tar(epoch))) {
      hash.update(piece);
      size += piece.length;
    }
    return { diffId, digest: "sha256:" + hash.hex(), size, mediaType: LAYER_MEDIA_TYPE };
  }

  /** It goes into an image: its entries with bytes are at hand, and whoever keeps it keeps what it is compressed. */
  export(epoch: number | undefined): void {
    if (!this.blobs.has(epoch)) this.exported.add(epoch);
  }

  /** Works out what `facts` should give: a layer of an image is compressed once, not again by the next process. */
  async complete(platform: Platform): Promise<void> {
    for (const epoch of this.exported) {
      const digests = this.digest(platform, epoch);
      if (this.blobs.has(epoch) || this.unknown) continue;
      if (digests.uncompressed < LARGE) this.compressed(platform, epoch);
      else this.blobs.set(epoch, await blobOf(platform, digests, this.packed(platform, epoch)));
    }
    this.exported.clear();
  }

  /** The epoch for which the layer has *digest* (compressed) in an image. */
  epochOf(digest: string): number | undefined {
    for (const [epoch, blob] of this.blobs) if (blob.digest === digest) return epoch;
    return undefined;
  }

  /** The tar in pieces. Entries with bytes must be at hand (`ready(true)`). */
  tar(epoch?: number): Generator<Uint8Array> {
    return layerTar(this.entries(), { epoch });
  }

  /** The gzip'd tar in pieces, not checked against any digest. */
  packed(platform: Platform, epoch?: number): AsyncGenerator<Uint8Array> {
    return gzipBlocksLater(platform, this.tar(epoch));
  }

  /** The gzip'd tar. */
  pack(platform: Platform, epoch?: number): Uint8Array {
    return concat([...gzipBlocks(platform, this.tar(epoch))]);
  }
}

/** A time after this needs the larger format of a tar, whatever it is set to afterwards. Seconds. */
const LAST_TIME = 2 ** 33 - 1;

/** Do the entries make the same tar, with times later than *epoch* set to it? */
function isSameTar(a: readonly LayerEntry[], b: readonly LayerEntry[], epoch: number | undefined): boolean {
  const isClamped = (time: number): boolean =>
    epoch !== undefined && time >= Math.max(epoch, 0) && time <= LAST_TIME;
  return (
    a.length === b.length &&
    a.every((x, i) => {
      const y = b[i]!;
      return (
        x.name === y.name &&
        x.type === y.type &&
        x.mode === y.mode &&
        x.uid === y.uid &&
        x.gid === y.gid &&
        x.size === y.size &&
        (x.mtime === y.mtime || (isClamped(x.mtime) && isClamped(y.mtime))) &&
        x.linkname === y.linkname &&
        x.devmajor === y.devmajor &&
        x.devminor === y.devminor &&
        x.xattrs === y.xattrs &&
        x.content === y.content
      );
    })
  );
}

async function blobOf(platform: Platform, { diffId }: LayerDigests, packed: Pieces): Promise<LayerBlob> {
  const hash = platform.sha256();
  let size = 0;
  for await (const piece of packed) {
    hash.update(piece);
    size += piece.length;
  }
  return { diffId, digest: "sha256:" + hash.hex(), size, mediaType: LAYER_MEDIA_TYPE };
}

export type Layer = BaseLayer | StepLayer;

/** The layers of a file system, top one first. Shared by all that is built on them. */
export interface LayerChain {
  readonly layer: Layer;
  readonly below?: LayerChain;
  readonly depth: number;
}

/** *chain* with one layer more. */
export function pushLayer(below: LayerChain | undefined, layer: Layer): LayerChain {
  return { layer, below, depth: (below?.depth ?? 0) + 1 };
}

/** Bottom layer first. */
export function layersOf(chain: LayerChain | undefined): Layer[] {
  const layers: Layer[] = [];
  for (let at = chain; at; at = at.below) layers.push(at.layer);
  return layers.reverse();
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
