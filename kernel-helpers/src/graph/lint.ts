/** The build checks alone, as `docker build --check` runs them (BuildKit convert.go DockerfileLint). */

import type { DockerfileError, LineRange, LintWarning } from "../dockerfile/types";
import { convert } from "./convert";
import type { ConvertInput } from "./conversion";

/** What the checks found, in the order found, and the error that a build would end with. */
export interface LintResult {
  readonly warnings: readonly LintWarning[];
  readonly error?: DockerfileError;
  /** The error's lines as the answer of `--check` has them: all frames in file order, overlapping ones joined. */
  readonly errorLines: readonly LineRange[];
}

function mergeLines(frames: DockerfileError["lines"]): LineRange[] {
  const out: [start: number, end: number][] = [];
  for (const [start, end] of frames.flat().sort((a, b) => a[0] - b[0])) {
    const last = out[out.length - 1];
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}

/**
 * Checks a Dockerfile: all its stages, or what the target needs when one is given. Looks up base images, copies nothing. An error of
 * the parser comes alone, a later one with the warnings found before it.
 */
export async function lint(input: ConvertInput): Promise<LintResult> {
  const { warnings, error } = await convert({ ...input, options: { ...input.options, check: true } });
  return error === undefined
    ? { warnings, errorLines: [] }
    : { warnings, error, errorLines: mergeLines(error.lines) };
}
