/** Running notebooks through @jupyterlab/services; reading and writing them. Importing it loads neither the library nor a server. */

export { compareOutputs, type OutputDifference } from "./compare";
export { lineOf, type Execution, type ExecutionStatus } from "./execute-cell";
export * from "./format";
export { jsonReport, junitReport } from "./junit";
export { parseNotebook } from "./read";
export { commonFolder, runAll, type NotebookOutcome, type RunAllOptions } from "./run-all";
export {
  isGood,
  markExecuted,
  sourceMark,
  type CellResult,
  type CellStatus,
  type RunResult,
} from "./run-notebook";
export { findJupyter, joinServer, ServerError, startServer, type JupyterServer } from "./server";
export { firstFault, validateNotebook } from "./validate";
export { notebookText } from "./write";
