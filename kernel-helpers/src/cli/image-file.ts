/** Images in files: what `docker save` writes, an OCI layout in a tar or a folder. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import type { LayerContents } from "../report";
import { layerEntry } from "../build/layer-entries";
import type { BuiltImage, HistoryEntry, ImageLayer } from "../build/types";
import { readTar } from "../filesystem";
import { type PackedImage, packingOf, unzstd } from "../image";
import { bytesSource, gather } from "../platform/bytes";
import { nodePlatform } from "../platform/node";
import { CliError } from "./cli-error";

type Files = (path: string) => Uint8Array | undefined;

interface Manifest {
  readonly config: string;
  readonly layers: readonly string[];
  readonly digest: string;
}

/** The image in *path* with the bytes of its files; undefined when there is no such file. Throws CliError for one that is not an image. */
export function openImageFile(path: string): OpenedImage | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const files = statSync(path).isDirectory() ? folderFiles(path) : tarFiles(readFileSync(path));
    return readImage(files);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw notAnImage(path, error);
  }
}

function notAnImage(path: string, cause?: unknown): CliError {
  return new CliError(
    "LB_NOT_AN_IMAGE",
    { ko: `이미지 파일이 아닙니다: ${path}`, en: `not an image file: ${path}` },
    {
      cause,
      hint: {
        ko: "docker save가 쓴 tar나 OCI 레이아웃이어야 합니다.",
        en: "it must be a tar of docker save, or an OCI layout",
      },
    },
  );
}

function folderFiles(folder: string): Files {
  return (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined);
}

function tarFiles(bytes: Uint8Array): Files {
  const files = new Map<string, () => Uint8Array>();
  for (const { name, type, content } of readTar(unzipped(bytes))) {
    if (type === "file") files.set(name.replace(/^\.\//, ""), () => content?.read() ?? new Uint8Array());
  }
  return (path) => files.get(path)?.();
}

function unzipped(bytes: Uint8Array): Uint8Array {
  const packing = packingOf(bytesSource(bytes));
  return packing === "none" ? bytes : packing === "gzip" ? nodePlatform.gunzip(bytes) : unzstd(bytes);
}

/** An image with the bytes of its files. */
export interface OpenedImage {
  readonly image: BuiltImage;
  readonly contents: readonly LayerContents[];
}

/** An image of the shelf that came out of an archive, with its files. Of several platforms the first. */
export async function openPacked({ manifests }: PackedImage): Promise<OpenedImage> {
  const [manifest] = manifests;
  const blobs: Uint8Array[] = [];
  for (const layer of manifest!.layers) blobs.push(await gather(layer.pieces()));
  return imageOf(manifest!.config.read(), manifest!.descriptor.digest, blobs);
}

function readImage(files: Files): OpenedImage {
  const manifest = manifestOf(files);
  const blobs = manifest.layers.map((path) => need(files, path));
  return imageOf(need(files, manifest.config), manifest.digest, blobs);
}

function imageOf(configBytes: Uint8Array, manifestDigest: string, blobs: readonly Uint8Array[]): OpenedImage {
  const contents: LayerContents[] = [];
  const config = JSON.parse(new TextDecoder().decode(configBytes)) as {
    readonly history?: readonly HistoryEntry[];
    readonly os?: string;
    readonly architecture?: string;
  };
  const layers = blobs.map((blob, i): ImageLayer => {
    const tar = unzipped(blob);
    const entries = [...readTar(tar)];
    contents.push({
      layer: i + 1,
      entries: entries.flatMap(({ name, type, content }) =>
        type === "file" && content
          ? [{ path: name, size: content.size, read: (): Uint8Array => content.read() }]
          : [],
      ),
    });
    return {
      diffId: "sha256:" + nodePlatform.sha256Hex(tar),
      digest: "sha256:" + nodePlatform.sha256Hex(blob),
      size: blob.length,
      uncompressed: tar.length,
      entries: entries.map((entry) => layerEntry(entry, nodePlatform)),
      fromBase: false,
    };
  });
  const { history = [], rootfs: _rootfs, ...rest } = config as typeof config & { readonly rootfs?: unknown };
  const image: BuiltImage = {
    config: rest,
    configDigest: "sha256:" + nodePlatform.sha256Hex(configBytes),
    manifestDigest,
    history,
    layers,
    platform: `${config.os ?? "linux"}/${config.architecture ?? "amd64"}`,
  };
  return { image, contents };
}

function need(files: Files, path: string): Uint8Array {
  const bytes = files(path);
  if (!bytes) throw notAnImage(path);
  return bytes;
}

/** Of several images the first. An index of an index is followed. */
function manifestOf(files: Files): Manifest {
  const archive = files("manifest.json");
  if (archive) {
    const [first] = JSON.parse(new TextDecoder().decode(archive)) as { Config: string; Layers: string[] }[];
    if (first)
      return {
        config: first.Config,
        layers: first.Layers,
        digest: "sha256:" + nodePlatform.sha256Hex(archive),
      };
  }
  let digest = "";
  let json = parse(need(files, "index.json"));
  while (json.manifests) {
    const next =
      json.manifests.find(({ annotations }) => annotations?.["vnd.docker.reference.type"] === undefined) ??
      json.manifests[0];
    if (!next) throw notAnImage("index.json");
    digest = next.digest;
    json = parse(need(files, blobPath(next.digest)));
  }
  if (!json.config || !json.layers) throw notAnImage("index.json");
  return {
    config: blobPath(json.config.digest),
    layers: json.layers.map((layer) => blobPath(layer.digest)),
    digest,
  };
}

interface OciJson {
  readonly manifests?: readonly {
    readonly digest: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
}

function parse(bytes: Uint8Array): OciJson {
  return JSON.parse(new TextDecoder().decode(bytes)) as OciJson;
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}
