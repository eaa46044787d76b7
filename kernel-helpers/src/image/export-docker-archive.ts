/** Writes images as `docker save` does since Docker 25: an OCI layout with a `manifest.json` beside it (moby image/tarexport/save.go). */

import type { Platform } from "../platform/platform";
import {
  type ArchiveFile,
  blobPath,
  type ExportOptions,
  formed,
  layoutFiles,
  type NamedExport,
  textFile,
} from "./export-oci";

/** The files of a docker archive with *images*; of a multi-platform image `manifest.json` names the first platform. The same images give the same bytes. */
export async function exportDockerArchive(
  platform: Platform,
  images: readonly NamedExport[],
  options: ExportOptions = {},
): Promise<ArchiveFile[]> {
  const all = await formed(platform, images, options);
  const manifest = all.map(({ names, image }) => {
    const { config, layers } = image.manifests[0]!;
    return {
      Config: blobPath(config.digest),
      RepoTags: names.length > 0 ? names.map(familiar) : null,
      Layers: layers.map(({ digest }) => blobPath(digest)),
    };
  });
  const files = [...layoutFiles(all), textFile("manifest.json", JSON.stringify(manifest))];
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function familiar(name: string): string {
  return name.replace(/^docker\.io\/(library\/)?/, "");
}
