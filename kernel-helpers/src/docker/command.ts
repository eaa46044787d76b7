/** What a docker command is: its flags, how many words it takes, and what it does with the engine. */

import type { DockerEngine } from "./engine";
import type { FlagSpec, ParsedFlags } from "./flags";

/** Where a docker command runs: output, the files of the caller, and how its builds are shown. */
export interface DockerIo {
  out(text: string): void;
  err(text: string): void;
  readonly stdin: string;
  /** Reads a file of the caller, relative to its directory; undefined when there is none. */
  readFile(path: string): Uint8Array | undefined;
  /** Writes a file of the caller. */
  writeFile(path: string, data: Uint8Array): void;
  /** Environment of the caller. */
  env(name: string): string | undefined;
  /** Is *path* (as typed, `.` or a folder) the context that the Lab builds? Answers a Korean and English refusal when not. */
  checkContext(path: string): string | undefined;
  /** Columns of the terminal, for `docker build`'s progress. Default: plain progress when undefined. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Told of every build, for a front end that shows its table. */
  built?(record: unknown): void;
}

export interface CommandContext {
  readonly engine: DockerEngine;
  readonly io: DockerIo;
  readonly flags: ParsedFlags;
  /** What is no flag. */
  readonly words: readonly string[];
}

export interface DockerCommand {
  /** `history`, `image ls`, `builder prune`. */
  readonly name: string;
  /** As docker prints it after "Usage:  docker ". */
  readonly usage: string;
  readonly summary: string;
  readonly flags: Readonly<Record<string, FlagSpec>>;
  /** Fewest and most words. */
  readonly arity: readonly [min: number, max: number];
  /** Flags stop at the first word (`docker run IMAGE -x` gives -x to the program). */
  readonly stopAtArgument?: boolean;
  run(context: CommandContext): Promise<number> | number;
}
