/** Cutting an instruction's text into flags and words (BuildKit parser/split_command.go, parser/line_parsers.go). */

import { cutAtBlank, fromByteString, isSpace, toByteString, trimSpace } from "./go-text";

/** An instruction's line cut in three. */
export interface SplitCommand {
  readonly keyword: string;
  /** As written but without quotes and escapes: `--name=value`. */
  readonly flags: readonly string[];
  /** Trimmed. */
  readonly rest: string;
}

/** Cuts *line* into its keyword, its flags and the rest. */
export function splitCommand(line: string, escape: string): SplitCommand {
  const [keyword, args] = cutAtBlank(trimSpace(line));
  if (args === undefined) return { keyword, flags: [], rest: "" };
  if (!/^[\t-\r ]*--/.test(args)) return { keyword, flags: [], rest: trimSpace(args) };
  // Flags are read byte by byte: other characters than ASCII come out garbled, in BuildKit as here.
  const { flags, rest } = extractFlags(toByteString(args), escape);
  return { keyword, flags, rest: trimSpace(fromByteString(rest)) };
}

function extractFlags(line: string, escape: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line.charCodeAt(at))) at++;
    if (!line.startsWith("--", at)) return { flags, rest: line.slice(at) };
    let word = "";
    let quoted = false;
    let quote = "";
    for (; at < line.length; at++) {
      const character = line[at]!;
      if (quote === "" && isSpace(line.charCodeAt(at))) break;
      if (quote === "" && (character === "'" || character === '"')) {
        quote = character;
        quoted = true;
      } else if (character === quote) {
        quote = "";
      } else if (character === escape) {
        if (at + 1 < line.length) word += line[++at]!;
        else quote = "";
      } else {
        word += character;
      }
    }
    if (word === "--") return { flags, rest: line.slice(at) };
    if (quoted || word !== "") flags.push(word);
  }
}

/** Words separated by white space; quotes and escapes are understood and kept. For ENV, LABEL and ARG. */
export function splitWords(text: string, escape: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text.charCodeAt(at))) at++;
    if (at >= text.length) return words;
    let word = "";
    let quote = "";
    let quoted = false;
    for (; at < text.length; at++) {
      const character = text[at]!;
      if (quote === "") {
        if (isSpace(text.charCodeAt(at))) break;
        if (character === "'" || character === '"') {
          quote = character;
          quoted = true;
          word += character;
        } else if (character === escape) {
          // A pair is kept as it is; an escape character at the very end is dropped.
          if (at + 1 < text.length) word += character + text[++at]!;
        } else {
          word += character;
        }
      } else if (character === escape && quote !== "'") {
        if (at + 1 < text.length) word += character + text[++at]!;
        else quote = "";
      } else {
        if (character === quote) quote = "";
        word += character;
      }
    }
    if (quoted || word !== "") words.push(word);
  }
}
