/** Project files that build several images: compose and bake. */

export { readBake } from "./bake";
export { interpolate, readCompose } from "./compose";
export { HclError, parseHcl } from "./hcl";
export {
  chosenTargets,
  PLAIN_TARGET,
  type Project,
  ProjectError,
  type ProjectTarget,
  type ReadVariable,
  type Sentence,
} from "./types";
