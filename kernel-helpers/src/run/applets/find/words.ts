/** The words of a `find` command line, taken one by one. */

/** What ends `find` before it walks: the message is said after `find: `. */
export class FindError extends Error {}

/** Words with a place among them. */
export class Words {
  /** The word taken last; "" before the first. */
  last = "";
  private at = 0;

  constructor(
    private readonly words: readonly string[],
    private readonly gnu: boolean,
  ) {}

  /** The next word; undefined at the end. */
  peek(): string | undefined {
    return this.words[this.at];
  }

  /** Takes the next word; undefined at the end. */
  take(): string | undefined {
    const word = this.words[this.at++];
    this.last = word ?? "";
    return word;
  }

  /** Takes the word that *name* needs. Throws FindError at the end. */
  value(name: string): string {
    const value = this.take();
    if (value === undefined)
      throw new FindError(this.gnu ? `missing argument to \`${name}'` : `${name} requires an argument`);
    return value;
  }
}
