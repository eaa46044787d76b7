/** RUN: a small machine with a shell, everyday programs and package managers, over a layered file system. */

export { Journal } from "./journal";
export { runCommand } from "./run-command";
export {
  isDeclaredRun,
  readDeclared,
  type DeclaredCommand,
  type DeclaredOutput,
  type DeclaredProblem,
} from "./declared";
export type { RunCatalog } from "./catalog";
export type { RunLimits, RunRequest, RunResult, Tool, ToolCall } from "./types";
