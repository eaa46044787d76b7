/** What `docker build --check` says (BuildKit frontend/subrequests/lint, buildx commands/build.go). */

import { codeFrame } from "../dockerfile";
import type { BuildState } from "./build";
import type { BuildRecord } from "./types";

/** The head line and every finding with its code frame, in the order of lines. An error alone leaves nothing to say here. */
export function checkOf(state: BuildState): NonNullable<BuildRecord["check"]> {
  const { conversion, file, text = "" } = state;
  const warnings = [...(conversion?.warnings ?? [])].sort(
    (a, b) => (a.lines[0]?.[0] ?? 0) - (b.lines[0]?.[0] ?? 0),
  );
  const error = conversion?.error;
  let out = "";
  if (warnings.length > 0) {
    out = `Check complete, ${warnings.length} ${warnings.length === 1 ? "warning has" : "warnings have"} been found!\n`;
  } else if (!error) out = "Check complete, no warnings found.\n";
  const name = file.slice(file.lastIndexOf("/") + 1);
  for (const { rule, url, detail, lines } of warnings) {
    out += `\nWARNING: ${rule}${url === "" ? "" : ` - ${url}`}\n${detail}\n` + codeFrame(name, text, lines);
  }
  return { text: out.split("\n"), lines: error?.lines.flat() ?? [] };
}
