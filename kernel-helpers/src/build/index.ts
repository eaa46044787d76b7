/** The builder: one build from a Dockerfile and its context to an image, with everything BuildKit would report. */

export * from "./build";
export * from "./builder";
export { BuildOptionError, checkedOptions } from "./check-options";
export * from "./default-edits";
export * from "./machine";
export { maskDeep, withoutAssigned } from "./mask-secrets";
export * from "./request";
export * from "./rows";
export * from "./status";
export * from "./timeline";
export * from "./types";
export * from "./what-if";
export * from "./what-if-course";
