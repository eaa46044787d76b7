/** Writes images as an OCI image layout: files of a directory, or one tar (image-spec image-layout.md, containerd images/archive/exporter.go). */

import { layerTar, type LayerEntry } from "../filesystem";
import type { Platform } from "../platform/platform";
import { INDEX_TYPE, type LayerForm, type PackedImage, withLayers } from "./packed-image";

/** An image with the names it is exported under, canonical (`docker.io/library/app:latest`); none for an image by its id. */
export interface NamedExport {
  readonly names: readonly string[];
  readonly image: PackedImage;
}

/** A file of an archive. *size*: bytes. *read* is called when the file is written, so one blob is in memory at a time. */
export interface ArchiveFile {
  readonly path: string;
  readonly size: number;
  readonly read: () => Uint8Array;
}

/** Options of an export. *layers* default: `keep`. */
export interface ExportOptions {
  readonly layers?: LayerForm;
}

export const NAME_ANNOTATION = "io.containerd.image.name";
export const REF_ANNOTATION = "org.opencontainers.image.ref.name";

/** The files of an OCI layout with *images*: blobs by digest, then `index.json` and `oci-layout`. The same images give the same bytes. */
export function exportOci(
  platform: Platform,
  images: readonly NamedExport[],
  options: ExportOptions = {},
): ArchiveFile[] {
  return layoutFiles(formed(platform, images, options));
}

/** *images* with their layers in the form that was asked for. */
export function formed(
  platform: Platform,
  images: readonly NamedExport[],
  options: ExportOptions,
): NamedExport[] {
  return images.map(({ names, image }) => ({
    names,
    image: withLayers(platform, image, options.layers ?? "keep"),
  }));
}

export function layoutFiles(images: readonly NamedExport[]): ArchiveFile[] {
  const blobs = new Map<string, ArchiveFile>();
  const add = ({ digest, size }: { digest: string; size: number }, read: () => Uint8Array): void => {
    const path = blobPath(digest);
    if (!blobs.has(path)) blobs.set(path, { path, size, read });
  };
  for (const { image } of images) {
    const { root, index } = image;
    if (index) add(root, () => index);
    for (const { descriptor, text, config, layers } of image.manifests) {
      add(descriptor, () => text);
      add(config, () => config.read());
      for (const layer of layers) add(layer, () => layer.read());
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
  return { path, size: bytes.length, read: () => bytes };
}

/** *files* as one tar, in pieces: folders first, times zero, owner root. */
export function archiveTar(files: readonly ArchiveFile[]): Generator<Uint8Array> {
  return layerTar(archiveEntries(files));
}

function* archiveEntries(files: readonly ArchiveFile[]): Generator<LayerEntry> {
  const made = new Set<string>();
  const common = { uid: 0, gid: 0, mtime: 0 };
  for (const { path, size, read } of files) {
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      const name = path.slice(0, slash + 1);
      if (!made.has(name)) yield { ...common, name, type: "dir", mode: 0o755, size: 0 };
      made.add(name);
    }
    yield { ...common, name: path, type: "file", mode: 0o644, size, content: { size, read } };
  }
}
