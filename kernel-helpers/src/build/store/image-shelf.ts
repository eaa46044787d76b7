/** The images that were built and named: what `docker images` lists, and what a later FROM can start from. */

import { emptySnapshot } from "../../filesystem";
import type { PlatformSpec } from "../../graph/types";
import type { BaseImage, ImageSource } from "../../image/base-image";
import { type BaseLayer, type Layer, layersOf } from "../../image/layer";
import type { Snapshot } from "../../platform/files";
import type { KeyValueStore, Platform } from "../../platform/platform";
import type { StepResult } from "../step-result";
import type { BuiltImage } from "../types";
import type { ResultStore, StoredResult } from "./stored-result";

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
}

/** `app` → `docker.io/library/app:latest`, as docker names images. */
export function canonicalName(tag: string): string {
  const parts = tag.split("/");
  const hasDomain = parts.length > 1 && /[.:]|^localhost$/.test(parts[0]!);
  const name = hasDomain ? tag : parts.length > 1 ? `docker.io/${tag}` : `docker.io/library/${tag}`;
  return /:[^/]+$/.test(name) || name.includes("@") ? name : `${name}:latest`;
}

const PREFIX = "v1/image/";

/** Named images, in memory or in a store. */
export class ImageShelf implements ImageSource {
  private readonly images = new Map<string, Kept>();

  constructor(
    private readonly platform: Platform,
    private readonly store?: { readonly values: KeyValueStore; readonly results: ResultStore },
  ) {}

  /** Reads what the store keeps. */
  async open(): Promise<void> {
    if (!this.store) return;
    for (const key of await this.store.values.keys()) {
      if (!key.startsWith(PREFIX)) continue;
      const value = await this.store.values.get(key);
      if (!value) continue;
      const stored = JSON.parse(new TextDecoder().decode(value)) as {
        readonly name: string;
        readonly image: BuiltImage;
        readonly builtAt: number;
        readonly result?: StoredResult;
      };
      const result = stored.result && this.store.results.open(stored.result);
      if (stored.result && !result) continue;
      this.images.set(stored.name, keptOf(stored.name, stored.image, stored.builtAt, result));
    }
  }

  /** Names an image; the one that had the name before loses it. */
  async put(name: string, image: BuiltImage, result: StepResult | undefined, builtAt: number): Promise<void> {
    this.images.set(name, keptOf(name, image, builtAt, result));
    if (!this.store) return;
    const bare = { ...image, layers: image.layers.map(({ entries: _, ...layer }) => layer) };
    const stored = {
      name,
      image: bare,
      builtAt,
      ...(result && { result: await this.store.results.put(result) }),
    };
    await this.store.values.put(this.keyOf(name), new TextEncoder().encode(JSON.stringify(stored)));
  }

  /** Gives the image *existing* the further name *name*. False when there is no such image. */
  async alias(existing: string, name: string): Promise<boolean> {
    const kept = this.images.get(existing);
    if (!kept) return false;
    await this.put(name, kept.image, kept.result, kept.builtAt);
    return true;
  }

  /** Takes the name off an image. False when there is no such name. */
  async remove(name: string): Promise<boolean> {
    if (!this.images.delete(name)) return false;
    await this.store?.values.delete(this.keyOf(name));
    return true;
  }

  get(name: string): NamedImage | undefined {
    return this.images.get(name);
  }

  /** Newest first. */
  all(): readonly NamedImage[] {
    return [...this.images.values()].sort((a, b) => b.builtAt - a.builtAt);
  }

  private keyOf(name: string): string {
    return PREFIX + this.platform.sha256Hex(name);
  }

  /** Fetches the files of an image, so that `find` can give it. */
  async prepare(ref: string): Promise<void> {
    await this.images.get(ref)?.result?.ready?.();
  }

  find(ref: string, platform: PlatformSpec): BaseImage | { readonly error: string } {
    const kept = this.images.get(ref.replace(/@.*$/, ""));
    const isOther =
      kept &&
      kept.image.platform !==
        `${platform.os}/${platform.architecture}${platform.variant ? `/${platform.variant}` : ""}`;
    if (!kept || isOther) return { error: `${ref}: not found` };
    const { image, result } = kept;
    const origin = { ref: kept.name, digest: image.manifestDigest, platform };
    const epochLayers = layersOf(result?.layers);
    const layers = image.layers.map((layer, i): BaseLayer => ({
      kind: "base",
      diffId: layer.diffId,
      digest: layer.digest,
      size: layer.size,
      mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
      contentBytes: contentBytesOf(epochLayers[i]),
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
    };
  }
}

function contentBytesOf(layer: Layer | undefined): number | undefined {
  return layer?.kind === "step" ? layer.contentBytes() : layer?.contentBytes;
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
