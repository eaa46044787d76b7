/** Checks and refusals of FROM lines and names of the whole file (BuildKit validations.go). */

import * as rules from "../dockerfile/checks/rules";
import type { Linter } from "../dockerfile/checks/linter";
import type { Stage } from "../dockerfile/command-types";
import { expandWord, type Expansion } from "../dockerfile/expand/lexer";
import { toLower, toUpper } from "../dockerfile/go-text";
import { suggest } from "../dockerfile/suggest";
import type { LineRange } from "../dockerfile/types";
import type { EnvList } from "./env-list";
import { parsePlatform } from "./platform-spec";
import { isReference } from "./references";

const reservedNames = new Set(["context", "scratch"]);

/** ReservedStageName, DuplicateStageName. */
export function checkStageNames(stages: readonly Stage[], lint: Linter): void {
  const seen = new Set<string>();
  for (const { stageName, lines } of stages) {
    if (stageName === "") continue;
    if (reservedNames.has(stageName)) lint.run(rules.reservedStageName, lines, stageName);
    if (seen.has(stageName)) lint.run(rules.duplicateStageName, lines, stageName);
    seen.add(stageName);
  }
}

/** ConsistentInstructionCasing: the case of most keywords is the right one, upper case when both are as frequent. */
export function checkCommandCasing(stages: readonly Stage[], lint: Linter): void {
  const all = stages.flatMap((stage) => [stage, ...stage.commands]);
  let balance = 0;
  for (const { name } of all) {
    if (name === toLower(name)) balance++;
    else if (name === toUpper(name)) balance--;
  }
  const lower = balance > 0;
  for (const { name, lines } of all) {
    if (name === (lower ? toLower(name) : toUpper(name))) continue;
    lint.run(rules.consistentInstructionCasing, lines, name, lower ? "lowercase" : "uppercase");
  }
}

/** InvalidDefaultArgInFrom: would the base names be valid without any build argument? *args* has the defaults only. */
export function checkDefaultBaseNames(
  stages: readonly Stage[],
  args: EnvList,
  escape: string,
  lint: Linter,
): void {
  for (const { baseName, lines } of stages) {
    const { result, error } = expandWord(baseName, args, { escape });
    if (error !== undefined) return;
    if (!isReference(result)) lint.run(rules.invalidDefaultArgInFrom, lines, baseName);
  }
}

/** UndefinedArgInFrom for the *unmatched* names of a FROM. */
export function checkFromArgs(
  known: ReadonlySet<string>,
  unmatched: readonly string[],
  lines: readonly LineRange[],
  lint: Linter,
): void {
  for (const name of unmatched) {
    if (!known.has(name)) lint.run(rules.undefinedArgInFrom, lines, name, suggest(name, known) ?? "");
  }
}

/** RedundantTargetPlatform, FromPlatformFlagConstDisallowed. */
export function checkPlatformFlag(stage: Stage, expansion: Expansion, args: EnvList, lint: Linter): void {
  const { matched, unmatched, result } = expansion;
  if (
    matched.length === 1 &&
    unmatched.length === 0 &&
    matched[0] === "TARGETPLATFORM" &&
    result === args.get("TARGETPLATFORM")
  ) {
    lint.run(rules.redundantTargetPlatform, stage.lines, stage.platform);
  }
  if (matched.length > 0 || unmatched.length > 0) return;
  try {
    const { os, architecture } = parsePlatform(result);
    if (stage.stageName.includes(os) || stage.stageName.includes(architecture)) return;
  } catch {
    // Refused right after this.
    return;
  }
  lint.run(rules.fromPlatformFlagConstDisallowed, stage.lines, result);
}
