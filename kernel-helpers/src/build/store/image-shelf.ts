/** The images that were built and named: what `docker images` lists, and what a later FROM can start from. */

import { emptySnapshot } from "../../filesystem";
import type { PlatformSpec } from "../../graph/types";
import type { BaseImage, ImageSource } from "../../image/base-image";
import { type ImportedImage, openImported } from "../../image/import-archive";
import { type BaseLayer, layersOf } from "../../image/layer";
import { UnpackedChains } from "../../image/oci-layout";
import { type Descriptor, type PackedImage, packImage } from "../../image/packed-image";
import { type ByteSource, bytesSource, piecesOf } from "../../platform/bytes";
import type { Snapshot } from "../../platform/files";
import type { KeyValueStore, Platform } from "../../platform/platform";
import type { StepResult } from "../step-result";
import { lazyEntries } from "../layer-entries";
import type { BuiltImage, ImageLayer } from "../types";
import { bytesOf, contentBytesOf, mediaTypeOf, packBuilt } from "./built-image";
import { ImageBlobs } from "./image-blobs";
import { findImported, type Imported, importedFacts, platformOf } from "./imported-image";
import type { ResultStore, StoredResult } from "./stored-result";

export { packBuilt } from "./built-image";

/** An image with its name. */
export interface NamedImage {
  /** `docker.io/library/app:latest`; of an image without a name its manifest digest. */
  readonly name: string;
  readonly image: BuiltImage;
  /** Seconds since 1970: when it was built. */
  readonly builtAt: number;
  /** The root file system. */
  root(): Promise<Snapshot>;
}

interface Kept extends NamedImage {
  readonly result: StepResult | undefined;
  readonly imported?: Imported;
}

/** What is kept of a name. */
interface StoredImage {
  readonly name: string;
  readonly image: BuiltImage;
  readonly builtAt: number;
  readonly result?: StoredResult;
  readonly imported?: { readonly root: Descriptor; readonly digests: readonly string[] };
}

/** `app` → `docker.io/library/app:latest`, as docker names images. */
export function canonicalName(tag: string): string {
  const parts = tag.split("/");
  const hasDomain = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!);
  const name = hasDomain ? tag : parts.length > 1 ? `docker.io/${tag}` : `docker.io/library/${tag}`;
  return /:[^/]+$/.test(name) || name.includes("@") ? name : `${name}:latest`;
}

const PREFIX = "v1/image/";
/** Before the digest: what an image is kept under that has no name, because named ones stand on it. */
const BASE_PREFIX = "@";

/** Named images, in memory or in a store. */
export class ImageShelf implements ImageSource {
  /** What imported images are made of. */
  readonly blobs: ImageBlobs;
  private readonly images = new Map<string, Kept>();
  /** By digest: imported images without a name, on which named ones stand. */
  private readonly bases = new Map<string, Kept>();

  constructor(
    private readonly platform: Platform,
    private readonly store?: { readonly values: KeyValueStore; readonly results: ResultStore },
  ) {
    this.blobs = new ImageBlobs(platform, store?.values);
  }

  /** The store that keeps the images, and what stands on them; undefined in memory. */
  get values(): KeyValueStore | undefined {
    return this.store?.values;
  }

  /** Reads what the store keeps. */
  async open(): Promise<void> {
    if (!this.store) return;
    const { values, results } = this.store;
    const stored: StoredImage[] = [];
    for (const key of await values.keys(PREFIX)) {
      const value = await values.get(key);
      if (value) stored.push(JSON.parse(new TextDecoder().decode(value)) as StoredImage);
    }
    // Built images may stand on imported ones.
    for (const { name, image, builtAt, imported } of stored) {
      if (!imported) continue;
      const open = await this.openStored(name, imported.root, imported.digests, image);
      if (!open) continue;
      const kept = this.keptImport(name, image, builtAt, open);
      if (name.startsWith(BASE_PREFIX)) this.bases.set(imported.root.digest, kept);
      else this.images.set(name, kept);
    }
    // And on each other: those whose base is not there yet come in a later round.
    let waiting = stored.filter(({ imported }) => !imported);
    for (let before = -1; waiting.length !== before;) {
      before = waiting.length;
      waiting = waiting.filter(({ name, image, builtAt, result: kept }) => {
        const result = kept && results.open(kept);
        if (kept && !result) return true;
        this.images.set(name, keptOf(name, image, builtAt, result));
        return false;
      });
    }
  }

  /** An imported image of the store; undefined when its documents were lost. */
  private async openStored(
    name: string,
    root: Descriptor,
    digests: readonly string[],
    image: BuiltImage,
  ): Promise<Imported | undefined> {
    const blobs = new Map<string, ByteSource>();
    const tars = new Map<string, ByteSource>();
    const layers = new Map(image.layers.map((layer) => [layer.digest, layer]));
    const load = async (digest: string): Promise<void> => {
      const blob = blobs.get(digest) ?? (await this.blobs.open(digest));
      if (!blob) return;
      // Documents are read again and again: whole, and checked by their digest.
      blobs.set(digest, layers.has(digest) ? blob : bytesSource(blob.read(0, blob.size)));
    };
    for (const digest of digests) if (!layers.has(digest)) await load(digest);
    if (!blobs.has(root.digest)) return undefined;
    const chains = new UnpackedChains((layer) => tars.get(layer.diffId));
    return {
      root,
      digests,
      layout: openImported(this.platform, name, root, (digest) => blobs.get(digest), chains),
      ready: async () => {
        for (const digest of digests) if (!blobs.has(digest)) await load(digest);
        for (const { digest, diffId } of image.layers) {
          const blob = blobs.get(digest);
          const tar = blob && !tars.has(diffId) ? await this.blobs.tarOf({ diffId }, blob) : undefined;
          if (tar) tars.set(diffId, tar);
        }
      },
    };
  }

  /**
   * Names an imported image. Its blobs are kept as they are; those that are kept already (a pull's) are not written again. Gives
   * what is known of the image of linux/amd64, or of its first platform.
   */
  async putImported(name: string, from: ImportedImage, builtAt: number): Promise<NamedImage> {
    const { root, blobs, chains } = from;
    const digests = [...blobs.keys()];
    const checked = openImported(this.platform, name, root, (digest) => blobs.get(digest), chains);
    const image = importedFacts(checked, name, from);
    for (const [digest, bytes] of blobs)
      if (!(await this.blobs.open(digest))) await this.blobs.put(digest, piecesOf(bytes));
    const imported = await this.openStored(name, root, digests, image);
    if (!imported) throw new Error(`LB_STORE_LOST: ${root.digest}`);
    const kept = this.keptImport(name, image, builtAt, imported);
    await this.release(this.images.get(name), root.digest);
    this.images.set(name, kept);
    if (this.store) await this.write({ name, image, builtAt, imported: { root, digests } });
    return kept;
  }

  private keptImport(name: string, image: BuiltImage, builtAt: number, imported: Imported): Kept {
    const root = async (): Promise<Snapshot> => {
      await imported.ready();
      const base = imported.layout.find(name, platformOf(image));
      return "error" in base ? emptySnapshot() : base.snapshot();
    };
    return { name, image, builtAt, result: undefined, imported, root };
  }

  /** The image as it can be written to an archive. Rejects with ImageTransferError (`LB_CATALOG_IMAGE`); undefined when there is no such name. */
  async pack(name: string): Promise<PackedImage | undefined> {
    const kept = this.images.get(name);
    if (!kept) return undefined;
    if (kept.imported) {
      await kept.imported.ready();
      return kept.imported.layout.pack(kept.imported.root);
    }
    return packBuilt(this.platform, name, kept.image, kept.result, (ref) => this.prepare(ref));
  }

  private async write(stored: StoredImage): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify(stored));
    await this.store!.values.put(this.keyOf(stored.name), text);
  }

  /** Names an image; the one that had the name before loses it. */
  async put(name: string, image: BuiltImage, result: StepResult | undefined, builtAt: number): Promise<void> {
    const before = this.images.get(name);
    this.images.set(name, keptOf(name, image, builtAt, result));
    if (!this.store) return;
    // What was built again out of the cache is kept already.
    const isKept = before?.image.manifestDigest === image.manifestDigest && !before.imported;
    if (isKept && !before.result === !result) return;
    const bare = { ...image, layers: image.layers.map(({ entries: _, ...layer }) => layer) };
    const stored = {
      name,
      image: bare,
      builtAt,
      ...(result && { result: await this.store.results.put(result) }),
    };
    await this.write(stored);
  }

  /** Gives the image *existing* the further name *name*. False when there is no such image. */
  async alias(existing: string, name: string): Promise<boolean> {
    const kept = this.images.get(existing);
    if (!kept) return false;
    const { image, result, builtAt, imported } = kept;
    if (!imported) await this.put(name, image, result, builtAt);
    else {
      // The layout of the old name answers to that name only.
      const { root, digests } = imported;
      const again = await this.openStored(name, root, digests, image);
      if (!again) return false;
      this.images.set(name, this.keptImport(name, image, builtAt, again));
      if (this.store) await this.write({ name, image, builtAt, imported: { root, digests } });
    }
    return true;
  }

  /** Takes the name off an image. False when there is no such name. */
  async remove(name: string): Promise<boolean> {
    const kept = this.images.get(name);
    if (!kept) return false;
    this.images.delete(name);
    await this.store?.values.delete(this.keyOf(name));
    await this.release(kept);
    for (const [digest, base] of [...this.bases]) {
      if (this.isBase(digest)) continue;
      this.bases.delete(digest);
      await this.store?.values.delete(this.keyOf(base.name));
    }
    if (kept.imported || kept.result) await this.sweep();
    return true;
  }

  /** Does a named image stand on the imported one of this digest? */
  private isBase(digest: string): boolean {
    return [...this.images.values()].some(({ result }) =>
      layersOf(result?.layers).some((layer) => layer.kind === "base" && layer.origin.digest === digest),
    );
  }

  /** An imported image loses its name (to the image of *newDigest*): it stays without one while others stand on it, as layers do in docker. */
  private async release(kept: Kept | undefined, newDigest?: string): Promise<void> {
    if (!kept?.imported) return;
    const { root, digests } = kept.imported;
    const isNamed = [...this.images.values()].some(
      (other) => other !== kept && other.imported?.root.digest === root.digest,
    );
    if (root.digest === newDigest || isNamed || !this.isBase(root.digest)) return;
    const { image, builtAt } = kept;
    const name = BASE_PREFIX + root.digest;
    const imported = await this.openStored(name, root, digests, image);
    if (!imported) return;
    this.bases.set(root.digest, this.keptImport(name, image, builtAt, imported));
    if (this.store) await this.write({ name, image, builtAt, imported: { root, digests } });
  }

  /** Removes blobs that no image has. With *tarsOnly* those that a broken-off pull fetched stay for the next one. */
  async sweep(tarsOnly = false): Promise<void> {
    const used = new Set<string>();
    for (const { imported, image } of [...this.images.values(), ...this.bases.values()]) {
      if (!imported) continue;
      for (const digest of imported.digests) used.add(digest);
      for (const { diffId } of image.layers) used.add(diffId);
    }
    await this.blobs.sweep(used, tarsOnly);
  }

  get(name: string): NamedImage | undefined {
    return this.images.get(name);
  }

  /** An image with the files of its own layers, also when they lie in the store; undefined when there is no such name. */
  async whole(name: string): Promise<BuiltImage | undefined> {
    const kept = this.images.get(name);
    if (!kept) return undefined;
    const chain = layersOf(kept.result?.layers);
    const below = kept.image.layers.length - chain.length;
    const layers: ImageLayer[] = [];
    for (const [i, layer] of kept.image.layers.entries()) {
      const source = chain[i - below];
      if (layer.fromBase || layer.entries || source?.kind !== "step") layers.push(layer);
      else {
        await source.ready(true);
        layers.push(lazyEntries(layer, source, this.platform, undefined));
      }
    }
    return { ...kept.image, layers };
  }

  /** What the image of a manifest digest is made of; undefined when it has no name. */
  resultOf(manifestDigest: string): StepResult | undefined {
    return [...this.images.values()].find(({ image }) => image.manifestDigest === manifestDigest)?.result;
  }

  /** Newest first. */
  all(): readonly NamedImage[] {
    return [...this.images.values()].sort((a, b) => b.builtAt - a.builtAt);
  }

  private keyOf(name: string): string {
    return PREFIX + this.platform.sha256Hex(name);
  }

  /** An image pulled by digest has its name with the digest; others are found by their tag, and then checked. */
  private keptFor(ref: string): Kept | undefined {
    const [name = "", digest] = ref.split("@");
    const kept = this.images.get(ref) ?? this.images.get(name);
    const isOther = digest !== undefined && kept?.imported?.root.digest !== digest;
    return isOther ? (this.bases.get(digest) ?? kept) : kept;
  }

  /** Fetches the files of an image, so that `find` can give it. */
  async prepare(ref: string): Promise<void> {
    const kept = this.keptFor(ref);
    await kept?.imported?.ready();
    await kept?.result?.ready?.();
  }

  find(ref: string, platform: PlatformSpec): BaseImage | { readonly error: string } {
    const kept = this.keptFor(ref);
    if (kept?.imported) return findImported(kept, kept.imported, ref, platform);
    const isOther =
      kept &&
      kept.image.platform !==
        `${platform.os}/${platform.architecture}${platform.variant ? `/${platform.variant}` : ""}`;
    if (!kept || isOther) return { error: `${ref}: not found` };
    const { image, result } = kept;
    const origin = { ref: kept.name, digest: image.manifestDigest, platform };
    const chain = layersOf(result?.layers);
    const layers = image.layers.map((layer, i): BaseLayer => ({
      kind: "base",
      diffId: layer.diffId,
      digest: layer.digest,
      size: layer.size,
      mediaType: mediaTypeOf(chain[i]),
      contentBytes: contentBytesOf(chain[i]),
      ...(!image.unknownContents && chain[i] && bytesOf(chain[i], this.platform, layer.digest)),
      origin,
    }));
    const config = {
      ...image.config,
      rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
      history: image.history,
    };
    return {
      digest: image.manifestDigest,
      manifestDigest: image.manifestDigest,
      config,
      layers,
      snapshot: () => result?.snapshot ?? emptySnapshot(),
      catalog: image.unknownContents ?? false,
      ...(!image.unknownContents && {
        pack: () => packImage(this.platform, { ...image, name: kept.name, chain }),
      }),
    };
  }
}

function keptOf(name: string, image: BuiltImage, builtAt: number, result: StepResult | undefined): Kept {
  return {
    name,
    image,
    builtAt,
    result,
    async root() {
      await result?.ready?.();
      return result?.snapshot ?? emptySnapshot();
    },
  };
}
