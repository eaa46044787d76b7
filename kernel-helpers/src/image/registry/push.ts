/** Sends an image: the blobs that are not there yet, then config, manifests, index (OCI distribution spec, "Push"). */

import { type Pieces, type SizedPieces } from "../../platform/bytes";
import { HttpError, type HttpResponse } from "../../platform/http";
import { refusal } from "../import-refusal";
import type { Descriptor, PackedBlob, PackedImage } from "../packed-image";
import type { ImageAddress } from "./address";
import { networkRefusal, type Registry } from "./registry";

/** How a push is done, and told about. */
export interface PushOptions {
  /** Another repository of the same registry that may have the blob. */
  readonly mountFrom?: (digest: string) => string | undefined;
  /** Blobs larger than this go in parts of this size, which are taken up again where a connection breaks. Bytes. Default: 16 MiB. */
  readonly chunk?: number;
  /** *bytes* of a blob are through; `here`: the registry has it; `mounted`: it took it from another repository. */
  readonly onBlob?: (blob: Descriptor, bytes: number | "here" | "mounted") => void;
}

const CHUNK = 16 << 20;

/** Sends *image* to *address*; answers the digest that the registry knows it by. Rejects with ImageTransferError `LB_REGISTRY_…`. */
export async function pushImage(
  registry: Registry,
  address: ImageAddress,
  image: PackedImage,
  options: PushOptions = {},
): Promise<string> {
  const push = new Push(registry, address, options);
  const sent = new Set<string>();
  for (const { config, layers } of image.manifests) {
    for (const blob of [...layers, config]) {
      if (sent.has(blob.digest)) continue;
      sent.add(blob.digest);
      await push.blob(blob);
    }
  }
  const { root, index } = image;
  for (const { descriptor, text } of image.manifests)
    await push.manifest(descriptor, text, index ? descriptor.digest : address.reference);
  if (index) await push.manifest(root, index, address.reference);
  return root.digest;
}

class Push {
  private readonly chunk: number;

  constructor(
    private readonly registry: Registry,
    private readonly address: ImageAddress,
    private readonly options: PushOptions,
  ) {
    this.chunk = options.chunk ?? CHUNK;
  }

  private get base(): string {
    return `/v2/${this.address.repository}`;
  }

  private get scope(): string {
    return `repository:${this.address.repository}:pull,push`;
  }

  async manifest(descriptor: Descriptor, text: Uint8Array, reference: string): Promise<void> {
    const response = await this.registry.send({
      method: "PUT",
      path: `${this.base}/manifests/${reference}`,
      scope: this.scope,
      headers: { "content-type": descriptor.mediaType },
      body: text,
      accept: [200, 201],
      again: true,
    });
    response.cancel();
    const said = response.headers["docker-content-digest"];
    if (said?.startsWith("sha256:") && said !== descriptor.digest) {
      throw refusal(
        "LB_REGISTRY_DIGEST",
        `${this.address.registry} took manifest ${descriptor.digest} for ${said}`,
        `${this.address.registry}이(가) 매니페스트 ${descriptor.digest}을(를) ${said}(으)로 받았습니다`,
      );
    }
  }

  async blob(blob: PackedBlob): Promise<void> {
    const { onBlob } = this.options;
    if (await this.isThere(blob.digest)) {
      onBlob?.(blob, "here");
      return;
    }
    const from = this.options.mountFrom?.(blob.digest);
    for (let attempt = 1; ; attempt++) {
      try {
        const place = await this.open(blob.digest, attempt === 1 ? from : undefined);
        if (place === undefined) onBlob?.(blob, "mounted");
        else await this.upload(place, blob);
        return;
      } catch (error) {
        if (!(error instanceof LostUploadError)) throw error;
        if (attempt > this.registry.retries) throw error.refusal;
        await this.registry.pause(attempt);
      }
    }
  }

  private async isThere(digest: string): Promise<boolean> {
    const path = `${this.base}/blobs/${digest}`;
    const response = await this.registry.send({
      method: "HEAD",
      path,
      scope: this.scope,
      accept: [200, 404],
    });
    response.cancel();
    return response.status === 200;
  }

  /** Begins an upload: where it goes to; undefined when the blob was taken from *from*. */
  private async open(digest: string, from: string | undefined): Promise<string | undefined> {
    const mount = from === undefined ? "" : `?mount=${digest}&from=${encodeURIComponent(from)}`;
    const scopes = from === undefined ? this.scope : `${this.scope} repository:${from}:pull`;
    const response = await this.registry.send({
      method: "POST",
      path: `${this.base}/blobs/uploads/${mount}`,
      scope: scopes,
      body: new Uint8Array(0),
      accept: from === undefined ? [202] : [201, 202],
      again: true,
    });
    response.cancel();
    return response.status === 201 ? undefined : this.placeOf(response);
  }

  private placeOf(response: HttpResponse): string {
    const { location } = response.headers;
    if (location !== undefined) return this.registry.resolve(location);
    throw refusal(
      "LB_REGISTRY_PROTOCOL",
      `${this.address.registry}: an upload without a Location`,
      `${this.address.registry}: 업로드 응답에 Location이 없습니다`,
    );
  }

  private async upload(place: string, blob: PackedBlob): Promise<void> {
    if (blob.size <= this.chunk) {
      await this.finish(place, blob, blob);
      return;
    }
    let at = 0;
    let next = place;
    for (let attempt = 1; at < blob.size;) {
      try {
        for await (const part of parts(blob, at, this.chunk)) {
          const response = await this.part(next, part, at, blob);
          at += part.length;
          next = this.placeOf(response);
          attempt = 1;
        }
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        if (attempt > this.registry.retries) throw networkRefusal(error);
        await this.registry.pause(attempt++);
        const state = await this.state(next);
        at = state.at;
        next = state.place;
      }
    }
    await this.finish(next, blob, new Uint8Array(0));
  }

  private async part(place: string, part: Uint8Array, at: number, blob: Descriptor): Promise<HttpResponse> {
    const request = {
      method: "PATCH",
      path: place,
      scope: this.scope,
      headers: {
        "content-type": "application/octet-stream",
        "content-range": `${at}-${at + part.length - 1}`,
      },
      body: part,
      onSent: (bytes: number) => this.options.onBlob?.(blob, at + bytes),
      accept: [202, 204, 416, 404, 408, 429, 500, 502, 503, 504],
    } as const;
    const response = await this.registry.sendOnce(request);
    response.cancel();
    if (response.status === 404) throw this.lost(blob);
    if (response.status !== 202 && response.status !== 204)
      throw new HttpError(place, `HTTP ${response.status}`, `HTTP ${response.status}`);
    return response;
  }

  /** How far an upload is that was broken off. */
  private async state(place: string): Promise<{ at: number; place: string }> {
    const response = await this.registry.send({
      method: "GET",
      path: place,
      scope: this.scope,
      accept: [204, 202, 200, 404],
    });
    response.cancel();
    if (response.status === 404) throw this.lost();
    const end = /^(?:bytes=)?0-(\d+)$/.exec(response.headers["range"] ?? "")?.[1];
    const { location } = response.headers;
    // "0-0" means nothing yet, or one byte: nothing is the safe reading only where the registry then refuses the wrong offset.
    const at = end === undefined || end === "0" ? 0 : Number(end) + 1;
    return { at, place: location === undefined ? place : this.registry.resolve(location) };
  }

  /** Ends an upload with *body* and the digest of the whole. */
  private async finish(place: string, blob: Descriptor, body: Uint8Array | SizedPieces): Promise<void> {
    const url = new URL(place);
    url.searchParams.set("digest", blob.digest);
    const response = await this.registry
      .sendOnce({
        method: "PUT",
        path: url.href,
        scope: this.scope,
        headers: { "content-type": "application/octet-stream" },
        body,
        ...(body instanceof Uint8Array ? {} : { onSent: (bytes) => this.options.onBlob?.(blob, bytes) }),
        accept: [201, 204, 404, 408, 429, 500, 502, 503, 504],
      })
      .catch((error: unknown) => {
        if (error instanceof HttpError) throw this.lost(blob, networkRefusal(error));
        throw error;
      });
    response.cancel();
    if (response.status !== 201 && response.status !== 204) throw this.lost(blob);
    const said = response.headers["docker-content-digest"];
    if (said?.startsWith("sha256:") && said !== blob.digest) {
      throw refusal(
        "LB_REGISTRY_DIGEST",
        `${this.address.registry} took blob ${blob.digest} for ${said}`,
        `${this.address.registry}이(가) 블롭 ${blob.digest}을(를) ${said}(으)로 받았습니다`,
      );
    }
    this.options.onBlob?.(blob, blob.size);
  }

  private lost(blob?: Descriptor, cause?: Error): LostUploadError {
    const what = blob?.digest ?? "a blob";
    return new LostUploadError(
      cause ??
        refusal(
          "LB_REGISTRY_REFUSED",
          `${this.address.registry} did not take the upload of ${what}`,
          `${this.address.registry}이(가) ${what}의 업로드를 받지 않았습니다`,
        ),
    );
  }
}

/** An upload that must begin anew. */
class LostUploadError extends Error {
  constructor(readonly refusal: Error) {
    super(refusal.message, { cause: refusal });
  }
}

/** The bytes of *blob* from *from* on, in parts of *size* bytes. */
async function* parts(blob: { pieces(): Pieces }, from: number, size: number): AsyncGenerator<Uint8Array> {
  let skip = from;
  let part = new Uint8Array(size);
  let filled = 0;
  for await (const piece of blob.pieces()) {
    let at = Math.min(skip, piece.length);
    skip -= at;
    while (at < piece.length) {
      const count = Math.min(piece.length - at, size - filled);
      part.set(piece.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === size) {
        yield part;
        part = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}
