/** What word expansion is given and what it answers (BuildKit shell/lex.go Lex, ProcessWordResult). */

/** Where variables come from. A `Map` is one. */
export interface Env {
  get(name: string): string | undefined;
  keys(): Iterable<string>;
}

/** How a word is read. All default to false: an instruction's argument. */
export interface LexMode {
  /** Quotes stay in the result. */
  readonly rawQuotes?: boolean;
  /** Escape characters stay in the result. */
  readonly rawEscapes?: boolean;
  /** Quotes are ordinary characters. */
  readonly skipProcessQuotes?: boolean;
  /** A variable that is not set stays as it is written. */
  readonly skipUnsetEnv?: boolean;
}

/** The modes that BuildKit itself uses. */
export const lexModes = {
  /** Arguments of instructions. */
  word: {},
  /** Bodies of COPY and ADD heredocs (with `\` as the escape character, whatever the directive says). */
  heredoc: { skipProcessQuotes: true },
  /** The text of RUN in the progress. */
  display: { rawQuotes: true, rawEscapes: true, skipUnsetEnv: true },
  /** A heredoc's delimiter, without and with its quotes. */
  delim: { skipUnsetEnv: true },
  delimq: { rawQuotes: true, skipUnsetEnv: true },
} as const satisfies Record<string, LexMode>;

/** The answer for one word. */
export interface Expansion {
  /** The expanded text; empty when there is an error. */
  readonly result: string;
  /** The same, split at white space that is not quoted; empty when there is an error. */
  readonly words: readonly string[];
  /** Names looked up and found, in order of first use. */
  readonly matched: readonly string[];
  /** Names looked up and not found, in order of first use. */
  readonly unmatched: readonly string[];
  /** BuildKit's words, beginning with `failed to process "…": `. */
  readonly error?: string;
}
