/** A built image on the shelf: its layers as those of a base, and as they are packed. */

import { type BaseLayer, type Layer, LAYER_MEDIA_TYPE, type LayerOrigin, layersOf } from "../../image/layer";
import { catalogRefusal, type PackedImage, packImage } from "../../image/packed-image";
import { bytesSource, type Pieces } from "../../platform/bytes";
import type { Platform } from "../../platform/platform";
import type { StepResult } from "../step-result";
import type { BuiltImage } from "../types";

/** Bytes of the files in *layer*, if they are known. */
export function contentBytesOf(layer: Layer | undefined): number | undefined {
  return layer?.kind === "step" ? layer.contentBytes() : layer?.contentBytes;
}

/** How *layer* is packed; one that a step made: as every one made here. */
export function mediaTypeOf(layer: Layer | undefined): string {
  return layer?.kind === "base" ? layer.mediaType : LAYER_MEDIA_TYPE;
}

/** Where the bytes of *layer* are, for an image that stands on it. */
export function bytesOf(
  layer: Layer,
  platform: Platform,
  digest: string,
): Pick<BaseLayer, "blob" | "pieces" | "tar"> {
  if (layer.kind === "base") {
    const { blob, pieces, tar } = layer;
    return { ...(blob && { blob }), ...(pieces && { pieces }), ...(tar && { tar }) };
  }
  const epoch = layer.epochOf(digest);
  return {
    blob: () => bytesSource(layer.pack(platform, epoch)),
    pieces: (): Pieces => layer.packed(platform, epoch),
    tar: () => layer.tar(epoch),
  };
}

/** A built image as it can be written. *prepare* fetches what the layers of a base image need. */
export async function packBuilt(
  platform: Platform,
  name: string,
  image: BuiltImage,
  result: StepResult | undefined,
  prepare: (ref: string) => Promise<void>,
): Promise<PackedImage> {
  const chain = layersOf(result?.layers);
  if (image.unknownContents) {
    const base = chain.find((layer) => layer.kind === "base");
    throw catalogRefusal(name, base?.kind === "base" ? base.origin.ref : name);
  }
  await result?.ready?.();
  for (const layer of chain) {
    if (layer.kind === "step") await layer.ready(true);
    else await prepare(referenceOf(layer.origin));
  }
  return packImage(platform, { ...image, name, chain });
}

/** A base with its digest: its name may have moved on. */
function referenceOf({ ref, digest }: LayerOrigin): string {
  return `${ref.replace(/@.*$/, "")}@${digest}`;
}
