/** The records that reading a Dockerfile gives. All of them are plain, readonly and JSON-printable. */

/** A place in the source text. Lines and columns are 1-based, offsets 0-based UTF-16 units; `end` is exclusive. */
export interface SourceRange {
  readonly start: SourcePosition;
  readonly end: SourcePosition;
}

export interface SourcePosition {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** A run of physical lines, both ends 1-based and inclusive (BuildKit `parser.Range`). */
export type LineRange = readonly [start: number, end: number];

/** One heredoc of RUN, COPY or ADD (BuildKit `parser.Heredoc`). */
export interface Heredoc {
  /** Delimiter without quotes. */
  readonly name: string;
  /** The body with its last newline, tabs as written. */
  readonly content: string;
  /** True when the delimiter had no quotes: COPY and ADD expand the body then. */
  readonly expand: boolean;
  /** True for `<<-`: leading tabs are stripped when the body is used. */
  readonly chomp: boolean;
  /** File descriptor before `<<`; 0 when none is written. */
  readonly fd: number;
}

/** A flag before the arguments: `--name=value`, or `--name` alone. */
export interface Flag {
  readonly name: string;
  readonly value?: string;
}

/** A refusal in BuildKit's own words, without `failed to solve: `. */
export interface DockerfileError {
  /** Stable code of ours, `LB_…`; the Korean explanation is found by it. */
  readonly code: string;
  /** BuildKit's text, complete with `dockerfile parse error on line N: ` where BuildKit has it. */
  readonly message: string;
  /** Lines that the code frame marks; one frame per element, in the order printed. Empty: no frame. */
  readonly lines: readonly (readonly LineRange[])[];
}

/** One finding of a build check (BuildKit `linter`). */
export interface LintWarning {
  readonly rule: string;
  readonly description: string;
  readonly url: string;
  readonly detail: string;
  readonly lines: readonly LineRange[];
}
