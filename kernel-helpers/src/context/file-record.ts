/** The digest of one entry: attributes and bytes, no name, no mtime (BuildKit cache/contenthash filehash.go, tarsum.go). */

import type { Content, FileStat, FileType } from "../platform/files";
import { compareBytes } from "../platform/paths";
import type { Platform } from "../platform/platform";
import type { RecordCache, RecordHeader } from "./types";

const TYPEFLAGS: Readonly<Record<FileType, string>> = {
  file: "0",
  symlink: "2",
  char: "3",
  block: "4",
  dir: "5",
  fifo: "6",
  // Hashed like an empty file.
  socket: "0",
};

/** What of *stat* is hashed. *devices*: are device numbers? (A scanned snapshot hashes 0.) */
export function recordHeader(stat: FileStat, devices: boolean): RecordHeader {
  const { type } = stat;
  const xattrs = hashedXattrs(stat.xattrs);
  return {
    type,
    mode: type === "symlink" ? 0o777 : stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    size: type === "file" ? stat.size : 0,
    linkname: type === "symlink" ? (stat.linkname ?? "") : "",
    devmajor: devices ? (stat.devmajor ?? 0) : 0,
    devminor: devices ? (stat.devminor ?? 0) : 0,
    ...(xattrs && { xattrs }),
  };
}

/** `sha256:…` of an entry. The bytes of *content* are read only when *cache* does not know the answer. */
export function recordDigest(
  platform: Platform,
  header: RecordHeader,
  content?: Content,
  cache?: RecordCache,
): string {
  const text = headerText(header);
  const names = Object.keys(header.xattrs ?? {}).sort(compareBytes);
  const key =
    names.length === 0
      ? text
      : text + names.map((name) => `${name}=${String(header.xattrs?.[name])};`).join("");
  const bytes = header.type === "file" && header.size > 0 ? content : undefined;
  const known = bytes && cache?.get(bytes, key);
  if (known !== undefined) return known;
  const hash = platform.sha256().update(text);
  for (const name of names) hash.update(name).update(header.xattrs?.[name] ?? new Uint8Array(0));
  if (bytes) for (const chunk of bytes.chunks?.() ?? [bytes.read()]) hash.update(chunk);
  const digest = "sha256:" + hash.hex();
  if (bytes) cache?.put(bytes, key, digest);
  return digest;
}

function headerText(h: RecordHeader): string {
  return (
    `namemode${h.mode}uid${h.uid}gid${h.gid}size${h.size}typeflag${TYPEFLAGS[h.type]}linkname${h.linkname}` +
    `unamegnamedevmajor${h.devmajor}devminor${h.devminor}`
  );
}

function hashedXattrs(xattrs: FileStat["xattrs"]): Record<string, Uint8Array> | undefined {
  if (xattrs === undefined) return undefined;
  const kept = Object.entries(xattrs).filter(
    ([name]) =>
      name === "security.capability" || !(name.startsWith("security.") || name.startsWith("system.")),
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** A cache of records that lives as long as the contents do. */
export function memoryRecordCache(): RecordCache {
  const known = new WeakMap<object, Map<string, string>>();
  return {
    get: (content, header) => known.get(content)?.get(header),
    put(content, header, digest) {
      const digests = known.get(content);
      if (digests) digests.set(header, digest);
      else known.set(content, new Map([[header, digest]]));
    },
  };
}
