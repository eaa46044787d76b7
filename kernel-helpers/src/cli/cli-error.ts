/** A refusal with a stable code, a sentence in both languages, a way out and an exit code. */

import type { Locale } from "../report/locale";

/** The same text in Korean and English. */
export interface Sentence {
  readonly ko: string;
  readonly en: string;
}

/** Exit code 2: wrong usage; 1: what was asked for did not succeed. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: 1 | 2;
  /** What to do about it. */
  readonly hint?: Sentence;

  constructor(
    readonly code: `LB_${string}`,
    readonly sentence: Sentence,
    options: { readonly exitCode?: 1 | 2; readonly hint?: Sentence; readonly cause?: unknown } = {},
  ) {
    super(sentence.en, { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
    this.hint = options.hint;
  }

  /** The lines that the command prints. */
  format(locale: Locale): string {
    const hint = this.hint ? `  ${this.hint[locale]}\n` : "";
    return `layerbook: ${this.sentence[locale]} [${this.code}]\n${hint}`;
  }
}

/** A wrong command line (exit code 2). */
export function usageError(code: `LB_${string}`, sentence: Sentence, hint?: Sentence): CliError {
  return new CliError(code, sentence, { exitCode: 2, hint });
}
