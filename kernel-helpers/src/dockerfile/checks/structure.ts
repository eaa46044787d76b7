/** The checks that look at a file as a whole: names and case (BuildKit dockerfile2llb/validations.go, convert.go toDispatchState). */

import type { Stage } from "../command-types";
import type { Expansion } from "../expand/lexer";
import { compareBytes, toLower, toUpper } from "../go-text";
import { suggest } from "../suggest";
import type { LineRange, ParsedDockerfile } from "../types";
import { consistentInstructionCasing } from "./consistent-instruction-casing";
import { duplicateStageName } from "./duplicate-stage-name";
import type { Linter } from "./linter";
import { noEmptyContinuation } from "./no-empty-continuation";
import { redundantTargetPlatform } from "./redundant-target-platform";
import { reservedStageName } from "./reserved-stage-name";
import { undefinedArgInFrom } from "./undefined-arg-in-from";
import { undefinedVar } from "./undefined-var";

/** NoEmptyContinuation: what the lexical pass noticed, in file order. */
export function checkEmptyContinuations(parsed: ParsedDockerfile, linter: Linter): void {
  for (const { line } of parsed.warnings) linter.run(noEmptyContinuation, [[line, line]]);
}

/** ReservedStageName and DuplicateStageName, in file order. */
export function checkStageNames(stages: readonly Stage[], linter: Linter): void {
  const seen = new Set<string>();
  for (const { stageName, lines } of stages) {
    if (stageName === "") continue;
    if (stageName === "scratch" || stageName === "context") linter.run(reservedStageName, lines, stageName);
    if (seen.has(stageName)) linter.run(duplicateStageName, lines, stageName);
    seen.add(stageName);
  }
}

/** ConsistentInstructionCasing. ARGs before the first FROM neither vote nor are judged; a tie goes to upper case. */
export function checkInstructionCasing(stages: readonly Stage[], linter: Linter): void {
  const commands = stages.flatMap((stage) => [stage, ...stage.commands]);
  let balance = 0;
  for (const { name } of commands) {
    if (name === toLower(name)) balance++;
    else if (name === toUpper(name)) balance--;
  }
  const right = balance > 0 ? toLower : toUpper;
  const casing = balance > 0 ? "lowercase" : "uppercase";
  for (const { name, lines } of commands) {
    if (name !== right(name)) linter.run(consistentInstructionCasing, lines, name, casing);
  }
}

/** UndefinedArgInFrom for the names that FROM's *expansion* did not find; *declared*: global ARGs and predefined names. */
export function checkFromArgs(
  declared: ReadonlySet<string>,
  expansion: Pick<Expansion, "unmatched">,
  lines: readonly LineRange[],
  linter: Linter,
): void {
  const names = [...declared].sort(compareBytes);
  for (const name of expansion.unmatched) {
    if (!declared.has(name)) linter.run(undefinedArgInFrom, lines, name, suggest(name, names) ?? "");
  }
}

/** RedundantTargetPlatform: `--platform` (*written*) used TARGETPLATFORM only, and its *expansion* is just its value. */
export function checkTargetPlatform(
  written: string,
  expansion: Pick<Expansion, "result" | "matched" | "unmatched">,
  targetPlatform: string,
  lines: readonly LineRange[],
  linter: Linter,
): void {
  const { result, matched, unmatched } = expansion;
  if (unmatched.length > 0 || matched.length !== 1 || matched[0] !== "TARGETPLATFORM") return;
  if (result === targetPlatform) linter.run(redundantTargetPlatform, lines, written);
}

/**
 * UndefinedVar for the names of *unmatched* that no ARG declares; *known*: all variables of the environment, in its order,
 * among which a near one is looked for. The names of *silent* (the build arguments that are never in the environment) pass.
 */
export function checkVariables(
  unmatched: readonly string[],
  argNames: ReadonlySet<string>,
  known: Iterable<string>,
  silent: ReadonlySet<string>,
  lines: readonly LineRange[],
  linter: Linter,
): void {
  const options = [...known];
  for (const name of unmatched) {
    if (argNames.has(name) || silent.has(name)) continue;
    linter.run(undefinedVar, lines, name, suggest(name, options) ?? "");
  }
}
