/** A place in a list of tokens, and how deep it is nested. */

import type { Token } from "./tokens";
import { HclError } from "./types";

/** Deeper nesting is refused: nobody writes it, and the stack ends somewhere. */
const DEEPEST = 100;

/** What a parser reads tokens with. All throw HclError for what they do not find. */
export class Cursor {
  protected at = 0;

  constructor(
    protected readonly tokens: readonly Token[],
    protected depth: number,
  ) {}

  protected get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)]!;
  }

  protected is(text: string): boolean {
    return this.token.kind === "operator" && this.token.text === text;
  }

  protected isWord(text: string): boolean {
    return this.token.kind === "name" && this.token.text === text;
  }

  protected take(text: string): void {
    if (!this.is(text)) throw this.unexpected(`"${text}"`);
    this.at++;
  }

  protected name(): string {
    const { token } = this;
    if (token.kind !== "name") throw this.unexpected("a name");
    this.at++;
    return token.text;
  }

  protected unexpected(wanted: string): HclError {
    const { kind, text, line } = this.token;
    const found = kind === "end" ? "the end" : kind === "newline" ? "a line end" : `"${text}"`;
    return new HclError(`expected ${wanted}, found ${found}`, line);
  }

  protected skipLines(): void {
    while (this.token.kind === "newline") this.at++;
  }

  protected lineEnd(): void {
    if (this.token.kind !== "newline" && this.token.kind !== "end") throw this.unexpected("a line end");
  }

  protected deeper<T>(read: () => T): T {
    if (++this.depth > DEEPEST) throw new HclError("nested too deeply", this.token.line);
    const found = read();
    this.depth--;
    return found;
  }

  /** What *read* reads has to be everything. */
  whole<T>(read: () => T): T {
    this.skipLines();
    const found = read();
    this.skipLines();
    if (this.token.kind !== "end") throw this.unexpected("the end");
    return found;
  }
}
