/** The graph: stages and steps of a Dockerfile as the vertices that BuildKit would solve. */

export type * from "./types";
export type * from "./conversion";
export type { LintWarning } from "../dockerfile/types";
export { convert } from "./convert";
export { lint, type LintResult } from "./lint";
export { walkVertices } from "./walk";
export {
  formatPlatform,
  formatPlatformAll,
  linuxAmd64,
  normalizePlatform,
  parsePlatform,
} from "./platform-spec";
export { isSecretName } from "./dispatch-metadata";
export { cleanPath, joinPath, basePath, dirPath } from "./paths";
