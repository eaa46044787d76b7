/** Two builds or two images beside one another. */

export { type Comparable, compare, compareImages, type CompareOptions } from "./compare";
export { renderComparison } from "./render";
export type {
  BuildComparison,
  ComparedField,
  ComparedFile,
  ComparedLayer,
  ComparedSide,
  Comparison,
  FileChange,
  ImageComparison,
} from "./types";
