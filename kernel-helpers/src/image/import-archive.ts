/** Reads images out of OCI layouts and docker archives that nobody vouches for: every path, size and digest is checked before it is used. */

import { parseReference } from "../dockerfile";
import { TarError } from "../filesystem";
import { type ByteSource, bytesSource, type Pieces, piecesOf, toSource, wholeOf } from "../platform/bytes";
import type { Platform } from "../platform/platform";
import { blobPath, NAME_ANNOTATION, REF_ANNOTATION } from "./export-oci";
import { imageManifest } from "./image-config";
import { badJson, quoted, refusal, tooLarge, tooMany, wrongDigest } from "./import-refusal";
import { type BaseLayer, type LayerBlob } from "./layer";
import { type LayoutFiles, OciLayout, UnpackedChains } from "./oci-layout";
import {
  IMPORT_LIMITS,
  type ImportLimits,
  type ImportOptions,
  memorySpool,
  safePath,
  type Spool,
  unpack,
} from "./open-archive";
import { type Descriptor, MANIFEST_TYPE, TAR_GZIP_TYPE, TAR_TYPE, TAR_ZSTD_TYPE } from "./packed-image";
import { packingOf } from "./packing";

/** An image that was checked. */
export interface ImportedImage {
  /** Canonical; empty when the archive names it by a tag alone, or not at all. */
  readonly names: readonly string[];
  readonly root: Descriptor;
  /** All its blobs by digest, as they were. */
  readonly blobs: ReadonlyMap<string, ByteSource>;
  /** Bytes of each layer's tar, by diffID. */
  readonly sizes: ReadonlyMap<string, number>;
  /** `linux/amd64` and so on of the images that can be unpacked, in the archive's order. */
  readonly platforms: readonly {
    readonly os: string;
    readonly architecture: string;
    readonly variant?: string;
  }[];
  /** The file systems that were unpacked for the check. */
  readonly chains: UnpackedChains;
}

/**
 * The images of an archive or a directory (*files* by path): an OCI layout where there is an `index.json`, else a docker archive.
 * Throws ImageTransferError: `LB_ARCHIVE_FORMAT` (neither), `LB_ARCHIVE_JSON`, `LB_ARCHIVE_MISSING`, `LB_ARCHIVE_DIGEST`,
 * `LB_ARCHIVE_LAYER` (a layer that cannot be unpacked), `LB_ARCHIVE_NAME`, `LB_ARCHIVE_PATH`, `LB_ARCHIVE_LIMIT`.
 */
export async function importImages(
  platform: Platform,
  files: LayoutFiles,
  options: ImportOptions = {},
): Promise<ImportedImage[]> {
  const sources = (path: string): ByteSource | undefined => {
    const bytes = files(path);
    return bytes && toSource(bytes);
  };
  const importer = new Importer(platform, sources, options);
  if (sources("index.json")) return importer.layout();
  if (sources("manifest.json")) return importer.dockerArchive();
  throw refusal(
    "LB_ARCHIVE_FORMAT",
    "neither an OCI layout (no index.json) nor a docker archive (no manifest.json)",
    "OCI 레이아웃(index.json)도 docker 아카이브(manifest.json)도 아닙니다",
  );
}

const LAYER_TYPES = { gzip: TAR_GZIP_TYPE, zstd: TAR_ZSTD_TYPE, none: TAR_TYPE } as const;

type Json = Readonly<Record<string, unknown>>;

/** What is gathered of one image. */
interface Found {
  readonly blobs: Map<string, ByteSource>;
  readonly sizes: Map<string, number>;
  readonly chains: UnpackedChains;
  readonly platforms: ImportedImage["platforms"][number][];
}

class Importer {
  private unpackedLeft: number;
  private readonly limits: ImportLimits;
  private readonly spool: Spool;
  /** Documents made here, by path: what a docker archive does not have. */
  private readonly made = new Map<string, ByteSource>();
  /** Digests of blobs that were read through and found right. */
  private readonly checked = new Set<string>();
  /** The tars of layers, by diffID. */
  private readonly tars = new Map<string, ByteSource>();

  constructor(
    private readonly platform: Platform,
    private readonly files: (path: string) => ByteSource | undefined,
    private readonly options: ImportOptions,
  ) {
    this.limits = options.limits ?? IMPORT_LIMITS;
    this.spool = options.spool ?? memorySpool;
    this.unpackedLeft = this.limits.unpacked;
  }

  async layout(): Promise<ImportedImage[]> {
    const index = this.json("index.json", this.files("index.json")!);
    const roots = new Map<string, { root: Descriptor; names: string[] }>();
    for (const root of this.descriptors(index["manifests"], "index.json", this.limits.manifests)) {
      const known = roots.get(root.digest) ?? { root: bare(root), names: [] };
      roots.set(root.digest, known);
      const name = root.annotations?.[NAME_ANNOTATION] ?? root.annotations?.[REF_ANNOTATION];
      // A bare tag (`latest`) names nothing by itself.
      if (name !== undefined && /[/:]/.test(name)) known.names.push(canonical(name));
    }
    if (roots.size === 0)
      throw refusal("LB_ARCHIVE_FORMAT", "index.json names no image", "index.json에 이미지가 없습니다");
    const images: ImportedImage[] = [];
    for (const { root, names } of roots.values()) images.push(await this.image(root, names));
    return images;
  }

  async dockerArchive(): Promise<ImportedImage[]> {
    const list = this.json("manifest.json", this.files("manifest.json")!) as unknown;
    if (!Array.isArray(list)) throw badJson("manifest.json", "a list");
    if (list.length > this.limits.manifests)
      throw tooMany("manifest.json", list.length, this.limits.manifests);
    const images: ImportedImage[] = [];
    for (const entry of list as unknown[]) {
      const { Config, Layers, RepoTags } = object(entry, "manifest.json");
      if (typeof Config !== "string" || !Array.isArray(Layers))
        throw badJson("manifest.json", "Config and Layers");
      if (Layers.length > this.limits.layers)
        throw tooMany("manifest.json", Layers.length, this.limits.layers);
      const names = Array.isArray(RepoTags) ? RepoTags.map((tag) => canonical(String(tag))) : [];
      const config = this.file(safePath(Config));
      const diffIds = diffIdsOf(this.json(Config, config), Config);
      const blobs: LayerBlob[] = [];
      for (const [i, path] of (Layers as unknown[]).entries()) {
        if (typeof path !== "string") throw badJson("manifest.json", "paths in Layers");
        const bytes = this.file(safePath(path));
        const mediaType = LAYER_TYPES[packingOf(bytes)];
        blobs.push({ mediaType, digest: await this.keep(bytes), size: bytes.size, diffId: diffIds[i] ?? "" });
      }
      const configDigest = await this.keep(config);
      const configText = new TextDecoder().decode(wholeOf(config));
      const text = imageManifest({ digest: configDigest, text: configText, history: [], config: {} }, blobs);
      const manifest = bytesSource(new TextEncoder().encode(text));
      const root = { mediaType: MANIFEST_TYPE, digest: await this.keep(manifest), size: manifest.size };
      images.push(await this.image(root, names));
    }
    return images;
  }

  private async keep(bytes: ByteSource): Promise<string> {
    const digest = await this.digestOf(bytes);
    this.made.set(blobPath(digest), bytes);
    this.checked.add(digest);
    return digest;
  }

  /** Reads through *source*, giving way to others now and then. */
  private async digestOf(source: ByteSource): Promise<string> {
    const hash = this.platform.sha256();
    for await (const piece of this.watched(piecesOf(source))) hash.update(piece);
    return "sha256:" + hash.hex();
  }

  private async *watched(pieces: Pieces): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      this.options.signal?.throwIfAborted();
      yield piece;
    }
  }

  private file(path: string): ByteSource {
    const bytes = this.made.get(path) ?? this.files(path);
    if (bytes) return bytes;
    throw refusal(
      "LB_ARCHIVE_MISSING",
      `${quoted(path)} is missing in the archive`,
      `아카이브에 ${quoted(path)}이(가) 없습니다`,
    );
  }

  /** Checks the image below *root* and gathers its blobs. */
  private async image(root: Descriptor, names: readonly string[]): Promise<ImportedImage> {
    const blobs = new Map<string, ByteSource>();
    const sizes = new Map<string, number>();
    const chains = new UnpackedChains((layer) => this.tars.get(layer.diffId));
    const platforms: ImportedImage["platforms"][number][] = [];
    const top = await this.document(root, blobs);
    if (top["manifests"] === undefined) await this.manifest(root, top, { blobs, sizes, chains, platforms });
    else {
      let found = 0;
      for (const entry of this.descriptors(top["manifests"], root.digest, this.limits.manifests)) {
        // An index may name platforms that were not saved.
        if (!this.files(blobPath(entry.digest))) continue;
        found++;
        const manifest = await this.document(entry, blobs);
        if (manifest["manifests"] !== undefined) {
          throw refusal(
            "LB_ARCHIVE_FORMAT",
            `${entry.digest}: an index inside an index`,
            `${entry.digest}: 인덱스 안에 인덱스가 있습니다`,
          );
        }
        await this.manifest(entry, manifest, { blobs, sizes, chains, platforms });
      }
      if (found === 0)
        throw refusal(
          "LB_ARCHIVE_MISSING",
          `no manifest of index ${root.digest} is in the archive`,
          `인덱스 ${root.digest}의 매니페스트가 아카이브에 없습니다`,
        );
    }
    return { names: [...new Set(names)], root, blobs, sizes, platforms, chains };
  }

  private async manifest(
    descriptor: Descriptor,
    manifest: Json,
    { blobs, sizes, chains, platforms }: Found,
  ): Promise<void> {
    const [configDescriptor] = this.descriptors([manifest["config"]], descriptor.digest, 1);
    const layers = this.descriptors(manifest["layers"] ?? [], descriptor.digest, this.limits.layers);
    const config = await this.document(configDescriptor!, blobs);
    for (const layer of layers) blobs.set(layer.digest, await this.blob(layer));
    // Attestations are manifests of no platform with JSON for layers: kept, never unpacked.
    if (descriptor.platform?.os === "unknown") return;
    const diffIds = diffIdsOf(config, configDescriptor!.digest);
    if (diffIds.length !== layers.length) {
      throw refusal(
        "LB_ARCHIVE_JSON",
        `${descriptor.digest}: ${layers.length} layers, but ${diffIds.length} diff_ids`,
        `${descriptor.digest}: 레이어는 ${layers.length}개인데 diff_ids는 ${diffIds.length}개입니다`,
      );
    }
    const os = typeof config["os"] === "string" ? config["os"] : "linux";
    const architecture = typeof config["architecture"] === "string" ? config["architecture"] : "amd64";
    const variant = typeof config["variant"] === "string" ? { variant: config["variant"] } : {};
    const history = config["history"];
    if (history !== undefined && history !== null && !(Array.isArray(history) && history.every(isObject)))
      throw badJson(configDescriptor!.digest, "a list of entries in history");
    const origin = { ref: "", digest: descriptor.digest, platform: { os, architecture, ...variant } };
    const base = layers.map((layer, i): BaseLayer => ({
      kind: "base",
      diffId: diffIds[i]!,
      digest: layer.digest,
      size: layer.size,
      mediaType: layer.mediaType,
      blob: () => blobs.get(layer.digest)!,
      origin,
    }));
    for (const layer of base) sizes.set(layer.diffId, (await this.unpack(layer)).size);
    try {
      chains.snapshot(base, this.platform, this.limits.entries);
    } catch (error) {
      if (!(error instanceof TarError)) throw error;
      const code = error.code === "LB_TAR_LIMIT" ? "LB_ARCHIVE_LIMIT" : "LB_ARCHIVE_LAYER";
      throw refusal(
        code,
        `a layer cannot be unpacked [${error.code}]: ${error.message}`,
        `풀 수 없는 레이어입니다 [${error.code}]: ${error.message}`,
        error,
      );
    }
    platforms.push({ os, architecture, ...variant });
  }

  /** The tar of *layer*, checked against its diffID; unpacked once for all images. */
  private async unpack(layer: BaseLayer): Promise<ByteSource> {
    const { diffId, digest } = layer;
    const known = this.tars.get(diffId);
    if (known) return known;
    const blob = layer.blob!();
    let tar: ByteSource;
    if (packingOf(blob) !== "none") tar = await this.spool(diffId, this.checkedTar(layer, blob));
    else {
      if (blob.size > this.unpackedLeft) throw tooLarge(digest, this.limits.unpacked);
      if (digest !== diffId) throw wrongDigest(`the tar of layer ${digest}`, diffId, digest);
      tar = blob;
    }
    this.unpackedLeft -= tar.size;
    this.tars.set(diffId, tar);
    return tar;
  }

  private async *checkedTar({ diffId, digest }: BaseLayer, blob: ByteSource): AsyncGenerator<Uint8Array> {
    const hash = this.platform.sha256();
    const limit = Math.max(this.unpackedLeft, 1);
    const pieces = unpack(this.platform, blob, limit, digest, "LB_ARCHIVE_LAYER");
    for await (const piece of this.watched(pieces)) {
      hash.update(piece);
      yield piece;
    }
    const actual = "sha256:" + hash.hex();
    if (actual !== diffId) throw wrongDigest(`the tar of layer ${digest}`, diffId, actual);
  }

  private async document(descriptor: Descriptor, blobs: Map<string, ByteSource>): Promise<Json> {
    const bytes = await this.blob(descriptor);
    blobs.set(descriptor.digest, bytes);
    return object(this.json(descriptor.digest, bytes), descriptor.digest);
  }

  /** A blob of the size and digest that were announced. */
  private async blob(descriptor: Descriptor): Promise<ByteSource> {
    const bytes = this.file(blobPath(descriptor.digest));
    if (bytes.size !== descriptor.size)
      throw refusal(
        "LB_ARCHIVE_DIGEST",
        `blob ${descriptor.digest} has ${bytes.size} bytes instead of ${descriptor.size}`,
        `블롭 ${descriptor.digest}은(는) ${descriptor.size}바이트여야 하는데 ${bytes.size}바이트입니다`,
      );
    if (this.checked.has(descriptor.digest)) return bytes;
    const digest = await this.digestOf(bytes);
    if (digest !== descriptor.digest) throw wrongDigest("a blob", descriptor.digest, digest);
    this.checked.add(digest);
    return bytes;
  }

  private json(name: string, source: ByteSource): Json {
    if (source.size > this.limits.document) throw tooLarge(name, this.limits.document);
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(wholeOf(source)));
    } catch (error) {
      throw badJson(name, "JSON", error);
    }
    if (typeof value !== "object" || value === null) throw badJson(name, "an object");
    return value as Json;
  }

  private descriptors(value: unknown, where: string, most: number): Descriptor[] {
    if (!Array.isArray(value)) throw badJson(where, "a list of descriptors");
    if (value.length > most) throw tooMany(where, value.length, most);
    return value.map((entry: unknown): Descriptor => {
      const { mediaType, digest, size, annotations, platform } = object(entry, where);
      if (
        typeof mediaType !== "string" ||
        typeof digest !== "string" ||
        !/^sha256:[0-9a-f]{64}$/.test(digest)
      )
        throw badJson(where, "descriptors with mediaType and a sha256 digest");
      if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0)
        throw badJson(where, "descriptors with a size");
      return {
        mediaType,
        digest,
        size,
        ...(isObject(annotations) && {
          annotations: Object.fromEntries(
            Object.entries(annotations).map(([key, text]) => [key, String(text)]),
          ),
        }),
        ...(isObject(platform) && { platform: platform as unknown as Descriptor["platform"] }),
      };
    });
  }
}

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

/** An imported image as a place where *name* is looked up. */
export function openImported(
  platform: Platform,
  name: string,
  root: Descriptor,
  blob: (digest: string) => ByteSource | undefined,
  chains?: UnpackedChains,
): OciLayout {
  const index = JSON.stringify({
    schemaVersion: 2,
    manifests: [{ ...bare(root), annotations: { [NAME_ANNOTATION]: name } }],
  });
  const text = new TextEncoder().encode(index);
  return new OciLayout(
    (path) => (path === "index.json" ? text : blob(path.replace(/^blobs\/sha256\//, "sha256:"))),
    platform,
    chains,
  );
}

function diffIdsOf(config: Json, name: string): string[] {
  const rootfs = config["rootfs"];
  const ids = isObject(rootfs) ? (rootfs["diff_ids"] ?? []) : undefined;
  if (!Array.isArray(ids) || !ids.every((id): id is string => typeof id === "string"))
    throw badJson(name, "rootfs.diff_ids");
  return ids;
}

function canonical(name: string): string {
  const reference = parseReference(name);
  if ("message" in reference)
    throw refusal(
      "LB_ARCHIVE_NAME",
      `${quoted(name)} is no image name`,
      `${quoted(name)}은(는) 이미지 이름이 아닙니다`,
    );
  return reference.canonical;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown, where: string): Json {
  if (!isObject(value)) throw badJson(where, "objects");
  return value;
}
