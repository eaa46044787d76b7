/** Layered file systems: trees that share structure, diffs, whiteouts, tar, the file operations of COPY, ADD and WORKDIR. */

export { applyLayer } from "./apply-layer";
export { buildSnapshot, emptySnapshot, type TreeEntry } from "./build-tree";
export { chunksOf, contentOf } from "./content";
export { TarFieldError } from "./go-tar";
export { diffLayers, diffTrees } from "./layer-diff";
export { type LayerEntry, OPAQUE_NAME, WHITEOUT_PREFIX } from "./layer-entry";
export { hashLayer, layerTar, layerTarBytes, type LayerTarOptions } from "./layer-tar";
export { MountedFileSystem, type MountPoint } from "./mounted-file-system";
export { readTar, TarError, type TarLimits } from "./tar-reader";
export { TreeFileSystem } from "./tree-file-system";

// Announced; the file behind it follows.
import type { FileOp } from "../graph/types";
import type { Snapshot } from "../platform/files";
import type { Platform } from "../platform/platform";
/** Executes COPY, ADD, WORKDIR, heredoc files. Throws FileOpError with BuildKit's text. */
export declare function executeFileOp(
  op: FileOp,
  inputs: readonly (Snapshot | undefined)[],
  options: { readonly platform: Platform; readonly now: number },
): Snapshot;
