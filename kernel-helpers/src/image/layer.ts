/** One layer of a file system: what it adds, computed only when somebody asks. */

import { diffLayers, hashLayer, type LayerEntry, layerTar } from "../filesystem";
import type { Snapshot } from "../platform/files";
import { type Platform, sha256Digest } from "../platform/platform";

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

/** How much smaller gzip makes an ordinary layer: only for layers whose bytes are not known. */
const ASSUMED_RATIO = 0.38;

/** A layer of a base image: known by its digests, never packed again. */
export interface BaseLayer {
  readonly kind: "base";
  readonly diffId: string;
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
  /** The gzip'd tar, when the base is at hand; absent for a catalog image. */
  readonly blob?: () => Uint8Array;
  /** Bytes of the files in it, when only that is known (catalog). */
  readonly contentBytes?: number;
}

/** A layer that a step made: the difference of two trees. */
export class StepLayer {
  readonly kind = "step";
  private cachedEntries: readonly LayerEntry[] | undefined;
  private readonly digests = new Map<number | undefined, LayerDigests>();
  private readonly blobs = new Map<number | undefined, LayerBlob>();
  private unknown = false;

  /** *createdAt*: seconds since 1970; *description*: what history says when the Dockerfile gives no entry. */
  constructor(
    private readonly trees: { readonly lower: Snapshot; readonly upper: Snapshot } | readonly LayerEntry[],
    readonly createdAt: number,
    readonly description: string,
  ) {}

  /** What the layer adds, in tar order, with mtimes as they are (not clamped). */
  entries(): readonly LayerEntry[] {
    this.cachedEntries ??= "lower" in this.trees ? diffLayers(this.trees.lower, this.trees.upper) : this.trees;
    return this.cachedEntries;
  }

  /** Bytes of the files in it. */
  contentBytes(): number {
    let bytes = 0;
    for (const entry of this.entries()) bytes += entry.size;
    return bytes;
  }

  /** Does it hold a file of which only the size is known? Then its digests are made of names, sizes and modes. */
  get isUnknown(): boolean {
    return this.unknown;
  }

  /** diffID and size, with mtimes later than *epoch* (seconds) set to it. */
  digest(platform: Platform, epoch?: number): LayerDigests {
    let digests = this.digests.get(epoch);
    if (!digests) {
      digests = this.hash(platform, epoch);
      this.digests.set(epoch, digests);
    }
    return digests;
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
        return { ...entry, mtime: Math.min(mtime, epoch ?? mtime), digest: content?.digest ?? content?.standIn };
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
        return { diffId, digest: sha256Digest(platform, `gzip ${diffId}`), size, mediaType: LAYER_MEDIA_TYPE };
      }
      const bytes = this.pack(platform, epoch);
      blob = { diffId, digest: sha256Digest(platform, bytes), size: bytes.length, mediaType: LAYER_MEDIA_TYPE };
      this.blobs.set(epoch, blob);
    }
    return blob;
  }

  /** The gzip'd tar. */
  pack(platform: Platform, epoch?: number): Uint8Array {
    return platform.gzip(concat([...layerTar(this.entries(), { epoch })]));
  }
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
