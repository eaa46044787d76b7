/** Simulated durations in milliseconds: plausible on an ordinary laptop, the same everywhere. */

const KILO = 1000;

/** A transfer of *bytes* from the client. */
export function transferTime(bytes: number): number {
  return 10 + Math.round(bytes / (200 * KILO));
}

/** A question to the registry; an image that is here already is only checked again. */
export function registryTime(isKnown: boolean): number {
  return isKnown ? 420 : 900;
}

/** The registry's answer that there is no such image: it takes one question less than an image. */
export const NOT_FOUND_TIME = 400;

/** Reading a manifest that was looked up a moment ago. */
export const RESOLVE_TIME = 5;

/** The download of a compressed layer: 25 MB/s. */
export function downloadTime(bytes: number): number {
  return 60 + Math.round(bytes / (25 * KILO));
}

/** Unpacking a compressed layer: 60 MB/s. */
export function extractTime(bytes: number): number {
  return 20 + Math.round(bytes / (60 * KILO));
}

/** A COPY, ADD or WORKDIR that writes *bytes*. */
export function fileOpTime(bytes: number): number {
  return 25 + Math.round(bytes / (300 * KILO));
}

/** Starting a container. */
export const CONTAINER_TIME = 80;

/** Putting two stacks of layers together. */
export const MERGE_TIME = 10;

/** Packing new layers of *bytes* in all: 40 MB/s. */
export function exportTime(bytes: number): number {
  return 20 + Math.round(bytes / (40 * KILO));
}

/** Writing a small document. */
export const DOCUMENT_TIME = 2;
