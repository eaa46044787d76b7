/** Several images at once, and watching: loaded only when a command is asked for it. */

export { buildProject, labOf, optionsOf, targetOf } from "./build-project";
export { optimizeProject } from "./optimize-project";
export { readProject } from "./read-project";
export { watchTargets } from "./watch";
export { whatIfProject } from "./whatif-project";
