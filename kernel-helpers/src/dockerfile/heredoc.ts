/** Heredoc words: `<<EOF`, `<<-"EOF"`, `3<<EOF` (BuildKit parser/parser.go ParseHeredoc). */

import { expandWord, lexModes, type Env } from "./expand/lexer";
import { Refusal } from "./refusal";
import type { Heredoc } from "./types";

const noEnv: Env = new Map<string, string>();
const countQuotes = (text: string) => text.replace(/[^'"]/g, "").length;

/** The heredoc that *word* opens, its content still empty; undefined when it opens none. Throws Refusal for broken quotes. */
export function parseHeredoc(word: string): Heredoc | undefined {
  const head = /^([0-9]*)<<(-?)/.exec(word);
  if (head === null) return undefined;
  const rest = word.slice(head[0].length).replace(/^[\t\n\f\r ]+/, "");
  if (rest === "" || rest.includes("<")) return undefined;
  // Read with and without quotes: when the two differ, a part of the delimiter is quoted and the body is not expanded.
  const plain = delimiterWords(rest, lexModes.delim);
  if (plain.length !== 1) return undefined;
  const raw = delimiterWords(rest, lexModes.delimq);
  if (raw.length !== 1) {
    throw new Refusal(
      "LB_HEREDOC_LEXING",
      `internal lexing of heredoc produced inconsistent results: ${rest}`,
    );
  }
  const name = plain[0]!;
  return {
    name,
    content: "",
    expand: countQuotes(name) === countQuotes(raw[0]!),
    chomp: head[2] === "-",
    fd: head[1] === "" ? 0 : Math.min(Number(head[1]), 2 ** 64),
  };
}

function delimiterWords(text: string, mode: (typeof lexModes)["delim" | "delimq"]): readonly string[] {
  const { words, error } = expandWord(text, noEnv, { mode });
  if (error !== undefined) throw new Refusal("LB_HEREDOC_DELIMITER", error);
  return words;
}

/** As `parseHeredoc`, but what cannot be read is no heredoc (BuildKit `MustParseHeredoc`). */
export function tryParseHeredoc(word: string): Heredoc | undefined {
  if (!word.includes("<<")) return undefined;
  try {
    return parseHeredoc(word);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** All heredocs that an instruction's *line* opens, in order. Throws Refusal. */
export function heredocsFromLine(line: string): readonly Heredoc[] {
  const { words } = expandWord(line, noEnv, { mode: lexModes.display });
  return words.map(parseHeredoc).filter((heredoc) => heredoc !== undefined);
}

/** A body without the tabs at the beginning of its lines, as `<<-` wants it. */
export function chompHeredoc(content: string): string {
  return content.replace(/^\t+/gm, "");
}
