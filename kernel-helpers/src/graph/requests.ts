/** What the frontend asks for beside the steps: transfers and lookups, with the names they are shown under. */

import { sha256Digest, type Platform } from "../platform/platform";
import type { ImageResolver, InternalRequest, ResolvedImage } from "./conversion";
import { formatPlatformAll } from "./platform-spec";
import { Refusal } from "./refusal";
import type { ImageOp, LocalOp, PlatformSpec } from "./types";

/** A transfer of *followPaths* (and nothing else). */
export function smallTransfer(name: string, followPaths: readonly string[], sharedKeyHint: string): LocalOp {
  return { kind: "local", name, followPaths, excludePatterns: [], includePatterns: [], sharedKeyHint };
}

/** Collects the requests of a conversion in the order in which they are made. */
export class RequestLog {
  private phase = 0;

  constructor(
    private readonly machine: Platform,
    private readonly resolveImage: ImageResolver,
    private readonly requests: InternalRequest[] = [],
    private readonly lookups = new Map<string, Promise<ResolvedImage>>(),
  ) {}

  /** A log that writes into the same list and counts its phases on its own from the present one. */
  fork(): RequestLog {
    const log = new RequestLog(this.machine, this.resolveImage, this.requests, this.lookups);
    log.phase = this.phase;
    return log;
  }

  /** A log that asks but notes nothing. */
  muted(): RequestLog {
    return new RequestLog(this.machine, this.resolveImage);
  }

  /** All requests, phase by phase. */
  inOrder(): readonly InternalRequest[] {
    return [...this.requests].sort((a, b) => a.phase - b.phase);
  }

  /** What follows is asked after everything so far was answered. */
  nextPhase(): void {
    if (this.requests.some((request) => request.phase === this.phase)) this.phase++;
  }

  /** Notes a transfer. */
  transfer(name: string, local: LocalOp): void {
    this.add({ digest: this.digest(name, local), name, phase: this.phase, local });
  }

  /** Notes the download of an image that is not a step. */
  pull(name: string, image: ImageOp): void {
    this.add({ digest: this.digest(name, image), name, phase: this.phase, image });
  }

  /**
   * Looks an image up under the row *name*; asked again for the same it answers without a row. *ref* is canonical.
   * Throws Refusal with BuildKit's text.
   */
  lookUp(name: string, ref: string, platform: PlatformSpec): Promise<ResolvedImage> {
    // Whoever asks first gives the row its name.
    const key = JSON.stringify([ref, formatPlatformAll(platform)]);
    const known = this.lookups.get(key);
    if (known !== undefined) return known;
    const index = this.add({
      digest: this.digest(name, key),
      name,
      phase: this.phase,
      resolve: { ref, platform },
    });
    const answer = this.resolveImage(ref, platform).then((image) => {
      if (!("error" in image)) return image;
      const error = `failed to resolve source metadata for ${ref}: ${image.error}`;
      if (index !== -1) this.requests[index] = { ...(this.requests[index] as InternalRequest), error };
      throw new Refusal(error, "LB_IMAGE_NOT_FOUND");
    });
    this.lookups.set(key, answer);
    return answer;
  }

  private digest(name: string, detail: unknown): string {
    return sha256Digest(this.machine, JSON.stringify(["request", name, detail]));
  }

  /** The index, or -1 when there is an equal one already. */
  private add(request: InternalRequest): number {
    if (this.requests.some((known) => known.digest === request.digest)) return -1;
    return this.requests.push(request) - 1;
  }
}
