/** Node's versions of what the core needs of a machine. */

export * from "./disk-store";
export * from "./host-directory";
export * from "./platform";
export * from "./writable-directory";
