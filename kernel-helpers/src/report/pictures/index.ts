/** The pictures of the course: matrices, cards, stacks and graphs, each as HTML, text and Markdown. */

export * from "./build-matrix";
export * from "./edit-matrix";
export * from "./grid";
export * from "./history";
export * from "./key-card";
export { imageTable, renderImageTable, type ImageTableOptions } from "./layer-table";
export * from "./stack";
export * from "./stage-graph";
