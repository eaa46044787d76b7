/**
 * Word expansion: quotes, escapes and `$name`, `${name…}` (BuildKit frontend/dockerfile/shell/lex.go).
 * The nesting is kept on a stack of our own, so that ten thousand nested `${` are as harmless as one.
 */

import { goQuote, isSpace } from "../go-text";
import type { Frame, ModifierFrame, QuoteFrame, TextFrame } from "./frames";
import { lexModes, type Env, type Expansion, type LexMode } from "./modes";
import { endOfName } from "./names";
import { replacePattern, trimPrefix, trimSuffix } from "./pattern";

export { lexModes, type Env, type Expansion, type LexMode } from "./modes";

class LexError extends Error {}

const END = -1;

class Lexer {
  private position = 0;
  private readonly stack: Frame[] = [];
  private words: string[] = [];
  private buffer = "";
  readonly matched = new Set<string>();
  readonly unmatched = new Set<string>();

  constructor(
    private readonly source: string,
    private readonly env: Env,
    private readonly escape: number,
    private readonly mode: LexMode,
  ) {
    // text/scanner drops a byte order mark at the beginning.
    if (source.charCodeAt(0) === 0xfeff) this.position = 1;
  }

  run(): { result: string; words: string[] } {
    this.stack.push({
      kind: "text",
      stop: END,
      rawEscapes: this.mode.rawEscapes ?? false,
      preserve: false,
      top: true,
      result: "",
    });
    for (;;) {
      const frame = this.stack[this.stack.length - 1]!;
      try {
        const done =
          frame.kind === "text"
            ? this.readText(frame)
            : frame.kind === "quote"
              ? this.readQuoted(frame)
              : undefined;
        if (done === undefined) continue; // a new frame was pushed
        if (frame.kind === "text" && frame.top) {
          this.endWord();
          return { result: done, words: this.words };
        }
        this.stack.pop();
        this.deliver(done, frame);
      } catch (error) {
        if (error instanceof LexError) throw this.located(error);
        throw error;
      }
    }
  }

  /** An error at the very end is told by the outermost open `${`, in its own words. */
  private located(error: LexError): LexError {
    if (this.position < this.source.length) return error;
    for (const frame of this.stack) {
      if (frame.kind !== "modifier") continue;
      return new LexError(
        isReplace(frame) && frame.pattern === undefined
          ? "syntax error: missing '/' in ${}"
          : "syntax error: missing '}'",
      );
    }
    return error;
  }

  private peek(): number {
    return this.position < this.source.length ? this.source.charCodeAt(this.position) : END;
  }

  /** The next whole character as text; the empty string at the end. */
  private next(): string {
    if (this.position >= this.source.length) return "";
    const character = String.fromCodePoint(this.source.codePointAt(this.position)!);
    this.position += character.length;
    return character;
  }

  private rawEscapes(): boolean {
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const frame = this.stack[i]!;
      if (frame.kind === "text") return frame.rawEscapes;
    }
    return false;
  }

  /** Gives a finished piece to the frame that waits for it. */
  private deliver(text: string, from: Frame): void {
    const parent = this.stack[this.stack.length - 1]!;
    if (parent.kind === "modifier") {
      if (isReplace(parent) && parent.pattern === undefined) {
        parent.pattern = text;
        this.pushText(125, true, false);
        return;
      }
      this.stack.pop();
      this.deliver(this.substitute(parent, text), parent);
      return;
    }
    parent.result += text;
    if (parent.kind === "text" && parent.top) {
      if (from.kind === "quote") this.buffer += text;
      else this.addToWords(text);
    }
  }

  private pushText(stop: number, rawEscapes: boolean, preserve: boolean): void {
    // BuildKit shares one word buffer between all levels: a nested word empties what the outer one had begun.
    this.buffer = "";
    this.stack.push({ kind: "text", stop, rawEscapes, preserve, top: false, result: "" });
  }

  private addToWords(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (isSpace(text.charCodeAt(i))) this.endWord();
      else this.buffer += text[i];
    }
  }

  private endWord(): void {
    if (this.buffer === "") return;
    this.words.push(this.buffer);
    this.buffer = "";
  }

  /** Reads until the stop character, or returns undefined when it pushed a frame. */
  private readText(frame: TextFrame): string | undefined {
    const { source, escape } = this;
    const quotes = !this.mode.skipProcessQuotes;
    for (;;) {
      const start = this.position;
      let code = END;
      while (this.position < source.length) {
        code = source.charCodeAt(this.position);
        if (
          code === frame.stop ||
          code === 36 ||
          code === 60 ||
          code === escape ||
          (quotes && (code === 39 || code === 34))
        )
          break;
        code = END;
        this.position++;
      }
      if (this.position > start) {
        const plain = source.slice(start, this.position);
        frame.result += plain;
        if (frame.top) this.addToWords(plain);
      }
      if (code === END) break;
      if (code === frame.stop) {
        this.position++;
        if (!frame.top) this.buffer = "";
        return frame.result;
      }
      if (code === 36) {
        const value = this.readDollar();
        if (value === undefined) return undefined;
        frame.result += value;
        if (frame.top) this.addToWords(value);
      } else if (code === 60) {
        this.addRaw(frame, this.readHeredocSign());
      } else if (quotes && code === 39) {
        this.addRaw(frame, this.readSingleQuoted(frame.preserve));
      } else if (quotes && code === 34) {
        this.position++;
        this.stack.push({ kind: "quote", preserve: frame.preserve, result: this.mode.rawQuotes ? '"' : "" });
        return undefined;
      } else {
        const sign = this.next();
        if (frame.rawEscapes) this.addRaw(frame, sign);
        this.addRaw(frame, this.next());
      }
    }
    if (frame.stop !== END) {
      throw new LexError(
        `unexpected end of statement while looking for matching ${String.fromCharCode(frame.stop)}`,
      );
    }
    return frame.result;
  }

  private addRaw(frame: TextFrame, text: string): void {
    frame.result += text;
    if (frame.top) this.buffer += text;
  }

  /** `<<` keeps the blanks after it, so that `<< EOF` stays one word. */
  private readHeredocSign(): string {
    const start = this.position++;
    if (this.peek() !== 60) return "<";
    this.position++;
    while ([9, 13, 32].includes(this.peek())) this.position++;
    return this.source.slice(start, this.position);
  }

  private readSingleQuoted(preserve: boolean): string {
    const end = this.source.indexOf("'", this.position + 1);
    if (end < 0) {
      this.position = this.source.length;
      throw new LexError("unexpected end of statement while looking for matching single-quote");
    }
    let text = this.source.slice(this.position + 1, end);
    this.position = end + 1;
    const sign = String.fromCharCode(this.escape);
    if (preserve) text = text.replaceAll(sign, sign + sign);
    return this.mode.rawQuotes ? `'${text}'` : text;
  }

  private readQuoted(frame: QuoteFrame): string | undefined {
    const { source, escape } = this;
    const rawEscapes = this.rawEscapes();
    for (;;) {
      const start = this.position;
      while (this.position < source.length) {
        const code = source.charCodeAt(this.position);
        if (code === 34 || code === 36 || code === escape) break;
        this.position++;
      }
      frame.result += source.slice(start, this.position);
      const code = this.peek();
      if (code === END)
        throw new LexError("unexpected end of statement while looking for matching double-quote");
      if (code === 34) {
        this.position++;
        return this.mode.rawQuotes ? frame.result + '"' : frame.result;
      }
      if (code === 36) {
        const value = this.readDollar();
        if (value === undefined) return undefined;
        frame.result += value;
        continue;
      }
      const sign = this.next();
      const following = this.peek();
      if (following === END) continue;
      if (following === 34 || following === 36 || following === escape) {
        if (rawEscapes) frame.result += sign;
        frame.result += this.next();
      } else {
        if (rawEscapes && (!this.mode.rawQuotes || frame.preserve)) frame.result += sign;
        frame.result += sign;
      }
    }
  }

  /** `$…`: its value, or undefined when a frame was pushed for the word of a modifier. */
  private readDollar(): string | undefined {
    this.position++;
    if (this.peek() !== 123) {
      const name = this.readName();
      if (name === "") return "$";
      const value = this.lookUp(name);
      if (value === undefined) return this.mode.skipUnsetEnv ? "$" + name : "";
      return value;
    }
    this.position++;
    const first = this.peek();
    if (first === END) throw new LexError("syntax error: missing '}'");
    if (first === 123 || first === 125 || first === 58) throw new LexError("syntax error: bad substitution");
    const name = this.readName();
    let operator = this.next();
    if (operator === "}") {
      const value = this.lookUp(name);
      if (value === undefined) return this.mode.skipUnsetEnv ? "${" + name + "}" : "";
      return value;
    }
    const colon = operator === ":";
    if (colon) operator = this.next();
    const written = (colon ? ":" : "") + (operator === "" ? "\ufffd" : operator);
    const isPattern = operator === "#" || operator === "%";
    if (colon ? isPattern : !"+-?#%/".includes(operator) || operator === "") {
      throw new LexError(`unsupported modifier (${written}) in substitution`);
    }
    if (!colon && operator === "/") {
      const all = this.peek() === 47;
      if (all) this.position++;
      this.stack.push({ kind: "modifier", name, operator, colon, all });
      this.pushText(47, true, true);
      return undefined;
    }
    this.stack.push({ kind: "modifier", name, operator, colon, all: false });
    this.pushText(125, isPattern, isPattern);
    return undefined;
  }

  private readName(): string {
    const start = this.position;
    this.position = endOfName(this.source, start);
    return this.source.slice(start, this.position);
  }

  private lookUp(name: string): string | undefined {
    const value = this.env.get(name);
    if (value === undefined) this.unmatched.add(name);
    else this.matched.add(name);
    return value;
  }

  /** The value of `${name<operator>word}` once its word is known. */
  private substitute(frame: ModifierFrame, word: string): string {
    const { name, operator, colon } = frame;
    const value = this.lookUp(name);
    const isSet = value !== undefined;
    if (!isSet && this.mode.skipUnsetEnv) {
      // As in BuildKit, the second slash of // is lost.
      if (isReplace(frame)) return "${" + name + "/" + frame.pattern + "/" + word + "}";
      return "${" + name + (colon ? ":" : "") + operator + word + "}";
    }
    const isUnset = !isSet || (colon && value === "");
    switch (operator) {
      case "-":
        return isUnset ? word : value;
      case "+":
        return isUnset ? "" : word;
      case "?":
        if (!isUnset) return value;
        throw new LexError(
          `${name}: ${word || (isSet ? "is not allowed to be empty" : "is not allowed to be unset")}`,
        );
      case "#":
      case "%": {
        const greedy = word.startsWith(operator);
        const pattern = greedy ? word.slice(1) : word;
        const trim = operator === "#" ? trimPrefix : trimSuffix;
        return orThrow(trim(pattern, value ?? "", greedy));
      }
      case "/":
        if (colon) break;
        return orThrow(replacePattern(frame.pattern!, word, value ?? "", frame.all));
    }
    throw new LexError(`unsupported modifier (${colon ? ":" : ""}${operator || "\ufffd"}) in substitution`);
  }
}

/** `${name/pattern/replacement}`, which has two words. A slash behind a colon is no modifier. */
function isReplace(frame: ModifierFrame): boolean {
  return frame.operator === "/" && !frame.colon;
}

function orThrow(outcome: { readonly value: string } | { readonly error: string }): string {
  if ("error" in outcome) throw new LexError(outcome.error);
  return outcome.value;
}

/**
 * Expands *word* with the variables of *env* (BuildKit `Lex.ProcessWord` and `ProcessWords` in one).
 * *escape* is the escape character of the file, `\` by default. Never throws: a refusal is in `error`.
 */
export function expandWord(
  word: string,
  env: Env,
  options: { readonly escape?: string; readonly mode?: LexMode } = {},
): Expansion {
  const lexer = new Lexer(word, env, (options.escape ?? "\\").charCodeAt(0), options.mode ?? lexModes.word);
  try {
    const { result, words } = lexer.run();
    return { result, words, matched: [...lexer.matched], unmatched: [...lexer.unmatched] };
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    const message = `failed to process ${goQuote(word)}: ${error.message}`;
    return {
      result: "",
      words: [],
      matched: [...lexer.matched],
      unmatched: [...lexer.unmatched],
      error: message,
    };
  }
}
