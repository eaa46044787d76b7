/** A browser's versions of what the core needs of a machine. */

export * from "./platform";
