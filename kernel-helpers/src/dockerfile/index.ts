/** Reading Dockerfiles exactly as BuildKit v0.34.2 does (its Dockerfile frontend): the public surface of this folder. */

export * from "./types";
export * from "./command-types";
export { compareBytes, equalFold, goQuote, toLower, toUpper, trimSpace } from "./go-text";
export { csvFields, parseBool, parseDuration, parseInt32, parseUint32, ramInBytes } from "./go-values";
export { isDockerfileError, toRanges } from "./refusal";
export { parseDockerfile } from "./parse";
export { detectDirective, detectSyntax, type SyntaxDirective } from "./directives";
export { parseInstructions, parseOnbuild, type Instructions } from "./instructions/parse";
export { parseMounts } from "./instructions/mount";
export { expandWord, lexModes, type Env, type Expansion, type LexMode } from "./expand/lexer";
export { expandCommand, expandContents, type ExpandedCommand, type Expander } from "./expand/expander";
export { checkDigest, parseReference, type Reference } from "./reference";
export { codeFrame } from "./code-frame";
export { suggest, withSuggestion } from "./suggest";
export { flagSpecs, type FlagSpec, type FlagType } from "./flags";
export { instructionNames } from "./arguments";
export { chompHeredoc, parseHeredoc } from "./heredoc";
export { Linter } from "./checks/linter";
export {
  configFromComments,
  defaultCheckConfig,
  isCheckConfigError,
  parseCheckConfig,
  type CheckConfig,
} from "./checks/config";
export {
  checkResult,
  formatCheck,
  formatWarning,
  formatWarningShort,
  sortWarnings,
  type CheckReport,
} from "./checks/report";
export * as checks from "./checks/rules";
export type { Bilingual, Rule } from "./checks/rule";
export { applyFixes, type Fix, type TextEdit } from "./fixes/fix";
export { explainWarning, fixWarning } from "./fixes/check-fixes";
export { fixError } from "./fixes/error-fixes";
export { lineStart, LogicalLine, nodeAtLine, positionAt, rangeAt, type Word } from "./fixes/place";
export { errorEntries, explainError, type Explanation } from "./explain";
export { complete, type Completion, type CompletionOptions } from "./help/complete";
export { hover, type Hover } from "./help/hover";
export { format } from "./help/format";
export { scopeAt, type Scope, type ScopeOptions, type StageScope, type Variable } from "./help/scope";
export { readModel, type DocumentItem, type DocumentModel } from "./help/model";
