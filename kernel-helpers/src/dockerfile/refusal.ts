/** How a refusal travels inside this folder: thrown by a rule, caught by the public functions, which return a record instead. */

import type { DockerfileError, LineRange } from "./types";

/** A BuildKit refusal under way. Never leaves this folder. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly lines: readonly (readonly LineRange[])[] = [],
  ) {
    super(message);
  }

  /** The record that callers see. */
  toError(): DockerfileError {
    return { code: this.code, message: this.message, lines: this.lines };
  }
}

/** Every line from *start* to *end* as a range of its own (BuildKit `parser.toRanges`); at least *start*. */
export function toRanges(start: number, end: number): readonly LineRange[] {
  if (end <= start) return [[start, start]];
  const ranges: LineRange[] = [];
  for (let line = start; line <= end; line++) ranges.push([line, line]);
  return ranges;
}

/** Is *value*, the answer of a parsing function, a refusal? */
export function isDockerfileError(value: object): value is DockerfileError {
  return "code" in value && "message" in value && !("kind" in value);
}
