/** Images out of OCI layouts: `oci-layout`, `index.json`, `blobs/sha256/…` in a directory or in a tar. */

import { applyLayer, emptySnapshot, readTar } from "../filesystem";
import type { PlatformSpec } from "../graph/types";
import { type ByteSource, piecesOf, toSource, wholeOf } from "../platform/bytes";
import type { Snapshot } from "../platform/files";
import type { Platform } from "../platform/platform";
import type { BaseImage, ImageSource } from "./base-image";
import { NAME_ANNOTATION, REF_ANNOTATION } from "./export-oci";
import type { BaseLayer } from "./layer";
import {
  checkedPieces,
  type Descriptor,
  packedDocument,
  type PackedImage,
  type PackedManifest,
} from "./packed-image";
import { packingOf } from "./packing";
import { unzstd } from "./unzstd";

/** The files of a layout by path (`index.json`, `blobs/sha256/…`); undefined when there is none. */
export type LayoutFiles = (path: string) => Uint8Array | ByteSource | undefined;

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** A layout that is broken; code `LB_BAD_LAYOUT`. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
  readonly code = "LB_BAD_LAYOUT";
  constructor(reason: string) {
    super(`not a usable OCI layout: ${reason} / 쓸 수 없는 OCI 레이아웃: ${reason}`);
  }
}

/** Opens a layout; its images are named by the annotation `io.containerd.image.name`, else `org.opencontainers.image.ref.name`. Throws LayoutError. */
export class OciLayout implements ImageSource {
  /** Canonical reference to descriptor. */
  readonly references = new Map<string, Descriptor>();
  private readonly images = new Map<string, BaseImage | { readonly error: string }>();

  constructor(
    private readonly files: LayoutFiles,
    private readonly machine: Platform,
    private readonly unpacked: UnpackedChains = new UnpackedChains(),
  ) {
    const index = this.json<{ manifests?: readonly Descriptor[] }>("index.json");
    if (!index) throw new LayoutError("index.json is missing");
    for (const descriptor of index.manifests ?? []) {
      const name = descriptor.annotations?.[NAME_ANNOTATION] ?? descriptor.annotations?.[REF_ANNOTATION];
      if (name !== undefined) this.references.set(name, descriptor);
      this.references.set("@" + descriptor.digest, descriptor);
    }
  }

  find(ref: string, platform: PlatformSpec): BaseImage | { readonly error: string } {
    const at = ref.indexOf("@");
    const descriptor =
      this.references.get(at < 0 ? ref : ref.slice(at)) ?? (at < 0 ? undefined : this.references.get(ref));
    if (!descriptor) return { error: `${ref}: not found` };
    const key = `${descriptor.digest} ${platformName(platform)}`;
    let image = this.images.get(key);
    if (!image) {
      image = this.open(descriptor, platform, ref);
      this.images.set(key, image);
    }
    return image;
  }

  private open(
    root: Descriptor,
    platform: PlatformSpec,
    ref: string,
  ): BaseImage | { readonly error: string } {
    const top = this.blobJson<Manifest & { manifests?: readonly Descriptor[] }>(root);
    let manifestDigest = root.digest;
    let manifest: Manifest = top;
    if (top.manifests) {
      const chosen = choosePlatform(top.manifests, platform);
      if (!chosen) return { error: `no match for platform in manifest: not found` };
      manifestDigest = chosen.digest;
      manifest = this.blobJson<Manifest>(chosen);
    }
    const config = this.blobJson<Record<string, unknown>>(manifest.config);
    const diffIds = (config["rootfs"] as { diff_ids?: readonly string[] } | undefined)?.diff_ids ?? [];
    if (diffIds.length !== manifest.layers.length)
      throw new LayoutError(`${ref}: layers and diff_ids differ in number`);
    const layers = manifest.layers.map((layer, i): BaseLayer => ({
      kind: "base",
      diffId: diffIds[i]!,
      digest: layer.digest,
      size: layer.size,
      mediaType: layer.mediaType,
      blob: () => this.source(layer),
      unpackedBytes: () => this.unpacked.sizeOf(layers[i]!, this.machine),
      origin: { ref, digest: root.digest, platform },
    }));
    const unpack = (): Snapshot => this.unpacked.snapshot(layers, this.machine);
    const pack = (): PackedImage => this.pack(root);
    return { digest: root.digest, manifestDigest, config, layers, snapshot: unpack, catalog: false, pack };
  }

  /** The image as it lies here, byte for byte. Of an index the platforms that are here; throws LayoutError when none is. */
  pack(root: Descriptor): PackedImage {
    const text = this.blob(root);
    const top = parse<{ manifests?: readonly Descriptor[] }>(text, root.digest);
    if (!top.manifests) return { root, manifests: [this.packManifest(root)] };
    const here = top.manifests.filter(({ digest }) => this.files("blobs/" + digest.replace(":", "/")));
    if (here.length === 0) throw new LayoutError(`no manifest of index ${root.digest} is here`);
    return { root, index: text, manifests: here.map((descriptor) => this.packManifest(descriptor)) };
  }

  private packManifest(descriptor: Descriptor): PackedManifest {
    const text = this.blob(descriptor);
    const manifest = parse<Manifest>(text, descriptor.digest);
    const config = this.blobJson<{ rootfs?: { diff_ids?: readonly string[] } }>(manifest.config);
    return {
      descriptor,
      text,
      config: packedDocument(manifest.config, this.blob(manifest.config)),
      layers: (manifest.layers ?? []).map((layer, i) => ({
        ...layer,
        diffId: config.rootfs?.diff_ids?.[i] ?? "",
        pieces: () =>
          checkedPieces(
            this.machine,
            piecesOf(this.source(layer)),
            layer.digest,
            (digest) => new LayoutError(`blob ${layer.digest} has the digest ${digest}`),
          ),
      })),
    };
  }

  /** A blob, not checked. */
  private source(descriptor: Descriptor): ByteSource {
    const bytes = this.files("blobs/" + descriptor.digest.replace(":", "/"));
    if (!bytes) throw new LayoutError(`blob ${descriptor.digest} is missing`);
    return toSource(bytes);
  }

  /** The bytes of a document, checked against its digest. */
  private blob(descriptor: Descriptor): Uint8Array {
    const bytes = wholeOf(this.source(descriptor));
    const digest = "sha256:" + this.machine.sha256Hex(bytes);
    if (digest !== descriptor.digest)
      throw new LayoutError(`blob ${descriptor.digest} has the digest ${digest}`);
    return bytes;
  }

  private blobJson<T>(descriptor: Descriptor): T {
    return parse<T>(this.blob(descriptor), descriptor.digest);
  }

  private json<T>(path: string): T | undefined {
    const bytes = this.files(path);
    return bytes && parse<T>(wholeOf(toSource(bytes)), path);
  }
}

function parse<T>(bytes: Uint8Array, name: string): T {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as T;
  } catch {
    throw new LayoutError(`${name} is not JSON`);
  }
}

/** File systems by chain of layers: images that share layers share the trees. */
export class UnpackedChains {
  private readonly chains = new Map<string, Snapshot>();
  /** By diffID. */
  private readonly sizes = new Map<string, number>();

  /** *unpack*: gives a layer's tar where it is at hand (checked); else the blob is checked, and unpacked in memory. */
  constructor(private readonly unpack?: (layer: BaseLayer) => ByteSource | undefined) {}

  /** The file system of *layers*. *entries*: most entries of a layer. Throws LayoutError for a blob with another digest. */
  snapshot(layers: readonly BaseLayer[], machine: Platform, entries?: number): Snapshot {
    let key = "";
    let tree = emptySnapshot();
    for (const layer of layers) {
      key += " " + layer.diffId;
      let next = this.chains.get(key);
      if (!next) {
        next = applyLayer(tree, readTar(this.tar(layer, machine), { entries }));
        this.chains.set(key, next);
      }
      tree = next;
    }
    return tree;
  }

  /** Bytes of the layer's tar. Throws LayoutError for a blob with another digest. */
  sizeOf(layer: BaseLayer, machine: Platform): number {
    if (!this.sizes.has(layer.diffId)) this.tar(layer, machine);
    return this.sizes.get(layer.diffId)!;
  }

  private tar(layer: BaseLayer, machine: Platform): Uint8Array | ByteSource {
    const tar = this.unpack?.(layer) ?? tarOf(layer, machine);
    this.sizes.set(layer.diffId, "length" in tar ? tar.length : tar.size);
    return tar;
  }
}

function tarOf(layer: BaseLayer, machine: Platform): Uint8Array | ByteSource {
  const source = layer.blob!();
  const packing = packingOf(source);
  const packed = packing === "none" ? undefined : wholeOf(source);
  const hash = machine.sha256();
  for (const piece of packed ? [packed] : piecesOf(source)) hash.update(piece);
  const digest = "sha256:" + hash.hex();
  if (digest !== layer.digest) throw new LayoutError(`blob ${layer.digest} has the digest ${digest}`);
  if (!packed) return source;
  return packing === "gzip" ? machine.gunzip(packed) : unzstd(packed);
}

function platformName(platform: PlatformSpec): string {
  return `${platform.os}/${platform.architecture}/${platform.variant ?? ""}`;
}

/** The manifest for *platform*: the same variant first, then one without, then any of the processor (containerd `platforms.Only`, simplified to what registries hold). */
export function choosePlatform(
  manifests: readonly Descriptor[],
  platform: PlatformSpec,
): Descriptor | undefined {
  const fitting = manifests.filter(
    (m) => m.platform?.os === platform.os && m.platform.architecture === platform.architecture,
  );
  const variant = platform.variant ?? "";
  return (
    fitting.find((m) => (m.platform?.variant ?? "") === variant) ??
    fitting.find((m) => (m.platform?.variant ?? "") === "" || variant === "")
  );
}
