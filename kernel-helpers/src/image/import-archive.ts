/** Reads images out of OCI layouts and docker archives that nobody vouches for: every path, size and digest is checked before it is used. */

import { parseReference } from "../dockerfile";
import { readTar, TarError } from "../filesystem";
import type { Platform } from "../platform/platform";
import { blobPath, NAME_ANNOTATION, REF_ANNOTATION } from "./export-oci";
import { imageManifest } from "./image-config";
import { type BaseLayer, type LayerBlob } from "./layer";
import { type LayoutFiles, OciLayout, UnpackedChains } from "./oci-layout";
import { type Descriptor, ImageTransferError, MANIFEST_TYPE, TAR_GZIP_TYPE, TAR_TYPE } from "./packed-image";

/** Bounds of an import. More is refused with `LB_ARCHIVE_LIMIT` before memory is taken for it. */
export interface ImportLimits {
  /** Bytes of one JSON document. */
  readonly document: number;
  /** Manifests of an archive, and of an index. */
  readonly manifests: number;
  /** Layers of an image. */
  readonly layers: number;
  /** Bytes of all layers unpacked, and of an archive that is itself compressed. */
  readonly unpacked: number;
  /** Entries of one tar. */
  readonly entries: number;
}

export const IMPORT_LIMITS: ImportLimits = {
  document: 4 * 2 ** 20,
  manifests: 64,
  layers: 512,
  unpacked: 2 ** 31 - 1,
  entries: 1_000_000,
};

/** An image that was checked. */
export interface ImportedImage {
  /** Canonical; empty when the archive names it by a tag alone, or not at all. */
  readonly names: readonly string[];
  readonly root: Descriptor;
  /** All its blobs by digest, as they were. */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
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
 * The files of a tar (also gzip'd), as `importImages` reads them. Throws ImageTransferError: `LB_ARCHIVE_TAR` (broken, truncated),
 * `LB_ARCHIVE_PATH` (a name that is absolute or has `..`), `LB_ARCHIVE_LIMIT`.
 */
export function openArchive(
  platform: Platform,
  bytes: Uint8Array,
  limits: ImportLimits = IMPORT_LIMITS,
): LayoutFiles {
  const tar = isGzip(bytes)
    ? gunzip(platform, bytes, limits.unpacked, "the archive", "LB_ARCHIVE_TAR")
    : bytes;
  const files = new Map<string, Uint8Array>();
  const links = new Map<string, string>();
  try {
    for (const entry of readTar(tar, { entries: limits.entries })) {
      const path = safePath(entry.name);
      if (entry.type === "file") files.set(path, entry.content!.read());
      else if (entry.type === "symlink") {
        // Old docker archives name a layer that occurs twice by a link: `../ID/layer.tar`.
        const folder = path.slice(0, path.lastIndexOf("/") + 1);
        links.set(path, linkTarget(folder, entry.linkname ?? ""));
      } else if (entry.type === "hardlink") links.set(path, safePath(entry.linkname ?? ""));
    }
  } catch (error) {
    if (!(error instanceof TarError)) throw error;
    const code = error.code === "LB_TAR_LIMIT" ? "LB_ARCHIVE_LIMIT" : "LB_ARCHIVE_TAR";
    throw refusal(
      code,
      `the archive is no usable tar: ${error.message}`,
      `쓸 수 없는 tar입니다: ${error.message}`,
      error,
    );
  }
  return (path) => {
    for (let hops = 0; hops < 8; hops++) {
      const file = files.get(path);
      const target = links.get(path);
      if (file || target === undefined) return file;
      path = target;
    }
    throw refusal("LB_ARCHIVE_PATH", `${path}: links without end`, `${path}: 링크가 끝없이 이어집니다`);
  };
}

function safePath(name: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (name.startsWith("/") || parts.includes("..") || name.includes("\\")) {
    throw refusal(
      "LB_ARCHIVE_PATH",
      `${quoted(name)}: a path that leads out of the archive`,
      `${quoted(name)}: 아카이브 밖으로 나가는 경로입니다`,
    );
  }
  return parts.join("/");
}

function linkTarget(folder: string, target: string): string {
  if (target.startsWith("/")) return safePath(target);
  const parts: string[] = [];
  for (const part of (folder + target).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return safePath(target);
  }
  return parts.join("/");
}

/**
 * The images of an archive or a directory (*files* by path): an OCI layout where there is an `index.json`, else a docker archive.
 * Throws ImageTransferError: `LB_ARCHIVE_FORMAT` (neither), `LB_ARCHIVE_JSON`, `LB_ARCHIVE_MISSING`, `LB_ARCHIVE_DIGEST`,
 * `LB_ARCHIVE_LAYER` (a layer that cannot be unpacked), `LB_ARCHIVE_NAME`, `LB_ARCHIVE_PATH`, `LB_ARCHIVE_LIMIT`.
 */
export function importImages(
  platform: Platform,
  files: LayoutFiles,
  limits: ImportLimits = IMPORT_LIMITS,
): ImportedImage[] {
  const importer = new Importer(platform, files, limits);
  if (files("index.json")) return importer.layout();
  if (files("manifest.json")) return importer.dockerArchive();
  throw refusal(
    "LB_ARCHIVE_FORMAT",
    "neither an OCI layout (no index.json) nor a docker archive (no manifest.json)",
    "OCI 레이아웃(index.json)도 docker 아카이브(manifest.json)도 아닙니다",
  );
}

type Json = Readonly<Record<string, unknown>>;

class Importer {
  private unpackedLeft: number;
  /** Documents made here, by path: what a docker archive does not have. */
  private readonly made = new Map<string, Uint8Array>();

  constructor(
    private readonly platform: Platform,
    private readonly files: LayoutFiles,
    private readonly limits: ImportLimits,
  ) {
    this.unpackedLeft = limits.unpacked;
  }

  layout(): ImportedImage[] {
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
    return [...roots.values()].map(({ root, names }) => this.image(root, names));
  }

  dockerArchive(): ImportedImage[] {
    const list = this.json("manifest.json", this.files("manifest.json")!) as unknown;
    if (!Array.isArray(list)) throw badJson("manifest.json", "a list");
    if (list.length > this.limits.manifests)
      throw tooMany("manifest.json", list.length, this.limits.manifests);
    return list.map((entry: unknown) => {
      const { Config, Layers, RepoTags } = object(entry, "manifest.json");
      if (typeof Config !== "string" || !Array.isArray(Layers))
        throw badJson("manifest.json", "Config and Layers");
      if (Layers.length > this.limits.layers)
        throw tooMany("manifest.json", Layers.length, this.limits.layers);
      const names = Array.isArray(RepoTags) ? RepoTags.map((tag) => canonical(String(tag))) : [];
      const config = this.file(safePath(Config));
      const diffIds = diffIdsOf(this.json(Config, config), Config);
      const blobs = Layers.map((path: unknown, i): LayerBlob => {
        if (typeof path !== "string") throw badJson("manifest.json", "paths in Layers");
        const bytes = this.file(safePath(path));
        const mediaType = isGzip(bytes) ? TAR_GZIP_TYPE : TAR_TYPE;
        return { mediaType, digest: this.keep(bytes), size: bytes.length, diffId: diffIds[i] ?? "" };
      });
      const configDigest = this.keep(config);
      const text = imageManifest(
        { digest: configDigest, text: new TextDecoder().decode(config), history: [], config: {} },
        blobs,
      );
      const manifest = new TextEncoder().encode(text);
      return this.image(
        { mediaType: MANIFEST_TYPE, digest: this.keep(manifest), size: manifest.length },
        names,
      );
    });
  }

  private keep(bytes: Uint8Array): string {
    const digest = "sha256:" + this.platform.sha256Hex(bytes);
    this.made.set(blobPath(digest), bytes);
    return digest;
  }

  private file(path: string): Uint8Array {
    const bytes = this.made.get(path) ?? this.files(path);
    if (bytes) return bytes;
    throw refusal(
      "LB_ARCHIVE_MISSING",
      `${quoted(path)} is missing in the archive`,
      `아카이브에 ${quoted(path)}이(가) 없습니다`,
    );
  }

  /** Checks the image below *root* and gathers its blobs. */
  private image(root: Descriptor, names: readonly string[]): ImportedImage {
    const blobs = new Map<string, Uint8Array>();
    const sizes = new Map<string, number>();
    const chains = new UnpackedChains((layer) => this.unpack(layer, sizes));
    const platforms: ImportedImage["platforms"][number][] = [];
    const top = this.document(root, blobs);
    if (top["manifests"] === undefined) this.manifest(root, top, blobs, chains, platforms);
    else {
      let found = 0;
      for (const entry of this.descriptors(top["manifests"], root.digest, this.limits.manifests)) {
        // An index may name platforms that were not saved.
        if (!this.files(blobPath(entry.digest))) continue;
        found++;
        const manifest = this.document(entry, blobs);
        if (manifest["manifests"] !== undefined) {
          throw refusal(
            "LB_ARCHIVE_FORMAT",
            `${entry.digest}: an index inside an index`,
            `${entry.digest}: 인덱스 안에 인덱스가 있습니다`,
          );
        }
        this.manifest(entry, manifest, blobs, chains, platforms);
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

  private manifest(
    descriptor: Descriptor,
    manifest: Json,
    blobs: Map<string, Uint8Array>,
    chains: UnpackedChains,
    platforms: ImportedImage["platforms"][number][],
  ): void {
    const [configDescriptor] = this.descriptors([manifest["config"]], descriptor.digest, 1);
    const layers = this.descriptors(manifest["layers"] ?? [], descriptor.digest, this.limits.layers);
    const config = this.document(configDescriptor!, blobs);
    for (const layer of layers) blobs.set(layer.digest, this.blob(layer));
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

  private unpack(layer: BaseLayer, sizes: Map<string, number>): Uint8Array {
    const bytes = layer.blob!();
    const tar = isGzip(bytes)
      ? gunzip(this.platform, bytes, this.unpackedLeft, layer.digest, "LB_ARCHIVE_LAYER")
      : bytes;
    if (tar.length > this.unpackedLeft) throw tooLarge(layer.digest, this.limits.unpacked);
    if (!sizes.has(layer.diffId)) this.unpackedLeft -= tar.length;
    const diffId = "sha256:" + this.platform.sha256Hex(tar);
    if (diffId !== layer.diffId) throw wrongDigest(`the tar of layer ${layer.digest}`, layer.diffId, diffId);
    sizes.set(diffId, tar.length);
    return tar;
  }

  private document(descriptor: Descriptor, blobs: Map<string, Uint8Array>): Json {
    const bytes = this.blob(descriptor);
    blobs.set(descriptor.digest, bytes);
    return object(this.json(descriptor.digest, bytes), descriptor.digest);
  }

  /** The bytes of a blob: of the size and digest that were announced. */
  private blob(descriptor: Descriptor): Uint8Array {
    const bytes = this.file(blobPath(descriptor.digest));
    if (bytes.length !== descriptor.size)
      throw refusal(
        "LB_ARCHIVE_DIGEST",
        `blob ${descriptor.digest} has ${bytes.length} bytes instead of ${descriptor.size}`,
        `블롭 ${descriptor.digest}은(는) ${descriptor.size}바이트여야 하는데 ${bytes.length}바이트입니다`,
      );
    const digest = "sha256:" + this.platform.sha256Hex(bytes);
    if (digest !== descriptor.digest) throw wrongDigest("a blob", descriptor.digest, digest);
    return bytes;
  }

  private json(name: string, bytes: Uint8Array): Json {
    if (bytes.length > this.limits.document) throw tooLarge(name, this.limits.document);
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
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
  blob: (digest: string) => Uint8Array | undefined,
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

function gunzip(
  platform: Platform,
  bytes: Uint8Array,
  limit: number,
  what: string,
  code: "LB_ARCHIVE_TAR" | "LB_ARCHIVE_LAYER",
): Uint8Array {
  try {
    return platform.gunzip(bytes, Math.max(limit, 1));
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(what, limit);
    throw refusal(code, `${what}: broken or truncated gzip`, `${what}: gzip이 깨졌거나 잘렸습니다`, error);
  }
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: unknown, where: string): Json {
  if (!isObject(value)) throw badJson(where, "objects");
  return value;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? text.slice(0, 80) + "…" : text);
}

function refusal(code: `LB_${string}`, en: string, ko: string, cause?: unknown): ImageTransferError {
  return new ImageTransferError(code, { en, ko }, { cause });
}

function badJson(where: string, wanted: string, cause?: unknown): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_JSON",
    `${where} does not hold ${wanted}`,
    `${where}의 형식이 맞지 않습니다(있어야 할 것: ${wanted})`,
    cause,
  );
}

function tooMany(where: string, count: number, most: number): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_LIMIT",
    `${where}: ${count} entries, at most ${most} are read`,
    `${where}: 항목이 ${count}개입니다(최대 ${most}개)`,
  );
}

function tooLarge(what: string, most: number): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_LIMIT",
    `${what}: more than ${most} bytes unpacked`,
    `${what}: 풀면 ${most}바이트를 넘습니다`,
  );
}

function wrongDigest(what: string, wanted: string, actual: string): ImageTransferError {
  return refusal(
    "LB_ARCHIVE_DIGEST",
    `${what} should be ${wanted} and is ${actual}`,
    `${what}의 다이제스트가 ${wanted}이(가) 아니라 ${actual}입니다`,
  );
}
