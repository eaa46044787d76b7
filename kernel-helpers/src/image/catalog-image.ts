/** Base images of the catalog: real layers, sizes, config and history, but no contents (content/catalog). */

import { buildSnapshot, contentOf, type TreeEntry } from "../filesystem";
import type { PlatformSpec } from "../graph/types";
import type { Content, Snapshot } from "../platform/files";
import type { BaseImage, ImageSource } from "./base-image";
import type { ConfigHistory } from "./image-config";
import type { BaseLayer } from "./layer";

/** base-images.json, as far as it is used. */
export interface CatalogImages {
  readonly images: readonly CatalogImage[];
}

export interface CatalogImage {
  /** `node:22`. */
  readonly ref: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly platform: PlatformSpec;
  readonly indexDigest?: string;
  readonly manifestDigest: string;
  readonly created: string;
  readonly compressedSize: number;
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: readonly CatalogHistory[];
  readonly virtualSize?: { readonly approxBytes: number };
}

interface CatalogHistory {
  readonly createdBy: string;
  readonly createdByRaw?: string;
  readonly created: string;
  readonly empty: boolean;
  readonly digest?: string;
  readonly size?: number;
  readonly diffId?: string;
  readonly mediaType?: string;
}

/** base-contents.json: users, folders and commands that the images are declared to have. */
export interface CatalogContents {
  readonly families: Readonly<Record<string, Declared>>;
  /** By reference; `like`: as another image. */
  readonly images: Readonly<
    Record<string, Partial<Declared> & { readonly family?: string; readonly like?: string }>
  >;
  /** Another tag of an image: `alpine:latest`. */
  readonly aliases: Readonly<Record<string, string>>;
}

interface Declared {
  readonly osRelease?: string;
  /** Lines of /etc/passwd and /etc/group. */
  readonly users?: readonly string[];
  readonly groups?: readonly string[];
  /** `path`, `path:mode`, or `path:mode:uid:gid`. */
  readonly folders?: readonly string[];
  readonly links?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Names by folder: files without contents. */
  readonly commands?: Readonly<Record<string, readonly string[]>>;
  /** The multi-call binary and the names that link to it, by folder. */
  readonly busybox?: string;
  readonly applets?: Readonly<Record<string, readonly string[]>>;
}

/** A file of which only the size is known; *standIn* names it in digests. */
export function unknownContent(size: number, standIn: string): Content {
  return {
    size,
    standIn,
    read() {
      throw Object.assign(
        new Error("the catalog has no contents of this file / 카탈로그에는 이 파일의 내용이 없습니다"),
        { code: "LB_NO_CONTENT" },
      );
    },
  };
}

/** How much larger an ordinary layer is unpacked, where no total is stated. */
const ASSUMED_RATIO = 2.6;
const LAYER_MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

/** The catalog as a place to look FROM up in. Answers for linux/amd64 only, as its facts do. */
export class Catalog implements ImageSource {
  private readonly byRef = new Map<string, CatalogImage>();
  private readonly opened = new Map<string, BaseImage>();

  constructor(
    images: CatalogImages,
    private readonly contents: CatalogContents,
  ) {
    for (const image of images.images)
      for (const tag of image.tags) this.byRef.set(`${image.name}:${tag}`, image);
    for (const image of images.images) this.byRef.set(image.ref, image);
    for (const [alias, ref] of Object.entries(contents.aliases)) {
      const image = this.byRef.get(ref);
      if (image && !this.byRef.has(alias)) this.byRef.set(alias, image);
    }
  }

  /** References that the catalog knows, sorted. */
  references(): string[] {
    return [...this.byRef.keys()].sort();
  }

  find(ref: string, platform: PlatformSpec): BaseImage | { readonly error: string } {
    const name = ref.replace(/^docker\.io\/library\//, "").replace(/@.*$/, "");
    const image = this.byRef.get(name);
    if (!image) return { error: `${ref}: not found` };
    if (image.platform.os !== platform.os || image.platform.architecture !== platform.architecture) {
      return { error: "no match for platform in manifest: not found" };
    }
    let opened = this.opened.get(image.ref);
    if (!opened) {
      opened = this.open(image);
      this.opened.set(image.ref, opened);
    }
    return opened;
  }

  private open(image: CatalogImage): BaseImage {
    const ratio = image.virtualSize ? image.virtualSize.approxBytes / image.compressedSize : ASSUMED_RATIO;
    const layers = image.layers
      .filter(({ empty }) => !empty)
      .map((layer): BaseLayer => ({
        kind: "base",
        // Where the diffID is not public the digest of the compressed layer stands for it: as unique, and never mistaken for another layer.
        diffId: layer.diffId ?? layer.digest!,
        digest: layer.digest!,
        size: layer.size!,
        mediaType: layer.mediaType ?? LAYER_MEDIA_TYPE,
        contentBytes: Math.round(layer.size! * ratio),
        origin: {
          ref: `docker.io/library/${image.ref}`,
          digest: image.indexDigest ?? image.manifestDigest,
          platform: image.platform,
        },
      }));
    let tree: Snapshot | undefined;
    return {
      digest: image.indexDigest ?? image.manifestDigest,
      manifestDigest: image.manifestDigest,
      config: configOf(image, layers),
      layers,
      snapshot: () => (tree ??= declaredTree(this.contents, image)),
      catalog: true,
    };
  }
}

function configOf(image: CatalogImage, layers: readonly BaseLayer[]): Record<string, unknown> {
  const history = image.layers.map((layer): ConfigHistory => ({
    created: layer.created,
    created_by: layer.createdByRaw ?? createdBy(layer.createdBy),
    ...(layer.createdBy.endsWith("# buildkit") && { comment: "buildkit.dockerfile.v0" }),
    ...(layer.empty && { empty_layer: true }),
  }));
  return {
    architecture: image.platform.architecture,
    config: image.config,
    created: image.created,
    history,
    os: image.platform.os,
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

/** repo-info's print of a history entry as BuildKit stores it (content/catalog/provenance.md). */
function createdBy(text: string): string {
  const withArguments = /^# ARGS: ([^\n]*)\nRUN (.*)$/s.exec(text);
  if (withArguments) {
    const [, values, command] = withArguments;
    const count = values!.match(/(?:^| )[A-Za-z_]\w*=/g)?.length ?? 0;
    return `RUN |${count} ${values} /bin/sh -c ${command}`;
  }
  if (text.startsWith("RUN "))
    return text.endsWith("# buildkit") ? `RUN /bin/sh -c ${text.slice(4)}` : text.slice(4);
  return /^ADD file:[0-9a-f]{64} in /.test(text) ? `/bin/sh -c #(nop) ${text}` : text;
}

/** The root file system with what is declared, and nothing else. */
function declaredTree(contents: CatalogContents, image: CatalogImage): Snapshot {
  const own = contents.images[image.ref] ?? {};
  const base = own.like === undefined ? own : { ...contents.images[own.like], ...own };
  const family: Declared = contents.families[base.family ?? ""] ?? {};
  const mtime = Date.parse(image.created) / 1000;
  const entries: TreeEntry[] = [];
  for (const folder of [...(family.folders ?? []), ...(base.folders ?? [])])
    entries.push(folderEntry(folder));
  const files: Record<string, string> = { ...family.files, ...base.files };
  const osRelease = base.osRelease ?? family.osRelease;
  if (osRelease !== undefined) files["/etc/os-release"] = osRelease;
  files["/etc/passwd"] = lines([...(family.users ?? []), ...(base.users ?? [])]);
  files["/etc/group"] = lines([...(family.groups ?? []), ...(base.groups ?? [])]);
  for (const [path, text] of Object.entries(files))
    entries.push({ path, type: "file", content: contentOf(text) });
  for (const [path, target] of Object.entries({ ...family.links, ...base.links })) {
    entries.push({ path, type: "symlink", linkname: target });
  }
  if (family.busybox !== undefined) {
    entries.push({
      path: family.busybox,
      type: "file",
      mode: 0o755,
      content: unknownContent(0, `${image.manifestDigest} ${family.busybox}`),
    });
    for (const [folder, names] of Object.entries(family.applets ?? {})) {
      for (const name of names)
        entries.push({ path: `${folder}/${name}`, type: "symlink", linkname: family.busybox });
    }
  }
  for (const commands of [family.commands, base.commands]) {
    for (const [folder, names] of Object.entries(commands ?? {})) {
      for (const name of names) {
        const path = `${folder === "/" ? "" : folder}/${name}`;
        entries.push({
          path,
          type: "file",
          mode: 0o755,
          content: unknownContent(0, `${image.manifestDigest} ${path}`),
        });
      }
    }
  }
  return buildSnapshot(entries, { mtime });
}

function folderEntry(text: string): TreeEntry {
  const [path, mode = "755", uid = "0", gid = "0"] = text.split(":");
  return { path: path!, type: "dir", mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) };
}

function lines(all: readonly string[]): string {
  return all.map((line) => line + "\n").join("");
}
