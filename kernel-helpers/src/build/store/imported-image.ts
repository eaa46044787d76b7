/** An image out of an archive on the shelf: what it is made of, how FROM finds it, what a record says of it. */

import type { PlatformSpec } from "../../graph/types";
import type { BaseImage } from "../../image/base-image";
import type { ImportedImage } from "../../image/import-archive";
import type { BaseLayer } from "../../image/layer";
import type { OciLayout } from "../../image/oci-layout";
import type { Descriptor } from "../../image/packed-image";
import type { BuiltImage } from "../types";

/** An image that came out of an archive: its documents and blobs as they were. */
export interface Imported {
  readonly root: Descriptor;
  /** Digests of all blobs. */
  readonly digests: readonly string[];
  readonly layout: OciLayout;
  /** Opens the blobs that are in the store only, and unpacks large layers there. */
  ready(): Promise<void>;
}

/** The platform of *image*, taken apart. */
export function platformOf(image: BuiltImage): PlatformSpec {
  const [os = "linux", architecture = "amd64", variant] = image.platform.split("/");
  return { os, architecture, ...(variant !== undefined && { variant }) };
}

/** An imported image, its layers with the sizes that the import counted. */
export function findImported(
  kept: { readonly name: string; readonly image: BuiltImage },
  { layout, root }: Imported,
  ref: string,
  platform: PlatformSpec,
): BaseImage | { readonly error: string } {
  const at = ref.indexOf("@");
  if (at >= 0 && ref.slice(at + 1) !== root.digest) return { error: `${ref}: not found` };
  const found = layout.find(kept.name, platform);
  if ("error" in found) return found;
  const sizes = new Map(kept.image.layers.map(({ diffId, uncompressed }) => [diffId, uncompressed]));
  const layers = found.layers.map((layer): BaseLayer => {
    const contentBytes = sizes.get(layer.diffId);
    return { ...layer, ...(contentBytes !== undefined && { contentBytes }) };
  });
  return { ...found, layers };
}

/** What is known of an imported image: of linux/amd64, or of its first platform. */
export function importedFacts(layout: OciLayout, name: string, from: ImportedImage): BuiltImage {
  const platform = from.platforms.find(
    ({ os, architecture }) => os === "linux" && architecture === "amd64",
  ) ??
    from.platforms[0] ?? { os: "linux", architecture: "amd64" };
  const base = layout.find(name, platform);
  if ("error" in base) throw new Error(`${name}: ${base.error}`);
  const {
    rootfs: _rootfs,
    history,
    ...config
  } = base.config as {
    readonly rootfs?: unknown;
    readonly history?: BuiltImage["history"] | null;
  };
  const manifest = layout
    .pack(from.root)
    .manifests.find(({ descriptor }) => descriptor.digest === base.manifestDigest)!;
  return {
    config,
    configDigest: manifest.config.digest,
    manifestDigest: base.digest,
    history: history ?? [],
    layers: base.layers.map(({ diffId, digest, size }) => ({
      diffId,
      digest,
      size,
      uncompressed: from.sizes.get(diffId) ?? 0,
      fromBase: true,
    })),
    platform: `${platform.os}/${platform.architecture}${platform.variant ? `/${platform.variant}` : ""}`,
  };
}
