/** Packs the result as an image: layers, config, manifest (BuildKit exporter/containerimage/writer.go, exporter/oci/export.go). */

import type { ConvertedTarget } from "../graph";
import {
  imageConfig,
  imageIndex,
  imageManifest,
  normalizeHistory,
  rfc3339,
  type ConfigHistory,
} from "../image/image-config";
import { type Layer, type LayerBlob, layersOf, StepLayer } from "../image/layer";
import { sha256Digest } from "../platform/platform";
import { DOCUMENT_TIME, exportTime } from "./durations";
import { baseLayer, lazyLayer } from "./layer-entries";
import { releaseContext } from "./run-local";
import type { Session } from "./session";
import { canonicalName } from "./store/image-shelf";
import type { StepResult } from "./step-result";
import type { BuiltImage, ImageLayer } from "./types";

/** An exported result. */
export interface Export {
  readonly images: readonly BuiltImage[];
  readonly indexDigest?: string;
  /** When the last row was done, ms. */
  readonly at: number;
}

/** The vertex that the exporter shows. */
const NAME = { buildctl: "exporting to oci image format", buildx: "exporting to image" } as const;

/** Packs *results* (one for each of *targets*, undefined for an empty root) from *at* on. */
export async function exportImages(
  session: Session,
  targets: readonly ConvertedTarget[],
  results: readonly (StepResult | undefined)[],
  at: number,
): Promise<Export> {
  const { timeline, world } = session;
  const { platform } = world;
  // An image that is nothing but the files of a context keeps them as they are.
  for (const { root } of targets) releaseContext(session, root?.vertex);
  const isMany = targets.length > 1;
  const epoch = targets[0]?.epoch;
  const digest = sha256Digest(platform, NAME[world.client]);
  timeline.add({ digest, name: NAME[world.client], inputs: [] }, at);
  timeline.start(digest, at);
  for (const result of results) {
    await layersReady(result, epoch);
    session.builder.pack(result?.layers);
  }
  const packed = targets.map((target, i) => packImage(session, target, results[i]));
  let now = at;
  const row = (id: string | (() => string), duration: number): void => {
    timeline.statusSpan(digest, id, now, now + duration);
    now += duration;
  };
  row("exporting layers", exportTime(packed.reduce((sum, { newBytes }) => sum + newBytes, 0)));
  if (epoch !== undefined)
    row(`rewriting layers with source-date-epoch ${epoch} (${goTime(epoch)})`, DOCUMENT_TIME);
  for (const { image } of packed) {
    row(() => `exporting manifest ${image.manifestDigest}`, DOCUMENT_TIME);
    row(`exporting config ${image.configDigest}`, DOCUMENT_TIME);
  }
  let indexDigest: string | undefined;
  if (isMany) {
    const index = imageIndex(
      packed.map(({ image, manifest }, i) => ({
        text: manifest(),
        digest: image.manifestDigest,
        platform: platformJson(targets[i]!),
      })),
    );
    indexDigest = sha256Digest(platform, index);
    row(`exporting manifest list ${indexDigest}`, DOCUMENT_TIME);
  }
  if (world.client === "buildctl") row("sending tarball", DOCUMENT_TIME);
  else {
    const names = session.options.tags ?? [];
    for (const name of names.map(canonicalName)) {
      row(`naming to ${name}`, DOCUMENT_TIME);
      row(`unpacking to ${name}`, DOCUMENT_TIME);
    }
    const top = (): string => indexDigest ?? packed[0]!.image.manifestDigest;
    if (names.length === 0) row(() => `naming to moby-dangling@${top()}`, DOCUMENT_TIME);
  }
  timeline.complete(digest, now);
  return {
    images: packed.map(({ image }) => image),
    ...(indexDigest !== undefined && { indexDigest }),
    at: now,
  };
}

/** Layers out of a store: their entries are needed for the record, their bytes only where no digest is known. */
async function layersReady(result: StepResult | undefined, epoch: number | undefined): Promise<void> {
  for (let chain = result?.layers; chain; chain = chain.below) {
    if (chain.layer.kind === "step") await chain.layer.ready(!chain.layer.isKnown(epoch));
  }
}

function packImage(
  session: Session,
  target: ConvertedTarget,
  result: StepResult | undefined,
): { readonly image: BuiltImage; readonly manifest: () => string; readonly newBytes: number } {
  const { platform } = session.world;
  const chain = layersOf(result?.layers);
  const { epoch } = target;
  const { layers, blobs, isUnknown } = packLayers(session, chain, epoch);
  const baseHistory = target.baseImage?.config["history"] as readonly ConfigHistory[] | undefined;
  const config = imageConfig(platform, {
    image: target.image,
    history: normalizeHistory(
      target.history.map(({ entry }) => entry),
      layerMetadata(chain, session.now),
    ),
    diffIds: layers.map(({ diffId }) => diffId),
    baseHistory,
    epoch,
  });
  // BuildKit compresses when it exports; here that is when somebody asks for what comes of it.
  let text: string | undefined;
  const manifest = (): string => (text ??= imageManifest(config, blobs()));
  let digest: string | undefined;
  const image: BuiltImage = {
    config: config.config,
    configDigest: config.digest,
    get manifestDigest() {
      return (digest ??= sha256Digest(platform, manifest()));
    },
    history: config.history,
    layers,
    platform: target.platformId,
    ...(isUnknown && { unknownContents: true }),
  };
  return {
    image,
    manifest,
    newBytes: layers.reduce((sum, layer) => sum + (layer.fromBase ? 0 : layer.uncompressed), 0),
  };
}

/** The layer without entries. Everybody's has the same bytes, so a base image's needs no download after one was packed here. */
const EMPTY_LAYER = {
  diffId: "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef",
  digest: "sha256:4f4fb700ef54461cfa02571ae0db9a0dc1e0cdb5577484a6d75e68dc38e8acc1",
} as const;

/** Digests of every layer. A layer that holds a file of which only the size is known has none of its own: it gets a stand-in, and the image says so. */
function packLayers(
  session: Session,
  chain: readonly Layer[],
  epoch: number | undefined,
): {
  layers: ImageLayer[];
  blobs: () => LayerBlob[];
  isUnknown: boolean;
} {
  const { platform } = session.world;
  let isUnknown = false;
  const layers = chain.map((layer): ImageLayer => {
    if (layer.kind === "base") {
      if (!layer.blob) isUnknown = true;
      const built = baseLayer(layer, session.builder.unpackedBytes);
      // Kept with the builder, so that no later process has to unpack it for that.
      if (session.builder.save) void built.uncompressed;
      return built;
    }
    const { diffId } = layer.digest(platform, epoch);
    if (diffId === EMPTY_LAYER.diffId) session.builder.blobs.add(EMPTY_LAYER.digest);
    if (layer.isUnknown) isUnknown = true;
    return lazyLayer(layer, platform, epoch);
  });
  const blobs = (): LayerBlob[] =>
    chain.map((layer) => {
      if (layer.kind === "step") return layer.compressed(platform, epoch);
      const { diffId, digest, size, mediaType } = layer;
      return { diffId, digest, size, mediaType };
    });
  return { layers, blobs, isUnknown };
}

function layerMetadata(chain: readonly Layer[], now: number): { createdAt: string; description: string }[] {
  return chain.map((layer) =>
    layer instanceof StepLayer
      ? { createdAt: rfc3339(layer.createdAt), description: layer.description }
      : { createdAt: rfc3339(now), description: "created by buildkit" },
  );
}

function platformJson(target: ConvertedTarget): Record<string, string> {
  const { architecture, os, variant } = target.platform;
  return { architecture, os, ...(variant !== undefined && { variant }) };
}

/** Go's `time.Time.String()` in UTC. */
function goTime(seconds: number): string {
  return rfc3339(seconds).replace("T", " ").replace("Z", "") + " +0000 UTC";
}
