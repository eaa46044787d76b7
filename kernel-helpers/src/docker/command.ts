/** What a docker command is: its flags, how many words it takes, and what it does with the engine. */

import type { FileStat } from "../platform/files";
import type { DockerEngine } from "./engine";
import type { FlagSpec, ParsedFlags } from "./flags";

/** What a file of the caller is. */
export type CallerStat = Pick<FileStat, "type" | "mode" | "uid" | "gid" | "mtime" | "linkname">;

/** The files of the caller, for `docker cp`. Paths are absolute, as `absolute` gives them. */
export interface CallerFiles {
  /** *path* as typed, relative to the working directory. */
  absolute(path: string): string;
  lstat(path: string): CallerStat | undefined;
  stat(path: string): CallerStat | undefined;
  readdir(path: string): readonly string[];
  realpath(path: string): string | undefined;
  read(path: string): Uint8Array;
  mkdir(path: string, mode: number): void;
  symlink(target: string, path: string): void;
  write(path: string, data: Uint8Array, mode: number): void;
}

/** Where a docker command runs: output, the files of the caller, and how its builds are shown. */
export interface DockerIo {
  out(text: string): void;
  err(text: string): void;
  readonly stdin: string;
  /** Reads a file of the caller, relative to its directory; undefined when there is none. */
  readFile(path: string): Uint8Array | undefined;
  /** Writes a file of the caller. */
  writeFile(path: string, data: Uint8Array): void;
  readonly files: CallerFiles;
  /** Standard input and output for bytes; absent where only text goes through. */
  readonly stdinBytes?: () => Promise<Uint8Array>;
  readonly outBytes?: (bytes: Uint8Array) => void;
  /** Environment of the caller. */
  env(name: string): string | undefined;
  /** Is *path* (as typed, `.` or a folder) the context that the Lab builds? Answers a Korean and English refusal when not. */
  checkContext(path: string): string | undefined;
  /** Language of what stands beside docker's own words. Default: Korean. */
  readonly locale?: "ko" | "en";
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
