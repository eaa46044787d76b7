/** What `docker build --check` prints (BuildKit frontend/subrequests/lint/lint.go, buildx commands/build.go printResult). */

import { codeFrame } from "../code-frame";
import { goSort } from "../go-sort";
import { compareBytes } from "../go-text";
import type { DockerfileError, LineRange, LintWarning } from "../types";

/** The findings of a check and the file they are about. */
export interface CheckReport {
  /** As in the headings of the excerpts: `Dockerfile`. */
  readonly file: string;
  readonly text: string;
  readonly warnings: readonly LintWarning[];
  /** What a build would end with. */
  readonly error?: DockerfileError;
}

/** By first line, those without a line first, by rule; equal ones in the order in which docker prints them. */
export function sortWarnings(warnings: readonly LintWarning[]): readonly LintWarning[] {
  const line = ({ lines }: LintWarning) => lines[0]?.[0] ?? -1;
  return goSort(warnings, (a, b) => {
    if (line(a) < 0 && line(b) < 0) return compareBytes(a.rule, b.rule) < 0;
    return line(a) < line(b);
  });
}

/** One finding: rule and page, message, excerpt (BuildKit's `result.txt` is these one after the other). */
export function formatWarning(
  { file, text }: Pick<CheckReport, "file" | "text">,
  warning: LintWarning,
): string {
  const page = warning.url === "" ? "" : ` - ${warning.url}`;
  return `\nWARNING: ${warning.rule}${page}\n${warning.detail}\n${codeFrame(file, text, warning.lines)}`;
}

/** One finding in one line, as a build prints it: `Rule: message (line 3)`. */
export function formatWarningShort({ rule, detail, lines }: LintWarning): string {
  const line = lines[0]?.[0] ?? 0;
  return line > 0 ? `${rule}: ${detail} (line ${line})` : `${rule}: ${detail}`;
}

/** The whole answer as docker prints it, and its exit code: 0 when nothing was found. */
export function formatCheck(report: CheckReport): { readonly text: string; readonly exitCode: 0 | 1 } {
  const { warnings, error } = report;
  const count = warnings.length;
  let text = "";
  if (count === 1) text += "Check complete, 1 warning has been found!\n";
  if (count > 1) text += `Check complete, ${count} warnings have been found!\n`;
  for (const warning of sortWarnings(warnings)) text += formatWarning(report, warning);
  if (error !== undefined) {
    const lines: readonly LineRange[] = error.lines[0] ?? [];
    text += `${count > 0 ? "\n" : ""}ERROR: ${error.message}\n${codeFrame(report.file, report.text, lines)}`;
  } else if (count === 0) {
    text += "Check complete, no warnings found.\n";
  }
  return { text, exitCode: count > 0 || error !== undefined ? 1 : 0 };
}

/** The answer as data, in the shape of BuildKit's `result.json` (without the build definition of the source). */
export function checkResult({ file, text, warnings, error }: CheckReport): Record<string, unknown> {
  const location = (lines: readonly LineRange[]) => ({
    ranges: lines.map(([start, end]) => ({ start: { line: start }, end: { line: end } })),
  });
  return {
    warnings: warnings.map((warning) => ({
      ruleName: warning.rule,
      description: warning.description,
      ...(warning.url === "" ? {} : { url: warning.url }),
      detail: warning.detail,
      location: location(warning.lines),
    })),
    sources: [{ filename: file, language: "Dockerfile", data: text }],
    ...(error === undefined
      ? {}
      : { buildError: { message: error.message, location: location(error.lines[0] ?? []) } }),
  };
}
