/** What the core needs of a machine: the interfaces. Node's versions are in `platform/node`, a browser's in `platform/browser`. */

export * from "./bytes";
export * from "./directory";
export * from "./files";
export * from "./http";
export * from "./memory-store";
export * from "./platform";
export * from "./writable-directory";
