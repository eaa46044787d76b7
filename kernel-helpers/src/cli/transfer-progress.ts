/** How far a transfer is: a line for each blob on standard error, moving where that is a terminal. */

import { humanSize } from "../report";
import { type CommandIo, say } from "./io";

/** A moving line is drawn anew at most this often. Milliseconds. */
const REDRAW = 100;

/** The lines of one command. */
export class TransferProgress {
  private drawnAt = 0;
  private drawn = 0;

  constructor(private readonly io: CommandIo) {}

  /** `3f2a…  12.3MB / 40MB`: call it as often as you like. *total*: bytes, undefined when unknown. */
  move(label: string, bytes: number, total: number | undefined): void {
    if (!this.io.terminal || Date.now() - this.drawnAt < REDRAW) return;
    this.drawnAt = Date.now();
    const of = total === undefined ? "" : ` / ${humanSize(total, 3)}`;
    this.draw(`${label}  ${humanSize(bytes, 3)}${of}`);
  }

  /** Ends the line of a blob. */
  done(label: string, words: { readonly ko: string; readonly en: string }): void {
    this.clear();
    this.io.err(`${label}  ${say(this.io, words.ko, words.en)}\n`);
  }

  /** Takes an unfinished line away: before something else is printed. */
  clear(): void {
    if (this.drawn > 0) this.io.err(`\r${" ".repeat(this.drawn)}\r`);
    this.drawn = 0;
  }

  private draw(line: string): void {
    const text = line.slice(0, (this.io.terminal?.columns ?? 80) - 1);
    this.io.err(`\r${text.padEnd(this.drawn)}`);
    this.drawn = text.length;
  }
}

/** `sha256:3f2a…` as docker shortens it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
