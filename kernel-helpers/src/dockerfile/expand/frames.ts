/** The open constructs that the lexer keeps on its stack. */

/** Reading up to *stop* (-1: the end). */
export interface TextFrame {
  readonly kind: "text";
  readonly stop: number;
  readonly rawEscapes: boolean;
  /** Escape characters inside quotes are doubled, because the text is a pattern that is read once more. */
  readonly preserve: boolean;
  readonly top: boolean;
  result: string;
}

/** Inside double quotes. */
export interface QuoteFrame {
  readonly kind: "quote";
  readonly preserve: boolean;
  result: string;
}

/** Waiting for the word of `${name:-word}` and its like, or for the pattern or replacement of `${name/pattern/replacement}`. */
export interface ModifierFrame {
  readonly kind: "modifier";
  readonly name: string;
  readonly operator: string;
  readonly colon: boolean;
  readonly all: boolean;
  pattern?: string;
}

export type Frame = TextFrame | QuoteFrame | ModifierFrame;
