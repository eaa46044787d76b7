/** The pictures of the course: matrices, cards, stacks and graphs, each as HTML, text and Markdown. */

export * from "./edit-matrix";
export * from "./grid";
