/** Building the fields of a word: splitting by IFS, keeping quoted from unquoted. */

import { quotePattern } from "./pattern";

/** A field: its text, and the same text as a pattern in which quoted characters are escaped. */
export interface Field {
  text: string;
  pattern: string;
  /** Whether an unquoted `*`, `?` or `[` is in it. */
  magic: boolean;
}

export class Fields {
  readonly done: Field[] = [];
  private current: Field | undefined;

  constructor(
    private readonly ifs: string,
    /** Nothing is split: assignments, redirections, here-documents. */
    private readonly whole = false,
  ) {}

  private open(): Field {
    return (this.current ??= { text: "", pattern: "", magic: false });
  }

  /** Quoted text; "" makes a field too. */
  quoted(text: string): void {
    const field = this.open();
    field.text += text;
    field.pattern += quotePattern(text);
  }

  /** Unquoted text that is not split. */
  literal(text: string): void {
    const field = this.open();
    field.text += text;
    field.pattern += text;
    field.magic ||= /[*?[(]/.test(text);
  }

  /** Unquoted result of an expansion. */
  split(text: string): void {
    if (this.whole || this.ifs === "") {
      if (text !== "" || this.whole) this.literal(text);
      return;
    }
    const { ifs } = this;
    let i = 0;
    while (i < text.length) {
      if (!ifs.includes(text[i] as string)) {
        let j = i + 1;
        while (j < text.length && !ifs.includes(text[j] as string)) j++;
        this.literal(text.slice(i, j));
        i = j;
        continue;
      }
      let hard = false;
      for (; i < text.length && ifs.includes(text[i] as string); i++) {
        if (!" \t\n".includes(text[i] as string)) {
          if (hard) break;
          hard = true;
        }
      }
      if (this.current !== undefined) this.finish();
      else if (hard) this.done.push({ text: "", pattern: "", magic: false });
    }
  }

  /** What joins `"$*"`. */
  get separator(): string {
    return this.ifs.slice(0, 1);
  }

  /** Between two items of `$@`. */
  boundary(quoted: boolean): void {
    if (this.whole) this.quoted(quoted ? " " : this.separator || " ");
    else this.finish();
  }

  /** Ends the present field. */
  finish(): void {
    if (this.current !== undefined) this.done.push(this.current);
    this.current = undefined;
  }

  /** All fields. */
  end(): Field[] {
    this.finish();
    return this.done;
  }
}
