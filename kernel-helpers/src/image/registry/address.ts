/** Where an image lies: which registry, which repository, under which tag or digest (distribution/reference, docker's defaults). */

import { parseReference } from "../../dockerfile";
import { refusal } from "../import-refusal";

/** The place of an image. */
export interface ImageAddress {
  /** `docker.io/library/memo:latest`, `localhost:5000/memo:v1`, also `…@sha256:…`. */
  readonly canonical: string;
  /** As credentials are kept under: `docker.io`, `localhost:5000`. */
  readonly registry: string;
  /** `https://registry-1.docker.io`, `http://localhost:5000`; no slash at the end. */
  readonly origin: string;
  /** `library/memo`. */
  readonly repository: string;
  /** Tag or digest: what stands behind `/manifests/`. */
  readonly reference: string;
}

/** Reads *name*. HTTP is spoken to this machine itself, and everywhere with *plainHttp*. Throws ImageTransferError `LB_IMAGE_NAME`. */
export function imageAddress(name: string, plainHttp = false): ImageAddress {
  const parsed = parseReference(name);
  if ("message" in parsed) {
    throw refusal(
      "LB_IMAGE_NAME",
      `${name} is no image name: ${parsed.message}`,
      `${name}: 이미지 이름이 아닙니다`,
    );
  }
  const { canonical, domain: registry, path: repository } = parsed;
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const scheme = plainHttp || isLoopback(host) ? "http" : "https";
  return {
    canonical,
    registry,
    origin: `${scheme}://${host}`,
    repository,
    reference: parsed.digest ?? parsed.tag ?? "latest",
  };
}

/** Is *host* (with or without a port) this machine? */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
