/** The pictures of the course: matrices, cards, stacks and graphs, each as HTML, text and Markdown. */

export { buildMatrix, type BuildMatrixOptions, type MatrixBuild, renderBuildMatrix } from "./build-matrix";
export * from "./classic";
export * from "./edit-matrix";
export * from "./grid";
export * from "./history";
export * from "./key-card";
export { imageTable, renderImageTable, type ImageTableOptions } from "./layer-table";
export * from "./picture";
export * from "./stack";
export * from "./stage-graph";
export { renderTruthTable, truthTable, type TruthTableBuild, type TruthTableOptions } from "./truth-table";
