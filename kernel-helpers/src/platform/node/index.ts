/** Node's versions of what the core needs of a machine. */

export * from "./disk-store";
export * from "./file-source";
export * from "./host-directory";
export * from "./http";
export * from "./platform";
export * from "./writable-directory";
