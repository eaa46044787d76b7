/** An image as the documents and blobs that it is stored and sent as: what exports write and imports read. */

import { type Pieces, piecesOf } from "../platform/bytes";
import { type Platform, sha256Digest } from "../platform/platform";
import { configText, imageManifest } from "./image-config";
import { gzipBlocksLater } from "./gzip-blocks";
import { type Layer } from "./layer";
import { type Packing, unpackedPieces } from "./packing";

/** A descriptor of the OCI image format. *size*: bytes. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
}

/** A blob that is read only when it is written somewhere. *pieces* give bytes with exactly this digest, or reject at their end. */
export interface PackedBlob extends Descriptor {
  pieces(): Pieces;
}

/** A small blob: a config. */
export interface PackedDocument extends PackedBlob {
  read(): Uint8Array;
}

/** A layer; its bytes are a tar, gzip'd where the media type says so. */
export interface PackedLayer extends PackedBlob {
  readonly diffId: string;
  /** Bytes of the tar, where known. */
  readonly unpackedSize?: number;
  /** The tar in pieces, where that is at hand without undoing gzip. */
  readonly tar?: () => Iterable<Uint8Array>;
}

/** A document with its bytes. */
export function packedDocument(descriptor: Descriptor, bytes: Uint8Array): PackedDocument {
  return { ...descriptor, read: () => bytes, pieces: () => [bytes] };
}

/** The image of one platform. */
export interface PackedManifest {
  readonly descriptor: Descriptor;
  readonly text: Uint8Array;
  readonly config: PackedDocument;
  /** Bottom layer first. */
  readonly layers: readonly PackedLayer[];
}

/** An image of one or several platforms. */
export interface PackedImage {
  /** What the name stands for: the manifest, or the index when there is one. */
  readonly root: Descriptor;
  /** The index of a multi-platform image. */
  readonly index?: Uint8Array;
  readonly manifests: readonly PackedManifest[];
}

/**
 * An image that cannot be written or read. *code*: `LB_CATALOG_IMAGE` (a layer is known by its size only), `LB_LAYER_CHANGED`,
 * `LB_IMAGE_CHANGED` (the bytes packed again have another digest), `LB_ARCHIVE_…` (an import: see import-archive.ts).
 */
export class ImageTransferError extends Error {
  override readonly name = "ImageTransferError";
  constructor(
    readonly code: `LB_${string}`,
    readonly sentence: { readonly ko: string; readonly en: string },
    options?: ErrorOptions,
  ) {
    super(`${sentence.en} / ${sentence.ko}`, options);
  }
}

export const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
export const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
export const TAR_TYPE = "application/vnd.oci.image.layer.v1.tar";
export const TAR_GZIP_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
export const TAR_ZSTD_TYPE = "application/vnd.oci.image.layer.v1.tar+zstd";

/** What is needed of a built image to write it. */
export interface ImageToPack {
  /** As people say it: for refusals. */
  readonly name: string;
  /** Without rootfs and history. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly configDigest: string;
  readonly manifestDigest: string;
  readonly history: readonly object[];
  readonly layers: readonly {
    readonly diffId: string;
    readonly digest: string;
    readonly size: number;
    readonly uncompressed: number;
  }[];
  /** The layers with their contents (loaded), in the same order. */
  readonly chain: readonly Layer[];
}

/** The refusal of an image whose base is only an entry of the catalog. */
export function catalogRefusal(name: string, base: string): ImageTransferError {
  const bare = base.replace(/^docker\.io\/(library\/)?/, "");
  return new ImageTransferError("LB_CATALOG_IMAGE", {
    en: `${name} cannot be exported: of its base ${bare} only sizes and digests are known here, not the files. Import the real one (with Docker at hand: docker save -o base.tar ${bare}; here: layerbook import base.tar), then build again`,
    ko: `${name}은(는) 내보낼 수 없습니다: 베이스 ${bare}는 카탈로그에 크기와 다이제스트만 있고 파일이 없습니다. 실제 베이스를 가져온 뒤(Docker가 있는 곳에서 docker save -o base.tar ${bare}, 여기서 layerbook import base.tar) 다시 빌드하세요`,
  });
}

/** The image with its documents, checked against the digests it was built with. Throws ImageTransferError. */
export function packImage(platform: Platform, image: ImageToPack): PackedImage {
  const { name, chain } = image;
  for (const layer of chain) {
    if (layer.kind === "base" && !layer.blob) throw catalogRefusal(name, layer.origin.ref);
    if (layer.kind === "step" && layer.isUnknown) {
      const base = chain.find((below) => below.kind === "base");
      throw catalogRefusal(name, base?.kind === "base" ? base.origin.ref : layer.description);
    }
  }
  const encoder = new TextEncoder();
  const config = encoder.encode(
    configText(
      image.config,
      image.history,
      image.layers.map(({ diffId }) => diffId),
    ),
  );
  const layers = chain.map((layer, i): PackedLayer => {
    const { diffId, digest, size, uncompressed } = image.layers[i]!;
    const mediaType = layer.kind === "base" ? layer.mediaType : TAR_GZIP_TYPE;
    const epoch = layer.kind === "step" ? layer.epochOf(digest) : undefined;
    const bytes = (): Pieces =>
      layer.kind === "step" ? layer.packed(platform, epoch) : (layer.pieces?.() ?? piecesOf(layer.blob!()));
    const tar = layer.kind === "step" ? (): Iterable<Uint8Array> => layer.tar(epoch) : layer.tar;
    return {
      mediaType,
      digest,
      size,
      diffId,
      ...(layer.kind === "step" && { unpackedSize: uncompressed }),
      ...(tar && { tar }),
      pieces: () => checkedPieces(platform, bytes(), digest, (actual) => layerChanged(name, digest, actual)),
    };
  });
  const configDigest = sha256Digest(platform, config);
  const text = encoder.encode(
    imageManifest(
      { digest: configDigest, text: new TextDecoder().decode(config), history: [], config: {} },
      layers,
    ),
  );
  const digest = sha256Digest(platform, text);
  if (configDigest !== image.configDigest || digest !== image.manifestDigest) {
    throw new ImageTransferError("LB_IMAGE_CHANGED", {
      en: `${name}: the image written again would be ${digest}, not ${image.manifestDigest}; build it again`,
      ko: `${name}: 다시 쓴 이미지가 ${image.manifestDigest}이(가) 아니라 ${digest}입니다. 다시 빌드하세요`,
    });
  }
  const descriptor = { mediaType: MANIFEST_TYPE, digest, size: text.length };
  return {
    root: descriptor,
    manifests: [
      {
        descriptor,
        text,
        config: packedDocument({ mediaType: CONFIG_TYPE, digest: configDigest, size: config.length }, config),
        layers,
      },
    ],
  };
}

function layerChanged(name: string, digest: string, actual: string): ImageTransferError {
  return new ImageTransferError("LB_LAYER_CHANGED", {
    en: `${name}: layer ${digest} now packs to ${actual} (another version of zlib, or a damaged store); build the image again`,
    ko: `${name}: 레이어 ${digest}을(를) 다시 압축하니 ${actual}이(가) 되었습니다(zlib 버전이 다르거나 저장소가 손상됨). 다시 빌드하세요`,
  });
}

/** *pieces* as they are; rejects with what *refusal* gives when, at their end, they do not have *digest*. */
export async function* checkedPieces(
  platform: Platform,
  pieces: Pieces,
  digest: string,
  refusal: (actual: string) => Error,
): AsyncGenerator<Uint8Array> {
  const hash = platform.sha256();
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
  const actual = "sha256:" + hash.hex();
  if (actual !== digest) throw refusal(actual);
}

/** How the layers of an export are: as they are, all plain tars, or all gzip'd. Anything but `keep` may change the manifest's digest; the config's stays. */
export type LayerForm = "keep" | "tar" | "gzip";

/** *image* with its layers in the form *form*; the same object when nothing changes. */
export async function withLayers(
  platform: Platform,
  image: PackedImage,
  form: LayerForm,
): Promise<PackedImage> {
  if (form === "keep") return image;
  const manifests: PackedManifest[] = [];
  for (const manifest of image.manifests) manifests.push(await reformed(platform, manifest, form));
  if (manifests.every((manifest, i) => manifest === image.manifests[i])) return image;
  if (!image.index) return { root: manifests[0]!.descriptor, manifests };
  const renamed = new Map(
    image.manifests.map(({ descriptor }, i) => [descriptor.digest, manifests[i]!.descriptor]),
  );
  const index = JSON.parse(new TextDecoder().decode(image.index)) as { manifests: readonly Descriptor[] };
  const text = json({
    ...index,
    manifests: index.manifests.map((entry) => {
      const changed = renamed.get(entry.digest);
      return changed ? { ...entry, digest: changed.digest, size: changed.size } : entry;
    }),
  });
  return {
    root: { ...image.root, digest: sha256Digest(platform, text), size: text.length },
    index: text,
    manifests,
  };
}

async function reformed(
  platform: Platform,
  manifest: PackedManifest,
  form: "tar" | "gzip",
): Promise<PackedManifest> {
  const isRight = (layer: Descriptor): boolean =>
    typePacking(layer.mediaType) === (form === "gzip" ? "gzip" : "none");
  if (manifest.layers.every(isRight)) return manifest;
  const layers: PackedLayer[] = [];
  for (const layer of manifest.layers) {
    if (isRight(layer)) layers.push(layer);
    else layers.push(await (form === "tar" ? plainLayer : gzipLayer)(platform, layer));
  }
  const old = JSON.parse(new TextDecoder().decode(manifest.text)) as Record<string, unknown>;
  const text = json({
    ...old,
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType, digest, size })),
  });
  const descriptor = { ...manifest.descriptor, digest: sha256Digest(platform, text), size: text.length };
  return { ...manifest, descriptor, text, layers };
}

const typeLike = (layer: Descriptor, docker: string, oci: string): string =>
  layer.mediaType.includes("docker") ? docker : oci;

function typePacking(mediaType: string): Packing {
  return mediaType.endsWith("gzip") ? "gzip" : mediaType.endsWith("zstd") ? "zstd" : "none";
}

/** The tar of *layer*. */
function tarPieces(platform: Platform, layer: PackedLayer): Pieces {
  return layer.tar?.() ?? unpackedPieces(platform, layer.pieces(), typePacking(layer.mediaType));
}

/** A packed layer as a plain tar: its digest is the diffID, its size known or counted. */
async function plainLayer(platform: Platform, layer: PackedLayer): Promise<PackedLayer> {
  const { diffId } = layer;
  const pieces = (): AsyncGenerator<Uint8Array> =>
    checkedPieces(platform, tarPieces(platform, layer), diffId, (actual) =>
      layerChanged("tar", diffId, actual),
    );
  const size = layer.unpackedSize ?? (await measured(platform, pieces())).size;
  const mediaType = typeLike(layer, "application/vnd.docker.image.rootfs.diff.tar", TAR_TYPE);
  return { mediaType, digest: diffId, size, diffId, unpackedSize: size, pieces };
}

/** A layer gzip'd that is not: once to learn its digest, once more when it is written. */
async function gzipLayer(platform: Platform, layer: PackedLayer): Promise<PackedLayer> {
  const packed = (): AsyncGenerator<Uint8Array> => gzipBlocksLater(platform, tarPieces(platform, layer));
  const { digest, size } = await measured(platform, packed());
  const mediaType = typeLike(layer, "application/vnd.docker.image.rootfs.diff.tar.gzip", TAR_GZIP_TYPE);
  const pieces = (): AsyncGenerator<Uint8Array> =>
    checkedPieces(platform, packed(), digest, (actual) => layerChanged("gzip", digest, actual));
  const unpackedSize = typePacking(layer.mediaType) === "none" ? layer.size : layer.unpackedSize;
  return {
    mediaType,
    digest,
    size,
    diffId: layer.diffId,
    ...(unpackedSize !== undefined && { unpackedSize }),
    pieces,
  };
}

async function measured(platform: Platform, pieces: Pieces): Promise<{ digest: string; size: number }> {
  const hash = platform.sha256();
  let size = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    size += piece.length;
  }
  return { digest: "sha256:" + hash.hex(), size };
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 2));
}
