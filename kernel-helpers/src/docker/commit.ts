/** `docker commit`: a container's writable layer becomes the top layer of a new image, which can be run, saved, pushed and built on. */

import type { BuiltImage, HistoryEntry } from "../build";
import { lazyEntries } from "../build/layer-entries";
import type { StepResult } from "../build/step-result";
import {
  imageConfig,
  imageManifest,
  type LayerBlob,
  layersOf,
  pushLayer,
  rfc3339,
  StepLayer,
} from "../image";
import { sha256Digest } from "../platform/platform";
import type { Container, DockerEngine, EngineImage } from "./engine";

/** What a commit says of itself. *name*: canonical; without one the image has only its id. */
export interface CommitOptions {
  readonly name?: string | undefined;
  /** The config of the new image: what the container is, with what was changed. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly author?: string | undefined;
  readonly message?: string | undefined;
}

/** Makes the image and keeps it with the others. The container stays as it is. */
export async function commitContainer(
  engine: DockerEngine,
  container: Container,
  { name, config: changed, author, message }: CommitOptions,
): Promise<EngineImage> {
  const { lab } = engine;
  const { image, base, fs } = container;
  const now = lab.now();
  const command = container.command.join(" ");
  const layer = new StepLayer({ lower: base, upper: fs }, now, command);
  const below = await image.chain();
  const result: StepResult = {
    id: `commit of ${container.id} at ${now}`,
    snapshot: fs,
    layers: pushLayer(below, layer),
    createdAt: now,
    duration: 0,
  };
  const own = layer.compressed(lab.platform);
  const { uncompressed } = layer.digest(lab.platform);
  const types = layersOf(below).map((one) => (one.kind === "base" ? one.mediaType : own.mediaType));
  const blobs: LayerBlob[] = [
    ...image.layers.map(({ diffId, digest, size }, i) => ({
      diffId,
      digest,
      size,
      mediaType: types[i] ?? own.mediaType,
    })),
    own,
  ];
  const entry: HistoryEntry = {
    created: rfc3339(now),
    created_by: command,
    ...(author !== undefined && { author }),
    ...(message !== undefined && { comment: message }),
  };
  const config = imageConfig(lab.platform, {
    image: { ...image.config, config: changed, ...(author !== undefined && { author }) },
    history: [...image.history, entry],
    diffIds: blobs.map(({ diffId }) => diffId),
  });
  const manifestDigest = sha256Digest(lab.platform, imageManifest(config, blobs));
  const { diffId, digest, size } = own;
  const built: BuiltImage = {
    config: config.config,
    configDigest: config.digest,
    manifestDigest,
    history: config.history,
    layers: [
      ...image.layers,
      lazyEntries({ diffId, digest, size, uncompressed, fromBase: false }, layer, lab.platform, undefined),
    ],
    platform: `${String(image.config["os"] ?? "linux")}/${String(image.config["architecture"] ?? "amd64")}`,
    ...((image.unknownContents || layer.isUnknown) && { unknownContents: true }),
  };
  const key = name ?? manifestDigest;
  await lab.shelf.put(key, built, result, now);
  const named = lab.shelf.get(key)!;
  engine.shelved(named);
  return engine.images.get(manifestDigest)!;
}
