/** The entries of a built layer, as its tar lists them; made only when looked at. */

import { isNoContent, type StepLayer } from "../image/layer";
import type { Content } from "../platform/files";
import type { Platform } from "../platform/platform";
import type { ImageLayer, LayerEntry } from "./types";

/** *layer* with an `entries` that is worked out at the first look (also by JSON.stringify). Times later than *epoch* are set to it. */
export function lazyEntries(
  layer: ImageLayer,
  source: StepLayer,
  platform: Platform,
  epoch: number | undefined,
): ImageLayer {
  let entries: readonly LayerEntry[] | undefined;
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- the property is added, the type says so
  return Object.defineProperty({ ...layer }, "entries", {
    enumerable: true,
    get: () =>
      (entries ??= source.entries().map((entry): LayerEntry => {
        const mtime = Math.trunc(epoch !== undefined && entry.mtime > epoch ? epoch : entry.mtime);
        const bytes = entry.type === "file" && entry.content && entry.size > 0 ? entry.content : undefined;
        return {
          path: entry.name,
          type: entry.type,
          mode: entry.mode.toString(8),
          uid: entry.uid,
          gid: entry.gid,
          size: entry.size,
          mtime,
          ...(entry.linkname !== undefined && entry.linkname !== "" && { linkname: entry.linkname }),
          ...(bytes && { sha256: hexOf(bytes, platform) }),
        };
      })),
  }) as ImageLayer;
}

/** Undefined for a file of which only the size is known. */
function hexOf(content: Content, platform: Platform): string | undefined {
  try {
    return content.digest?.replace("sha256:", "") ?? platform.sha256Hex(content.read());
  } catch (error) {
    if (isNoContent(error)) return undefined;
    throw error;
  }
}
