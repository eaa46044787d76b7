/** Images: bases, layers, config, history, manifest. */

export * from "./base-image";
export * from "./image-config";
export * from "./layer";
export * from "./oci-layout";
export * from "./catalog-image";
