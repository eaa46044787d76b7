/** Layered file systems: trees that share structure, diffs, whiteouts, tar, the file operations of COPY, ADD and WORKDIR. */

export { applyLayer } from "./apply-layer";
export { buildSnapshot, emptySnapshot, type TreeEntry } from "./build-tree";
export { bunzip2 } from "./bunzip2";
export { DecompressError } from "./byte-sink";
export { chunksOf, contentOf, toContent } from "./content";
export { executeFileOp, type FileOpOptions } from "./file-op";
export { TarFieldError } from "./go-tar";
export { diffLayers, diffTrees } from "./layer-diff";
export { type LayerEntry, OPAQUE_NAME, WHITEOUT_PREFIX } from "./layer-entry";
export { hashLayer, layerTar, layerTarBytes, type LayerTarOptions, TAR_END, tarHeader } from "./layer-tar";
export { MountedFileSystem, type MountPoint } from "./mounted-file-system";
export { type ModeSet, parseModeSet } from "./mode-set";
export { resolveOwner, type UserIds } from "./owner";
export { rootPath } from "./root-path";
export { FileOpError, PathError } from "./syscalls";
export { readTar, TarError, type TarLimits } from "./tar-reader";
export { TreeFileSystem } from "./tree-file-system";
export { unxz } from "./unxz";
