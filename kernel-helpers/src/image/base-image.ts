/** Base images: what FROM can name, whatever they come from. */

import type { PlatformSpec } from "../graph/types";
import type { Snapshot } from "../platform/files";
import type { BaseLayer } from "./layer";
import type { PackedImage } from "./packed-image";

/** An image of one platform. */
export interface BaseImage {
  /** What the reference names: digest of the manifest, or of the index of a multi-platform image. */
  readonly digest: string;
  readonly manifestDigest: string;
  /** The config JSON, parsed. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Bottom layer first. */
  readonly layers: readonly BaseLayer[];
  /** The root file system. Unpacked at the first call. Throws for a damaged layer (`LB_BAD_LAYER`). */
  snapshot(): Snapshot;
  /** Are sizes known, but no contents? Then the image cannot be exported. */
  readonly catalog: boolean;
  /** The image that it is taken to be like (추정): this one itself is not known. */
  readonly assumed?: string;
  /** Its documents and blobs, for an export. Absent where they are not at hand. */
  pack?(): PackedImage;
}

/** A place where images are looked up. *ref* is canonical: `docker.io/library/node:22`, or with `@sha256:…`. */
export interface ImageSource {
  /** The image, or the reason it cannot be had, in the registry's words. */
  find(ref: string, platform: PlatformSpec): BaseImage | { readonly error: string };
  /** Fetches what `find` needs for *ref*; to be called before it in a build. Absent when there is nothing to fetch. */
  prepare?(ref: string): Promise<void>;
}

/** Looks in each of *sources* in turn; the first one that knows the reference answers. */
export function firstOf(sources: readonly ImageSource[]): ImageSource {
  return {
    async prepare(ref) {
      for (const source of sources) await source.prepare?.(ref);
    },
    find(ref, platform) {
      let refusal = { error: `${ref}: not found` };
      for (const source of sources) {
        const answer = source.find(ref, platform);
        if (!("error" in answer)) return answer;
        // "no match for platform" says more than "not found".
        if (!answer.error.endsWith(`${ref}: not found`)) refusal = answer;
      }
      return refusal;
    },
  };
}
