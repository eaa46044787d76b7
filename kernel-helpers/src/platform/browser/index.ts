/** A browser's versions of what the core needs of a machine. */

export * from "./indexed-db-store";
export * from "./platform";
