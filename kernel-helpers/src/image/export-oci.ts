/** Writes images as an OCI image layout: files of a directory, or one tar (image-spec image-layout.md, containerd images/archive/exporter.go). */

import { type LayerEntry, TAR_END, tarHeader } from "../filesystem";
import type { Pieces } from "../platform/bytes";
import type { Platform } from "../platform/platform";
import { INDEX_TYPE, type LayerForm, type PackedImage, withLayers } from "./packed-image";

/** An image with the names it is exported under, canonical (`docker.io/library/app:latest`); none for an image by its id. */
export interface NamedExport {
  readonly names: readonly string[];
  readonly image: PackedImage;
}

/** A file of an archive. *size*: bytes. *pieces* are asked for when the file is written, and reject when they turn out to be wrong. */
export interface ArchiveFile {
  readonly path: string;
  readonly size: number;
  readonly pieces: () => Pieces;
}

/** Options of an export. *layers* default: `keep`. */
export interface ExportOptions {
  readonly layers?: LayerForm;
}

export const NAME_ANNOTATION = "io.containerd.image.name";
export const REF_ANNOTATION = "org.opencontainers.image.ref.name";

/** The files of an OCI layout with *images*: blobs by digest, then `index.json` and `oci-layout`. The same images give the same bytes. */
export async function exportOci(
  platform: Platform,
  images: readonly NamedExport[],
  options: ExportOptions = {},
): Promise<ArchiveFile[]> {
  return layoutFiles(await formed(platform, images, options));
}

/** *images* with their layers in the form that was asked for. */
export async function formed(
  platform: Platform,
  images: readonly NamedExport[],
  options: ExportOptions,
): Promise<NamedExport[]> {
  const all: NamedExport[] = [];
  for (const { names, image } of images)
    all.push({ names, image: await withLayers(platform, image, options.layers ?? "keep") });
  return all;
}

export function layoutFiles(images: readonly NamedExport[]): ArchiveFile[] {
  const blobs = new Map<string, ArchiveFile>();
  const add = ({ digest, size }: { digest: string; size: number }, pieces: () => Pieces): void => {
    const path = blobPath(digest);
    if (!blobs.has(path)) blobs.set(path, { path, size, pieces });
  };
  for (const { image } of images) {
    const { root, index } = image;
    if (index) add(root, () => [index]);
    for (const { descriptor, text, config, layers } of image.manifests) {
      add(descriptor, () => [text]);
      add(config, () => config.pieces());
      for (const layer of layers) add(layer, () => layer.pieces());
    }
  }
  return [
    ...[...blobs.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    textFile(
      "index.json",
      JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests: images.flatMap(rootDescriptors) }),
    ),
    textFile("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
  ];
}

/** One descriptor for each name: the name whole as containerd writes it, and the tag alone as skopeo and umoci look it up. */
function rootDescriptors({ names, image }: NamedExport): object[] {
  const { mediaType, digest, size } = image.root;
  const bare = { mediaType, digest, size };
  if (names.length === 0) return [bare];
  return names.map((name) => ({
    ...bare,
    annotations: { [NAME_ANNOTATION]: name, [REF_ANNOTATION]: tagOf(name) },
  }));
}

function tagOf(name: string): string {
  return /:([^:/@]+)$/.exec(name.replace(/@.*$/, ""))?.[1] ?? "latest";
}

/** `sha256:ab…` → `blobs/sha256/ab…`. */
export function blobPath(digest: string): string {
  return "blobs/" + digest.replace(":", "/");
}

export function textFile(path: string, text: string): ArchiveFile {
  const bytes = new TextEncoder().encode(text);
  return { path, size: bytes.length, pieces: () => [bytes] };
}

/** *files* as one tar, in pieces: folders first, times zero, owner root. Rejects with what a file's pieces reject with. */
export async function* archiveTar(files: readonly ArchiveFile[]): AsyncGenerator<Uint8Array> {
  const made = new Set<string>();
  const header = (name: string, type: LayerEntry["type"], mode: number, size: number): Uint8Array =>
    tarHeader({ uid: 0, gid: 0, mtime: 0, name, type, mode, size });
  for (const { path, size, pieces } of files) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      const name = path.slice(0, slash + 1);
      if (!made.has(name)) yield header(name, "dir", 0o755, 0);
      made.add(name);
    }
    yield header(path, "file", 0o644, size);
    let written = 0;
    for await (const piece of pieces()) {
      written += piece.length;
      yield piece;
    }
    if (written !== size) throw new Error(`${path}: ${written} bytes instead of ${size}`);
    if (size % 512 > 0) yield TAR_END.subarray(0, 512 - (size % 512));
  }
  yield TAR_END;
}
