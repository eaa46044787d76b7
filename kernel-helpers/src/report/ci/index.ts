/** A CI log or a build record: where the minutes of its builds went, and what to do first. */

export { isArchive } from "./build-record";
export { renderCi, type CiRenderOptions } from "./render";
export { ciReport, ciReportOfFile } from "./report";
export { withSources } from "./sources";
export type {
  Basis,
  CiBuild,
  CiFinding,
  CiFormat,
  CiHint,
  CiPart,
  CiPhase,
  CiPhaseTime,
  CiReport,
  CiRow,
  CiStatement,
  CiStatus,
  Figure,
  FindingCode,
} from "./types";
