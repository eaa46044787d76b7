/** A build refused in BuildKit's words, with the lines to show (BuildKit frontend/dockerfile/parser/errors.go). */

import type { DockerfileError, LineRange } from "../dockerfile/types";

/** Thrown while a Dockerfile is converted; becomes a `DockerfileError`. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** One element per code frame, in the order in which they were found; printed the other way round. */
  frames: readonly (readonly LineRange[])[];

  constructor(
    message: string,
    readonly code: string,
    frames: readonly (readonly LineRange[])[] = [],
  ) {
    super(message);
    this.frames = frames;
  }

  /** The refusal that a function of the dockerfile folder answered with. */
  static from(error: DockerfileError): Refusal {
    return new Refusal(error.message, error.code, [...error.lines].reverse());
  }

  /** The same refusal under a longer text. */
  withMessage(message: string): Refusal {
    return new Refusal(message, this.code, this.frames);
  }

  toError(): DockerfileError {
    return { code: this.code, message: this.message, lines: [...this.frames].reverse() };
  }
}

/** Runs *work*; a refusal gets a further frame at *lines* (parser.WithLocation). */
export function located<T>(lines: readonly LineRange[], work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) error.frames = [...error.frames, lines];
    throw error;
  }
}

/** As `located` for asynchronous work. */
export async function locatedAsync<T>(lines: readonly LineRange[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) error.frames = [...error.frames, lines];
    throw error;
  }
}
