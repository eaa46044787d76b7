/** The build checks alone, as `docker build --check` runs them (BuildKit convert.go DockerfileLint). */

import type { DockerfileError, LintWarning } from "../dockerfile/types";
import { convert } from "./convert";
import type { ConvertInput } from "./conversion";

/** What the checks found, in the order found, and the error that a build would end with. */
export interface LintResult {
  readonly warnings: readonly LintWarning[];
  readonly error?: DockerfileError;
}

/**
 * Checks a Dockerfile: all its stages, or what the target needs when one is given. Looks up base images, copies nothing. An error of
 * the parser comes alone, a later one with the warnings found before it.
 */
export async function lint(input: ConvertInput): Promise<LintResult> {
  const { warnings, error } = await convert({ ...input, options: { ...input.options, check: true } });
  return error === undefined ? { warnings } : { warnings, error };
}
