/** The graph: stages and steps of a Dockerfile as the vertices that BuildKit would solve. */

export * from "./types";
export * from "./conversion";
