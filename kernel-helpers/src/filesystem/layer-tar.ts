/** The tar of a layer, in pieces, and its diffID (containerd pkg/archive/tar.go; rewrite-timestamp: BuildKit util/converter). */

import type { Platform, Sha256 } from "../platform/platform";
import { chunksOf } from "./content";
import { encodeHeader, type GoTarHeader, needsPax, padding } from "./go-tar";
import type { LayerEntry } from "./layer-entry";

/** How a layer is written. */
export interface LayerTarOptions {
  /** Seconds since 1970: later mtimes become this one, as `rewrite-timestamp` does with SOURCE_DATE_EPOCH. Default: none do. */
  readonly epoch?: number;
}

const TYPEFLAGS: Readonly<Record<LayerEntry["type"], string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  char: "3",
  block: "4",
  dir: "5",
  fifo: "6",
};

const NOTHING = new Uint8Array(1024);

/** The bytes of the tar of *entries*, in pieces, byte for byte as Go's writer makes them. */
export function* layerTar(
  entries: Iterable<LayerEntry>,
  options: LayerTarOptions = {},
): Generator<Uint8Array> {
  for (const entry of entries) {
    yield encodeHeader(headerOf(entry, options.epoch));
    if (entry.type !== "file" || entry.size === 0 || entry.content === undefined) continue;
    let written = 0;
    for (const chunk of chunksOf(entry.content)) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== entry.size) throw new Error(`${entry.name}: ${written} bytes instead of ${entry.size}`);
    const pad = padding(entry.size);
    if (pad > 0) yield NOTHING.subarray(0, pad);
  }
  yield NOTHING;
}

/** The header of one entry, and the end of a tar: for those who write the contents themselves. */
export function tarHeader(entry: LayerEntry): Uint8Array {
  return encodeHeader(headerOf(entry, undefined));
}
export const TAR_END: Uint8Array = NOTHING;

/** diffID (`sha256:…` of the tar) and its size in bytes, without keeping the tar. */
export function hashLayer(
  platform: Platform,
  entries: Iterable<LayerEntry>,
  options: LayerTarOptions = {},
): { readonly diffID: string; readonly size: number } {
  let hash: Sha256 | undefined;
  let size = 0;
  const first: Uint8Array[] = [];
  for (const chunk of layerTar(entries, options)) {
    size += chunk.length;
    if (hash) hash.update(chunk);
    else first.push(chunk);
    if (hash || size <= SMALL) continue;
    hash = platform.sha256();
    for (const piece of first) hash.update(piece);
  }
  return { diffID: "sha256:" + (hash ? hash.hex() : platform.sha256Hex(joined(first, size))), size };
}

/** A tar of no more bytes is hashed in one go, which costs half. */
const SMALL = 32 * 1024;

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The bytes of the tar of *entries* in one piece. */
export function layerTarBytes(entries: Iterable<LayerEntry>, options: LayerTarOptions = {}): Uint8Array {
  const chunks = [...layerTar(entries, options)];
  return joined(
    chunks,
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
}

function headerOf(entry: LayerEntry, epoch: number | undefined): GoTarHeader {
  if (!entry.xattrs && (epoch === undefined || entry.mtime <= epoch)) return plainHeader(entry);
  const records: Record<string, Uint8Array> = {};
  for (const [name, value] of entry.xattrs ? Object.entries(entry.xattrs) : [])
    records["SCHILY.xattr." + name] = value;
  const header: GoTarHeader = { ...plainHeader(entry), ...(entry.xattrs && { records }) };
  if (epoch === undefined || entry.mtime <= epoch) return header;
  // The rewriter reads the tar and writes it again; an entry that was in the PAX format stays in it.
  return { ...header, mtime: epoch, pax: needsPax(header) };
}

function plainHeader(entry: LayerEntry): GoTarHeader {
  const { type, name, linkname = "", mode, uid, gid, size, mtime } = entry;
  const { devmajor = 0, devminor = 0 } = entry;
  return { typeflag: TYPEFLAGS[type], name, linkname, mode, uid, gid, size, mtime, devmajor, devminor };
}
