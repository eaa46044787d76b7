/** Names that expansion did not find (BuildKit validations.go reportUnmatchedVariables). */

import type { Linter } from "../dockerfile/checks/linter";
import { undefinedVar } from "../dockerfile/checks/undefined-var";
import type { Command } from "../dockerfile/command-types";
import { suggest } from "../dockerfile/suggest";
import type { DispatchState } from "./stages";

/** Arguments that do not become variables of the build. */
export const nonEnvArgs: ReadonlySet<string> = new Set([
  "BUILDKIT_SBOM_SCAN_CONTEXT",
  "BUILDKIT_SBOM_SCAN_STAGE",
]);

/** Warns of the *unmatched* names that no ARG of the stage declares. */
export function reportUnmatched(
  state: DispatchState,
  command: Command,
  unmatched: readonly string[],
  lint: Linter,
): void {
  if (unmatched.length === 0) return;
  const declared = new Set(state.buildArgs.map((arg) => arg.key));
  for (const name of unmatched) {
    if (declared.has(name) || nonEnvArgs.has(name)) continue;
    lint.run(undefinedVar, command.lines, name, suggest(name, state.state.env.keys()) ?? "");
  }
}
