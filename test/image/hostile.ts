/** Archives that are broken or meant to harm, made from good ones: shared by the fast and the long tests. */

import { gzipSync } from "node:zlib";

import { layerTarBytes, type LayerEntry } from "../../kernel-helpers/src/filesystem";
import { nodePlatform } from "../../kernel-helpers/src/platform/node";

/** A file of an archive, or another entry by *more*. */
export function entry(name: string, data: string | Uint8Array, more: Partial<LayerEntry> = {}): LayerEntry {
  const content = Buffer.from(data);
  return {
    name,
    type: "file",
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    size: content.length,
    content: { size: content.length, read: () => content },
    ...more,
  };
}

/** A link. */
export const link = (name: string, linkname: string, type: "symlink" | "hardlink" = "symlink"): LayerEntry =>
  entry(name, "", { type, linkname, content: undefined });

export const digestOf = (data: Uint8Array | string): string => "sha256:" + nodePlatform.sha256Hex(data);

/** The documents of an image of one layer, as JSON that a test may change; digests are made when it is packed. */
export interface LayerChanges {
  readonly diffId?: string;
  readonly size?: number;
  readonly config?: (config: string) => string;
  readonly manifest?: (manifest: string) => string;
  readonly index?: (index: string) => string;
  /** The layer as it is, not gzip'd. */
  readonly plain?: boolean;
  /** The layer packed otherwise, and its media type. */
  readonly blob?: Uint8Array;
  readonly mediaType?: string;
}

/** An OCI layout of one layer whose tar is *tar*. */
export function withLayer(tar: Uint8Array, changes: LayerChanges = {}): LayerEntry[] {
  const blob = changes.blob ?? (changes.plain ? tar : gzipSync(tar, { level: 1 }));
  const changed = (text: string, change?: (text: string) => string): string => change?.(text) ?? text;
  const config = changed(
    JSON.stringify({
      os: "linux",
      architecture: "amd64",
      config: { Env: ["PATH=/bin"] },
      history: [{ created_by: "COPY" }],
      rootfs: { type: "layers", diff_ids: [changes.diffId ?? digestOf(tar)] },
    }),
    changes.config,
  );
  const describe = (mediaType: string, data: Uint8Array | string): object => ({
    mediaType,
    digest: digestOf(data),
    size: Buffer.byteLength(data),
  });
  const manifest = changed(
    JSON.stringify({
      config: describe("application/vnd.oci.image.config.v1+json", config),
      layers: [
        {
          ...describe(changes.mediaType ?? "application/vnd.oci.image.layer.v1.tar+gzip", blob),
          ...(changes.size !== undefined && { size: changes.size }),
        },
      ],
    }),
    changes.manifest,
  );
  const index = changed(
    JSON.stringify({ manifests: [describe("application/vnd.oci.image.manifest.v1+json", manifest)] }),
    changes.index,
  );
  return [
    ...[blob, config, manifest].map((data) => entry("blobs/" + digestOf(data).replace(":", "/"), data)),
    entry("index.json", index),
  ];
}

/** Random numbers that are the same everywhere: *below* is exclusive. */
export function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}

const LAYER = layerTarBytes([
  entry("a/b", "text"),
  entry("dir/", "", { type: "dir", mode: 0o755, content: undefined }),
  link("link", "../x"),
  link("hard", "a/b", "hardlink"),
  entry("한글 이름", "내용".repeat(300)),
  entry("x".repeat(120), "a long name, so an extended header"),
]);
const WORDS = ["", "-1", "null", "[]", "{}", "1e99", '"../../etc/passwd"', '"sha256:0"', "9007199254740993"];

/** The *round*th broken archive: bytes of a tar, sometimes gzip'd. */
export function mutation(round: number, random: (below: number) => number): Buffer {
  const archive = Buffer.from(layerTarBytes(withLayer(LAYER)));
  const wrap = (tar: Buffer): Buffer => (round % 12 < 6 ? tar : gzipSync(tar, { level: 1 }));
  switch (round % 6) {
    case 0:
      return wrap(archive.subarray(0, random(archive.length)));
    case 1:
      return wrap(scratched(archive, random));
    case 2: {
      const at = random(archive.length - 600);
      archive.copyWithin(random(archive.length - 600), at, at + random(600));
      return wrap(archive);
    }
    case 3:
      return wrap(mendedHeader(archive, random));
    case 4: {
      // Inside the layer, with all digests right: only the tar itself is wrong.
      const layer = Buffer.from(LAYER);
      const kind = random(3);
      const bad =
        kind === 0
          ? mendedHeader(layer, random)
          : kind === 1
            ? scratched(layer, random)
            : layer.subarray(0, random(layer.length));
      return wrap(Buffer.from(layerTarBytes(withLayer(bad, { plain: random(3) === 0 }))));
    }
    default: {
      // A value of one document, with the digests above it right.
      const change = (text: string): string => {
        const places = [...text.matchAll(/"[^"]*"(?!:)|\d+|\[|\{/g)];
        const place = places[random(places.length)]!;
        const word = WORDS[random(WORDS.length)]!;
        return text.slice(0, place.index) + word + text.slice(place.index + place[0].length);
      };
      const which = (["config", "manifest", "index"] as const)[random(3)]!;
      return wrap(Buffer.from(layerTarBytes(withLayer(LAYER, { [which]: change }))));
    }
  }
}

function scratched(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = 0; i <= random(4); i++) copy[random(copy.length)] = random(256);
  return copy;
}

/** Changes a header and mends its checksum, so that the change is read. */
function mendedHeader(bytes: Buffer, random: (below: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  const header = 512 * random(Math.floor(copy.length / 512));
  copy[header + random(345)] = 32 + random(95);
  copy.fill(32, header + 148, header + 156);
  const sum = copy.subarray(header, header + 512).reduce((all, byte) => all + byte, 0);
  copy.write(sum.toString(8).padStart(6, "0") + "\0 ", header + 148, "latin1");
  return copy;
}

/** gzip of *bytes* zero bytes, made without having them all. */
export function zeros(bytes: number): Buffer {
  const step = 16 << 20;
  const member = gzipSync(Buffer.alloc(step));
  const rest = bytes % step;
  return Buffer.concat([
    ...Array.from({ length: Math.floor(bytes / step) }, () => member),
    ...(rest > 0 ? [gzipSync(Buffer.alloc(rest))] : []),
  ]);
}

/** A layer of directories inside one another, *depth* deep. */
export function nested(depth: number): Uint8Array {
  const entries: LayerEntry[] = [];
  for (let i = 1; i <= depth; i++)
    entries.push(entry("d/".repeat(i), "", { type: "dir", mode: 0o755, content: undefined }));
  return layerTarBytes(entries);
}

/** A header that announces *size* bytes with nothing behind it. */
export function announcing(size: string): Buffer {
  const tar = Buffer.from(layerTarBytes([entry("big", "x")]));
  tar.write(size, 124, "latin1");
  tar.fill(32, 148, 156);
  const sum = tar.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  tar.write(sum.toString(8).padStart(6, "0") + "\0 ", 148, "latin1");
  return tar;
}

/** A GNU sparse entry: little data that stands for a lot. */
export function sparse(): Buffer {
  const tar = announcing("00000000001\0");
  tar[156] = "S".charCodeAt(0);
  tar.fill(32, 148, 156);
  const sum = tar.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  tar.write(sum.toString(8).padStart(6, "0") + "\0 ", 148, "latin1");
  return tar;
}
