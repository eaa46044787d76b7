/** Better Dockerfiles: proposals of a family of rules, each proven on copies of the project. */

export { unifiedDiff } from "./line-diff";
export { optimizationOf } from "./optimize";
export { type Attempt, costOf, prove, type Trial, type Workshop } from "./prove";
export { renderOptimization } from "./render";
export { propose, RULES } from "./rules";
export { isSecretFile } from "./rules/secret-mount";
export { openWorkshop, type Project, type TrialLab } from "./workshop";
export { readBlocks, type Source } from "./source";
export * from "./types";
export { isChanging, KIND_WEIGHTS, type OptimizeWeights, printed, weigh, type Weighed } from "./weights";
