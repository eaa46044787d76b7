/** Everything `docker build` prints around the progress: warnings, code frames, the error line (buildx commands/build.go, solver/errdefs/source.go). */

import { withoutAssigned } from "../build/mask-secrets";
import type { BuildRecord } from "../build/types";
import { codeFrame } from "../dockerfile/code-frame";
import { baseName } from "../platform/paths";
import type { LineRange } from "../dockerfile/types";
import { progressText, type ProgressKind, type ProgressOptions } from "./progress";

/** The whole of what `docker build --progress=KIND` prints for *record*; `--check` prints its findings instead. */
export function buildOutput(record: BuildRecord, kind: ProgressKind, options: ProgressOptions = {}): string {
  if (record.check) return checkText(record);
  const progress = progressText(record.events, kind, options);
  return progress + (kind === "rawjson" ? "" : warningsText(record, options.color)) + errorText(record);
}

/** The block ` 2 warnings found (use docker --debug to expand):`. Nothing when there are none. */
export function warningsText(record: Pick<BuildRecord, "warnings">, color = false): string {
  const { warnings } = record;
  if (warnings.length === 0) return "";
  const head = `${warnings.length} warning${warnings.length === 1 ? "" : "s"} found (use docker --debug to expand):\n`;
  const lines = warnings.map((warning) => ` - ${warning.rule}: ${warning.detail} (line ${warning.line})\n`);
  return "\n " + (color ? `\u001b[33m${head}\u001b[0m` : head) + lines.join("");
}

/** The code frames and the last line `ERROR: failed to build: failed to solve: …`. Nothing when the build succeeded. */
export function errorText(record: Pick<BuildRecord, "error" | "file" | "dockerfile">): string {
  const { error } = record;
  if (!error) return "";
  const frames = error.lines.map((lines) => frameOf(record, lines)).join("");
  return `${frames}ERROR: failed to build: failed to solve: ${error.message}\n`;
}

/** What `docker build --check` prints: the head line and every finding with its frame, or the error that stopped it. */
export function checkText(record: Pick<BuildRecord, "warnings" | "error" | "file" | "dockerfile">): string {
  const { warnings, error } = record;
  const count = warnings.length;
  let out = "";
  if (count > 0)
    out = `Check complete, ${count === 1 ? "1 warning has" : `${count} warnings have`} been found!\n`;
  for (const warning of warnings) {
    out += `\nWARNING: ${warning.rule}${warning.url ? ` - ${warning.url}` : ""}\n${warning.detail}\n`;
    out += frameOf(record, warning.lines);
  }
  if (error) {
    const frames = error.lines.map((lines) => frameOf(record, lines)).join("");
    return `${out}${count > 0 ? "\n" : ""}ERROR: ${error.message}\n${frames}`;
  }
  return count > 0 ? out : "Check complete, no warnings found.\n";
}

/** The code frame as buildx draws it, but for values of secrets. */
function frameOf(
  { file, dockerfile }: Pick<BuildRecord, "file" | "dockerfile">,
  lines: readonly LineRange[],
): string {
  return codeFrame(baseName(file), dockerfile, lines).split("\n").map(withoutAssigned).join("\n");
}
