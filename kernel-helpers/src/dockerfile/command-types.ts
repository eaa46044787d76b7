/** The typed instructions (BuildKit frontend/dockerfile/instructions/commands.go). Readonly and JSON-printable. */

import type { LineRange, SourceRange } from "./types";

/** What every instruction has. */
export interface CommandBase {
  /** The keyword as written: `RUN`, `run`. */
  readonly name: string;
  /** The logical line, trimmed (BuildKit `String()`): what step names and ONBUILD are made of. */
  readonly original: string;
  /** One entry per physical line, heredoc bodies included (BuildKit `Location()`). */
  readonly lines: readonly LineRange[];
  /** Zero-width at the file's beginning for an ONBUILD trigger that comes from an image. */
  readonly range: SourceRange;
  /** The comment lines right above, without their sign; `check=skip=…` among them counts for this instruction. */
  readonly comments: readonly string[];
}

/** `name=value` of ENV and LABEL, quotes and variables as written. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** True in the old form `ENV name value`. */
  readonly noDelim: boolean;
}

/** One name of an ARG. */
export interface ArgDefinition {
  readonly key: string;
  /** The default as written; absent when none is. */
  readonly value?: string;
  /** The comment above that begins with the name, without it; empty when there is none. */
  readonly docComment: string;
}

/** A heredoc among the sources of COPY or ADD. */
export interface SourceContent {
  /** File name: the delimiter. */
  readonly path: string;
  /** The body; leading tabs are gone already for `<<-`. */
  readonly data: string;
  /** Are variables expanded in it? */
  readonly expand: boolean;
}

/** A heredoc of RUN. */
export interface InlineFile {
  readonly name: string;
  /** The body, tabs as written. */
  readonly data: string;
  readonly chomp: boolean;
}

/** RUN, CMD and ENTRYPOINT. */
export interface ShellCommandLine {
  /** One text in shell form, the words in JSON form. Empty when nothing is written. */
  readonly cmdLine: readonly string[];
  readonly files: readonly InlineFile[];
  /** True in shell form: SHELL's words come first. */
  readonly prependShell: boolean;
}

export interface AddCommand extends CommandBase, SourcesAndDest {
  readonly kind: "add";
  readonly chown: string;
  readonly chmod: string;
  readonly link: boolean;
  readonly excludePatterns: readonly string[];
  /** Absent when the flag is not written. */
  readonly keepGitDir?: boolean;
  readonly checksum: string;
  /** Absent when the flag is not written. */
  readonly unpack?: boolean;
}

export interface CopyCommand extends CommandBase, SourcesAndDest {
  readonly kind: "copy";
  /** Stage, index, named context or image; empty for the build context. */
  readonly from: string;
  readonly chown: string;
  readonly chmod: string;
  readonly link: boolean;
  readonly excludePatterns: readonly string[];
  readonly parents: boolean;
}

/** What COPY and ADD have in common. */
export interface SourcesAndDest {
  readonly sourcePaths: readonly string[];
  readonly sourceContents: readonly SourceContent[];
  readonly destPath: string;
}

export interface RunCommand extends CommandBase, ShellCommandLine {
  readonly kind: "run";
  /** Names of the flags written, each once, in alphabetical order (a Go map in BuildKit). */
  readonly flagsUsed: readonly string[];
  /** Values of `--mount` as written; `parseMounts` reads them, at dispatch as BuildKit does. */
  readonly mounts: readonly string[];
  readonly network: "default" | "none" | "host";
  readonly security: "sandbox" | "insecure";
  readonly devices: readonly Device[];
}

/** `RUN --device`. */
export interface Device {
  readonly name: string;
  readonly required: boolean;
}

/** `RUN --mount`, read and expanded. */
export interface RunMount {
  readonly type: "bind" | "cache" | "tmpfs" | "secret" | "ssh";
  /** Empty for the build context. */
  readonly from: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  /** Bytes, of tmpfs; 0 for no limit. */
  readonly sizeLimit: number;
  readonly cacheId: string;
  /** Empty when not written. */
  readonly cacheSharing: "" | "shared" | "private" | "locked";
  readonly required: boolean;
  /** Variable that gets the secret; empty text for the default name, absent when not written. */
  readonly env?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

export interface CmdCommand extends CommandBase, ShellCommandLine {
  readonly kind: "cmd";
}

export interface EntrypointCommand extends CommandBase, ShellCommandLine {
  readonly kind: "entrypoint";
}

export interface ShellInstruction extends CommandBase {
  readonly kind: "shell";
  readonly shell: readonly string[];
}

export interface EnvCommand extends CommandBase {
  readonly kind: "env";
  readonly env: readonly KeyValue[];
}

export interface LabelCommand extends CommandBase {
  readonly kind: "label";
  readonly labels: readonly KeyValue[];
}

export interface ArgCommand extends CommandBase {
  readonly kind: "arg";
  readonly args: readonly ArgDefinition[];
}

export interface WorkdirCommand extends CommandBase {
  readonly kind: "workdir";
  readonly path: string;
}

export interface UserCommand extends CommandBase {
  readonly kind: "user";
  readonly user: string;
}

export interface ExposeCommand extends CommandBase {
  readonly kind: "expose";
  /** Sorted by bytes, before expansion. */
  readonly ports: readonly string[];
}

export interface VolumeCommand extends CommandBase {
  readonly kind: "volume";
  readonly volumes: readonly string[];
}

export interface StopsignalCommand extends CommandBase {
  readonly kind: "stopsignal";
  readonly signal: string;
}

export interface MaintainerCommand extends CommandBase {
  readonly kind: "maintainer";
  readonly maintainer: string;
}

export interface HealthcheckCommand extends CommandBase {
  readonly kind: "healthcheck";
  readonly health: Health;
}

/** The image config's Healthcheck. Durations in nanoseconds, 0 when not written. */
export interface Health {
  /** `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`. */
  readonly test: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export interface OnbuildCommand extends CommandBase {
  readonly kind: "onbuild";
  /** The instruction's text, heredoc bodies and delimiters appended: what the image config's OnBuild gets. */
  readonly expression: string;
}

/** Any instruction but FROM. */
export type Command =
  | AddCommand
  | ArgCommand
  | CmdCommand
  | CopyCommand
  | EntrypointCommand
  | EnvCommand
  | ExposeCommand
  | HealthcheckCommand
  | LabelCommand
  | MaintainerCommand
  | OnbuildCommand
  | RunCommand
  | ShellInstruction
  | StopsignalCommand
  | UserCommand
  | VolumeCommand
  | WorkdirCommand;

/** FROM and what follows it, up to the next FROM. */
export interface Stage extends CommandBase {
  readonly kind: "from";
  /** In lower case; empty without AS. */
  readonly stageName: string;
  /** As written behind AS; empty without it. */
  readonly writtenName: string;
  /** As written, not expanded. */
  readonly baseName: string;
  /** `--platform`, not expanded; empty when not written. */
  readonly platform: string;
  /** The comment above that begins with the stage's name, without it. */
  readonly docComment: string;
  readonly commands: readonly Command[];
}
