/** Trees and layers as values of a store: a line of JSON for the entries, the bytes of the files behind it. */

import { buildSnapshot, chunksOf, type LayerEntry, type TreeEntry } from "../../filesystem";
import { unknownContent } from "../../image/catalog-image";
import { type ByteSource, piecesOf, sliceSource } from "../../platform/bytes";
import type { Content, FileStat, Snapshot } from "../../platform/files";
import type { Platform } from "../../platform/platform";

/** A file's bytes as they are kept: where they begin in the value, or what stands for them. */
interface StoredBytes {
  readonly at?: number;
  readonly digest?: string;
  readonly standIn?: string;
}

type StoredEntry = Omit<LayerEntry, "content" | "xattrs"> & {
  readonly bytes?: StoredBytes;
  readonly xattrs?: Readonly<Record<string, string>>;
};

/** Entries written down. */
export interface PackedEntries {
  /** Can be read without the bytes. */
  readonly json: string;
  /** Bytes of all contents. */
  readonly size: number;
  /** The contents one after the other; equal ones once. */
  readonly pieces: () => Iterable<Uint8Array>;
}

/** Writes entries down; the contents are read when the pieces are asked for. */
export function packEntries(platform: Platform, entries: Iterable<LayerEntry>): PackedEntries {
  const contents: Content[] = [];
  const known = new Map<string, number>();
  let length = 0;
  const stored: StoredEntry[] = [];
  for (const { content, xattrs, ...rest } of entries) {
    const entry: StoredEntry = { ...rest, ...(xattrs && { xattrs: encodeXattrs(xattrs) }) };
    if (!content || rest.type !== "file") stored.push(entry);
    else if (content.standIn !== undefined) stored.push({ ...entry, bytes: { standIn: content.standIn } });
    else {
      const digest = content.digest ?? digestOf(platform, chunksOf(content));
      const there = known.get(digest);
      if (there === undefined) {
        known.set(digest, length);
        contents.push(content);
      }
      stored.push({ ...entry, bytes: { at: there ?? length, digest } });
      if (there === undefined) length += content.size;
    }
  }
  const pieces = function* (): Generator<Uint8Array> {
    for (const content of contents) yield* chunksOf(content);
  };
  return { json: JSON.stringify(stored), size: length, pieces };
}

function digestOf(platform: Platform, chunks: Iterable<Uint8Array>): string {
  const hash = platform.sha256();
  for (const chunk of chunks) hash.update(chunk);
  return "sha256:" + hash.hex();
}

/** Entries out of a store. *bytes* gives the value with the contents; it is called when a file is read. */
export function unpackEntries(json: string, bytes: () => ByteSource): LayerEntry[] {
  return (JSON.parse(json) as readonly StoredEntry[]).map(
    ({ bytes: place, xattrs, ...rest }): LayerEntry => ({
      ...rest,
      ...(xattrs && { xattrs: decodeXattrs(xattrs) }),
      ...(place && { content: contentAt(place, rest.size, bytes) }),
    }),
  );
}

function contentAt({ at = 0, digest, standIn }: StoredBytes, size: number, bytes: () => ByteSource): Content {
  if (standIn !== undefined) return unknownContent(size, standIn);
  return {
    size,
    ...(digest !== undefined && { digest }),
    read: () => bytes().read(at, size),
    chunks: () => piecesOf(sliceSource(bytes(), at, size)),
  };
}

function encodeXattrs(xattrs: Readonly<Record<string, Uint8Array>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(xattrs).map(([name, value]) => [name, String.fromCharCode(...value)]),
  );
}

function decodeXattrs(xattrs: Readonly<Record<string, string>>): Record<string, Uint8Array> {
  return Object.fromEntries(
    Object.entries(xattrs).map(([name, value]) => [name, Uint8Array.from(value, (c) => c.charCodeAt(0))]),
  );
}

/** All entries of a tree, parents first, with the fractions of their times; hard links as links to the first name. */
export function* treeEntries(tree: Snapshot): Generator<LayerEntry> {
  const first = new Map<number, string>();
  const root = tree.lstat("/")!;
  yield entryOf("./", root);
  const visit = function* (directory: string): Generator<LayerEntry> {
    for (const name of tree.readdir(directory === "" ? "/" : directory)) {
      const path = `${directory}/${name}`;
      const stat = tree.lstat(path)!;
      if (stat.type === "socket") continue;
      const relative = path.slice(1) + (stat.type === "dir" ? "/" : "");
      const original = stat.nlink > 1 && stat.type === "file" ? first.get(stat.ino) : undefined;
      if (original !== undefined)
        yield { ...entryOf(relative, stat), type: "hardlink", size: 0, linkname: original };
      else
        yield { ...entryOf(relative, stat), ...(stat.type === "file" && { content: tree.readFile(path) }) };
      first.set(stat.ino, relative);
      if (stat.type === "dir") yield* visit(path);
    }
  };
  yield* visit("");
}

function entryOf(name: string, stat: FileStat): LayerEntry {
  const { type, mode, uid, gid, mtime, linkname, devmajor, devminor, xattrs } = stat;
  return {
    name,
    type: type as LayerEntry["type"],
    mode,
    uid,
    gid,
    mtime,
    size: type === "file" ? stat.size : 0,
    ...(linkname !== undefined && { linkname }),
    ...(devmajor !== undefined && { devmajor, devminor }),
    ...(xattrs && { xattrs }),
  };
}

/** The tree of entries that `treeEntries` gave. */
export function treeOf(entries: Iterable<LayerEntry>): Snapshot {
  const list: TreeEntry[] = [];
  for (const entry of entries) {
    const { name, type, content, size: _size, linkname, ...rest } = entry;
    if (type === "hardlink") list.push({ path: name, type: "file", hardlink: linkname });
    else
      list.push({
        ...rest,
        path: name,
        type,
        ...(content && { content }),
        ...(linkname !== undefined && { linkname }),
      });
  }
  return buildSnapshot(list);
}
