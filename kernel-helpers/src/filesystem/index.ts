/** Layered file systems: trees that share structure, diffs, whiteouts, tar, the file operations of COPY, ADD and WORKDIR. */

export { buildSnapshot, emptySnapshot, type TreeEntry } from "./build-tree";
export { chunksOf, contentOf } from "./content";
export { TarFieldError } from "./go-tar";
export { diffLayers, diffTrees } from "./layer-diff";
export { type LayerEntry, OPAQUE_NAME, WHITEOUT_PREFIX } from "./layer-entry";
export { hashLayer, layerTar, layerTarBytes, type LayerTarOptions } from "./layer-tar";
export { TreeFileSystem } from "./tree-file-system";
