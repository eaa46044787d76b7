/** Fetches an image: manifests first, then the blobs that are not here yet, every byte against its digest (OCI distribution spec, "Pull"). */

import type { PlatformSpec } from "../../graph/types";
import { bytesSource, type ByteSource, type Pieces } from "../../platform/bytes";
import { HttpError, type HttpResponse } from "../../platform/http";
import { type Platform, sha256Digest } from "../../platform/platform";
import { blobPath, NAME_ANNOTATION } from "../export-oci";
import { refusal } from "../import-refusal";
import { choosePlatform, type LayoutFiles } from "../oci-layout";
import { IMPORT_LIMITS, type ImportLimits } from "../open-archive";
import type { Descriptor } from "../packed-image";
import type { ImageAddress } from "./address";
import { smallBody } from "./body";
import { networkRefusal, type Registry } from "./registry";

/** Where fetched blobs go: `ImageShelf.blobs`. */
export interface BlobStore {
  open(digest: string): Promise<ByteSource | undefined>;
  /** Keeps nothing when *pieces* reject. */
  put(digest: string, pieces: Pieces): Promise<void>;
}

/** How a pull is told about. */
export interface PullOptions {
  /** `all`: every platform of an index. Default: linux/amd64. */
  readonly platform?: PlatformSpec | "all";
  readonly limits?: ImportLimits;
  /** *bytes* of a blob are through; `here`: it was not fetched, because it is here already. */
  readonly onBlob?: (blob: Descriptor, bytes: number | "here") => void;
}

/** What was fetched, as `importImages` reads it: a layout with one image, named. */
export interface Pulled {
  readonly files: LayoutFiles;
  readonly root: Descriptor;
}

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/**
 * Fetches *address* into *blobs*. Rejects with ImageTransferError: `LB_REGISTRY_DIGEST` (bytes that are not what their digest says),
 * `LB_REGISTRY_PLATFORM` (none for the platform), `LB_REGISTRY_LIMIT`, and what `Registry.send` rejects with.
 */
export async function pullImage(
  platform: Platform,
  registry: Registry,
  address: ImageAddress,
  blobs: BlobStore,
  options: PullOptions = {},
): Promise<Pulled> {
  const pull = new Pull(platform, registry, address, blobs, options);
  return pull.run();
}

interface Document {
  readonly mediaType?: unknown;
  readonly schemaVersion?: unknown;
  readonly manifests?: unknown;
  readonly config?: unknown;
  readonly layers?: unknown;
}

class Pull {
  private readonly documents = new Map<string, Uint8Array>();
  private readonly fetched = new Map<string, ByteSource>();
  private readonly limits: ImportLimits;

  constructor(
    private readonly platform: Platform,
    private readonly registry: Registry,
    private readonly address: ImageAddress,
    private readonly blobs: BlobStore,
    private readonly options: PullOptions,
  ) {
    this.limits = options.limits ?? IMPORT_LIMITS;
  }

  async run(): Promise<Pulled> {
    const { root, document } = await this.rootManifest();
    if (document.manifests === undefined) await this.layersOf(document, root.digest);
    else {
      for (const entry of this.chosen(document, root.digest)) {
        const manifest = await this.manifest(entry);
        await this.layersOf(manifest, entry.digest);
      }
    }
    const index = new TextEncoder().encode(
      JSON.stringify({
        schemaVersion: 2,
        manifests: [{ ...root, annotations: { [NAME_ANNOTATION]: this.address.canonical } }],
      }),
    );
    const byPath = new Map<string, Uint8Array | ByteSource>([["index.json", index]]);
    for (const [digest, bytes] of this.documents) byPath.set(blobPath(digest), bytes);
    for (const [digest, bytes] of this.fetched) byPath.set(blobPath(digest), bytes);
    return { files: (path) => byPath.get(path), root };
  }

  /** The manifest or index that the reference names. */
  private async rootManifest(): Promise<{ root: Descriptor; document: Document }> {
    const { reference } = this.address;
    const { bytes, response } = await this.document(reference);
    const digest = sha256Digest(this.platform, bytes);
    const announced = response.headers["docker-content-digest"];
    if (reference.includes(":") && reference !== digest) throw this.lying("manifest", reference, digest);
    if (announced?.startsWith("sha256:") && announced !== digest)
      throw this.lying("manifest", announced, digest);
    this.documents.set(digest, bytes);
    const document = this.parse(bytes, digest);
    const type = response.headers["content-type"]?.replace(/;.*$/, "").trim();
    const mediaType = typeof document.mediaType === "string" ? document.mediaType : (type ?? "");
    return { root: { mediaType, digest, size: bytes.length }, document };
  }

  private async manifest(descriptor: Descriptor): Promise<Document> {
    const { bytes } = await this.document(descriptor.digest);
    const digest = sha256Digest(this.platform, bytes);
    if (digest !== descriptor.digest) throw this.lying("manifest", descriptor.digest, digest);
    this.documents.set(digest, bytes);
    return this.parse(bytes, digest);
  }

  private async document(reference: string): Promise<{ bytes: Uint8Array; response: HttpResponse }> {
    const path = `/v2/${this.address.repository}/manifests/${reference}`;
    for (let attempt = 1; ; attempt++) {
      const response = await this.registry.send({
        method: "GET",
        path,
        scope: this.scope,
        headers: { accept: ACCEPT.join(", ") },
        accept: [200],
      });
      try {
        return { bytes: await smallBody(response, path, this.limits.document), response };
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        if (attempt > this.registry.retries) throw networkRefusal(error);
        await this.registry.pause(attempt);
      }
    }
  }

  private get scope(): string {
    return `repository:${this.address.repository}:pull`;
  }

  private parse(bytes: Uint8Array, name: string): Document {
    let value: unknown;
    try {
      value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      // Refused below.
    }
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.odd(`${name} is no JSON object`, `${name}이(가) JSON 객체가 아닙니다`);
    const document = value as Document;
    if (document.schemaVersion === 1)
      throw this.odd(
        `${name} is a manifest of the old schema 1, which is not read here`,
        `${name}은(는) 오래된 schema 1 매니페스트라서 읽지 않습니다`,
      );
    return document;
  }

  /** The entries of an index that are wanted. */
  private chosen(document: Document, name: string): Descriptor[] {
    const { platform = { os: "linux", architecture: "amd64" } } = this.options;
    const entries = this.descriptors(document.manifests, name, this.limits.manifests);
    if (platform === "all") return entries;
    const chosen = choosePlatform(entries, platform);
    if (chosen) return [chosen];
    const wanted = platformName(platform);
    const there = entries
      .filter((entry) => entry.platform && entry.platform.os !== "unknown")
      .map((entry) => platformName(entry.platform!))
      .join(", ");
    throw refusal(
      "LB_REGISTRY_PLATFORM",
      `${this.address.canonical}: no match for platform in manifest: ${wanted} is not among ${there}`,
      `${this.address.canonical}: ${wanted}용 이미지가 없습니다. 있는 것: ${there}`,
    );
  }

  private async layersOf(document: Document, name: string): Promise<void> {
    const config = this.descriptors([document.config], name, 1);
    const layers = this.descriptors(document.layers ?? [], name, this.limits.layers);
    for (const blob of [...config, ...layers]) {
      if (this.fetched.has(blob.digest)) continue;
      if (blob.size > this.limits.unpacked) throw this.tooLarge(blob);
      const { onBlob } = this.options;
      let bytes = await this.blobs.open(blob.digest);
      if (bytes?.size === blob.size) onBlob?.(blob, "here");
      else {
        await this.blobs.put(blob.digest, this.blob(blob));
        bytes = await this.blobs.open(blob.digest);
      }
      this.fetched.set(blob.digest, bytes ?? bytesSource(new Uint8Array()));
    }
  }

  /** The bytes of a blob. A connection that breaks off is taken up where it broke; what is longer or other than announced is refused. */
  private async *blob(blob: Descriptor): AsyncGenerator<Uint8Array> {
    const { digest, size } = blob;
    const hash = this.platform.sha256();
    let length = 0;
    for (let attempt = 1; length < size || attempt === 1; attempt++) {
      const before = length;
      try {
        for await (const piece of this.bytesFrom(digest, length, size)) {
          length += piece.length;
          if (length > size) throw this.wrongLength(blob, `more than ${size}`);
          hash.update(piece);
          this.options.onBlob?.(blob, length);
          yield piece;
        }
        if (length < size) throw this.wrongLength(blob, String(length));
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        // What came through is a success: the count begins anew.
        if (length > before) attempt = 0;
        if (attempt >= this.registry.retries) {
          if (error.reason === "truncated" && length < size)
            throw this.wrongLength(blob, String(length), error);
          throw networkRefusal(error);
        }
        if (length === size) break;
        await this.registry.pause(Math.max(attempt, 1));
      }
    }
    const actual = "sha256:" + hash.hex();
    if (actual !== digest) throw this.lying("blob", digest, actual);
  }

  private async *bytesFrom(digest: string, from: number, size: number): AsyncGenerator<Uint8Array> {
    const response = await this.registry.send({
      method: "GET",
      path: `/v2/${this.address.repository}/blobs/${digest}`,
      scope: this.scope,
      ...(from > 0 && { headers: { range: `bytes=${from}-${size - 1}` } }),
      accept: from > 0 ? [200, 206] : [200],
    });
    const range = response.headers["content-range"];
    if (response.status === 206 && !range?.startsWith(`bytes ${from}-`)) {
      response.cancel();
      throw this.odd(
        `blob ${digest}: asked from byte ${from} on, answered ${range ?? "another part"}`,
        `블롭 ${digest}: ${from}바이트부터 달라고 했는데 다른 부분이 왔습니다(${range ?? "?"})`,
      );
    }
    // A registry without ranges begins anew.
    let skip = response.status === 206 ? 0 : from;
    try {
      for await (const piece of response.body) {
        if (skip >= piece.length) skip -= piece.length;
        else {
          yield skip > 0 ? piece.subarray(skip) : piece;
          skip = 0;
        }
      }
    } finally {
      response.cancel();
    }
  }

  private descriptors(value: unknown, where: string, most: number): Descriptor[] {
    if (!Array.isArray(value) || value.length > most)
      throw this.odd(
        `${where} has no list of at most ${most} descriptors`,
        `${where}에 ${most}개까지의 디스크립터 목록이 없습니다`,
      );
    return value.map((entry: unknown): Descriptor => {
      const { mediaType, digest, size, platform } = (entry ?? {}) as Record<string, unknown>;
      const isGood =
        typeof digest === "string" &&
        /^sha256:[0-9a-f]{64}$/.test(digest) &&
        typeof size === "number" &&
        Number.isSafeInteger(size) &&
        size >= 0;
      if (!isGood)
        throw this.odd(
          `${where} has an entry without a sha256 digest and a size`,
          `${where}에 sha256 다이제스트와 크기가 없는 항목이 있습니다`,
        );
      return {
        mediaType: typeof mediaType === "string" ? mediaType : "",
        digest,
        size,
        ...(isPlatform(platform) && { platform }),
      };
    });
  }

  private odd(en: string, ko: string): Error {
    const { registry } = this.address;
    return refusal("LB_REGISTRY_PROTOCOL", `${registry}: ${en}`, `${registry}: ${ko}`);
  }

  private lying(what: string, wanted: string, actual: string): Error {
    const { registry } = this.address;
    return refusal(
      "LB_REGISTRY_DIGEST",
      `${registry}: ${what} ${wanted} came as bytes with the digest ${actual}: damaged on the way, or not what it is said to be. Nothing of it was kept`,
      `${registry}: ${what} ${wanted}(이)라고 온 바이트의 다이제스트가 ${actual}입니다. 오는 길에 망가졌거나 다른 것입니다. 저장하지 않았습니다`,
    );
  }

  private wrongLength({ digest, size }: Descriptor, there: string, cause?: unknown): Error {
    const { registry } = this.address;
    return refusal(
      "LB_REGISTRY_DIGEST",
      `${registry}: blob ${digest} came with ${there} bytes instead of ${size}. Nothing of it was kept`,
      `${registry}: 블롭 ${digest}은(는) ${size}바이트여야 하는데 ${there}바이트가 왔습니다. 저장하지 않았습니다`,
      cause,
    );
  }

  private tooLarge({ digest, size }: Descriptor): Error {
    const { unpacked } = this.limits;
    return refusal(
      "LB_REGISTRY_LIMIT",
      `blob ${digest} has ${size} bytes, at most ${unpacked} are read`,
      `블롭 ${digest}은(는) ${size}바이트입니다. ${unpacked}바이트까지 읽습니다`,
    );
  }
}

function isPlatform(value: unknown): value is PlatformSpec {
  const { os, architecture, variant } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof os === "string" &&
    typeof architecture === "string" &&
    (variant === undefined || typeof variant === "string")
  );
}

function platformName({ os, architecture, variant }: PlatformSpec): string {
  return `${os}/${architecture}${variant ? `/${variant}` : ""}`;
}
