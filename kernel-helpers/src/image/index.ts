/** Images: bases, layers, config, history, manifest. */

export { assumedImages } from "./assumed-image";
export * from "./base-image";
export * from "./image-config";
export * from "./layer";
export * from "./oci-layout";
export * from "./catalog-image";
export * from "./packed-image";
export { archiveTar, type ArchiveFile, exportOci, type ExportOptions, type NamedExport } from "./export-oci";
export * from "./export-docker-archive";
export * from "./import-archive";
export * from "./open-archive";
export { gzipBlocks, gzipBlocksLater } from "./gzip-blocks";
export * from "./packing";
export { unzstd } from "./unzstd";
export * from "./registry";
