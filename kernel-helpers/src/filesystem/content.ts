/** Bytes as the content of a file, and content read in pieces. */

import type { Content } from "../platform/files";

/** Bytes or text (as UTF-8) as the content of a file. The bytes are not copied: do not change them afterwards. */
export function contentOf(data: Uint8Array | string, digest?: string): Content {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return { size: bytes.length, ...(digest !== undefined && { digest }), read: () => bytes };
}

/** *data* itself when it is content already. */
export function toContent(data: Content | Uint8Array | string): Content {
  return typeof data === "string" || data instanceof Uint8Array ? contentOf(data) : data;
}

/** The bytes of *content* in pieces; one piece where it cannot be read otherwise. */
export function chunksOf(content: Content): Iterable<Uint8Array> {
  return content.chunks?.() ?? [content.read()];
}
