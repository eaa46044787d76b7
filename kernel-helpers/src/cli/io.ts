/** What a command writes to and reads of its process: given in, so that commands can be tested without one. */

import type { Locale } from "../report/locale";

export interface CommandIo {
  readonly locale: Locale;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Is standard error a terminal, and how large? */
  readonly terminal?: { readonly columns: number; readonly rows: number; readonly color: boolean };
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal;
  /** All of standard input as text. */
  readonly stdin: () => Promise<string>;
  /** All of standard input, when it is no terminal. */
  readonly stdinBytes?: () => Promise<Uint8Array>;
  /** Bytes to standard output, when it is no terminal. */
  readonly outBytes?: (bytes: Uint8Array) => void;
}

/** The sentence of *io*'s language. */
export function say(io: Pick<CommandIo, "locale">, ko: string, en: string): string {
  return io.locale === "ko" ? ko : en;
}
