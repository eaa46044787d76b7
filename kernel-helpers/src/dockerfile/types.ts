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

/** A parser directive at the top of the file. */
export interface Directive {
  readonly name: "syntax" | "escape" | "check";
  /** Without blanks at its ends. */
  readonly value: string;
  /** 1-based. */
  readonly line: number;
}

/** A remark of the lexical pass (BuildKit `parser.Warning`); the only kind is an empty continuation line. */
export interface ParseWarning {
  readonly short: string;
  readonly detail: string;
  readonly url: string;
  /** Last line of the instruction, 1-based. */
  readonly line: number;
}

/** What a node says, without its place: also the instruction behind ONBUILD. */
export interface NodeContent {
  /** As written: `RUN`, `run`. */
  readonly keyword: string;
  /** The logical line: continuation lines joined, without blanks at its beginning. Heredoc bodies are not in it. */
  readonly original: string;
  /** `--name=value` as written, without quotes and escapes. */
  readonly flags: readonly string[];
  /**
   * The arguments in the instruction's own shape: the items of a JSON array, words, or the whole rest as one.
   * ENV and LABEL: triples name, value, `=` (or an empty text in the form `ENV name value`).
   */
  readonly args: readonly string[];
  /** True for the JSON form. */
  readonly json: boolean;
  /** The instruction behind ONBUILD. */
  readonly trigger?: NodeContent;
}

/** One instruction as it stands in the file (BuildKit `parser.Node`). */
export interface Node extends NodeContent {
  readonly heredocs: readonly Heredoc[];
  /** First and last physical line, 1-based; heredoc bodies included. */
  readonly startLine: number;
  readonly endLine: number;
  /** From the keyword's first character to the end of the last line, without the line end. */
  readonly range: SourceRange;
  /** The comment lines right above, without their sign. A lone `#` starts anew; blank lines do not. */
  readonly comments: readonly string[];
}

/** A file that could be read (BuildKit `parser.Result`). */
export interface ParsedDockerfile {
  readonly kind: "dockerfile";
  /** The escape and continuation character. */
  readonly escape: "\\" | "`";
  readonly directives: readonly Directive[];
  readonly nodes: readonly Node[];
  /** First line of the first instruction to last line of the last one. */
  readonly lines: LineRange;
  readonly warnings: readonly ParseWarning[];
}
