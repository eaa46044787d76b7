/** A built layer in a record: its entries, and what it is compressed, are worked out only when they are looked at. */

import { type BaseLayer, isNoContent, type StepLayer } from "../image/layer";
import { LayoutError } from "../image/oci-layout";
import type { LayerEntry as FileEntry } from "../filesystem/layer-entry";
import type { Content } from "../platform/files";
import type { Platform } from "../platform/platform";
import type { ImageLayer, LayerEntry } from "./types";

/** The layer *source*, with times later than *epoch* set to it; JSON.stringify looks at all of it. */
export function lazyLayer(source: StepLayer, platform: Platform, epoch: number | undefined): ImageLayer {
  const { diffId, uncompressed } = source.digest(platform, epoch);
  source.export(epoch);
  const entries = entriesOf(source, platform, epoch);
  return {
    diffId,
    get digest() {
      return source.compressed(platform, epoch).digest;
    },
    get size() {
      return source.compressed(platform, epoch).size;
    },
    uncompressed,
    fromBase: false,
    get entries() {
      return entries();
    },
  };
}

/** A layer of a base image; the size of its tar is worked out, once for a builder, when it is looked at. */
export function baseLayer(layer: BaseLayer, known: Map<string, number>): ImageLayer {
  const { diffId, digest, size, contentBytes, unpackedBytes } = layer;
  if (contentBytes !== undefined || !unpackedBytes)
    return { diffId, digest, size, uncompressed: contentBytes ?? 0, fromBase: true };
  const uncompressed = (): number => {
    try {
      const bytes = known.get(diffId) ?? unpackedBytes();
      known.set(diffId, bytes);
      return bytes;
    } catch (error) {
      // A damaged blob fails the build that needs its files; this one did not.
      if (error instanceof LayoutError) return 0;
      throw error;
    }
  };
  return {
    diffId,
    digest,
    size,
    get uncompressed() {
      return uncompressed();
    },
    fromBase: true,
  };
}

/** *layer* with the entries of *source*. */
export function lazyEntries(
  layer: ImageLayer,
  source: StepLayer,
  platform: Platform,
  epoch: number | undefined,
): ImageLayer {
  const entries = entriesOf(source, platform, epoch);
  return {
    ...layer,
    get entries() {
      return entries();
    },
  };
}

function entriesOf(
  source: StepLayer,
  platform: Platform,
  epoch: number | undefined,
): () => readonly LayerEntry[] {
  let entries: readonly LayerEntry[] | undefined;
  return () => (entries ??= source.entries().map((entry) => layerEntry(entry, platform, epoch)));
}

/** An entry of a layer's tar as records name it, its time no later than *epoch*. */
export function layerEntry(entry: FileEntry, platform: Platform, epoch?: number): LayerEntry {
  const bytes = entry.type === "file" && entry.content && entry.size > 0 ? entry.content : undefined;
  return {
    path: entry.name,
    type: entry.type,
    mode: entry.mode.toString(8),
    uid: entry.uid,
    gid: entry.gid,
    size: entry.size,
    mtime: Math.trunc(epoch !== undefined && entry.mtime > epoch ? epoch : entry.mtime),
    ...(entry.linkname !== undefined && entry.linkname !== "" && { linkname: entry.linkname }),
    ...(bytes && { sha256: hexOf(bytes, platform) }),
    ...((entry.type === "char" || entry.type === "block") && {
      dev: [entry.devmajor ?? 0, entry.devminor ?? 0],
    }),
    ...((entry.uid > MAX_ID || entry.gid > MAX_ID) && {
      pax: {
        ...(entry.uid > MAX_ID && { uid: String(entry.uid) }),
        ...(entry.gid > MAX_ID && { gid: String(entry.gid) }),
      },
    }),
  };
}

/** The largest number of seven octal digits. */
const MAX_ID = 0o7777777;

/** Undefined for a file of which only the size is known. */
function hexOf(content: Content, platform: Platform): string | undefined {
  try {
    return content.digest?.replace("sha256:", "") ?? platform.sha256Hex(content.read());
  } catch (error) {
    if (isNoContent(error)) return undefined;
    throw error;
  }
}
