/** Handouts: notebooks → HTML, Markdown and PDF for paper and projector. */

export type { Edition } from "./document";
export {
  lessonId,
  makeHandout,
  type Handout,
  type HandoutOptions,
  type HandoutSource,
  type Problem,
} from "./make";
