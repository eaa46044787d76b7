/** A file that is being written: read as far as it can be, whatever is wrong with it. */

import { Linter } from "../checks/linter";
import type { Command, Stage } from "../command-types";
import { parseInstruction } from "../instructions/parse";
import { parseDockerfile } from "../parse";
import { isDockerfileError, Refusal } from "../refusal";
import type { Node, ParsedDockerfile } from "../types";

/** The instructions of a file, broken ones without a command. */
export interface DocumentModel {
  readonly escape: "\\" | "`";
  readonly items: readonly DocumentItem[];
}

export interface DocumentItem {
  readonly node: Node;
  /** Absent when the instruction is refused. */
  readonly command?: Command | Stage;
}

/** Reads *text*; what the lexical pass refuses is treated as blank. */
export function readModel(text: string): DocumentModel {
  const parsed = parseTolerantly(text);
  if (parsed === undefined) return { escape: "\\", items: [] };
  const linter = new Linter();
  const items = parsed.nodes.map((node): DocumentItem => {
    try {
      return { node, command: parseInstruction(node, linter) };
    } catch (error) {
      if (error instanceof Refusal) return { node };
      throw error;
    }
  });
  return { escape: parsed.escape, items };
}

/** At most this many broken places are passed over; a file with more is not helped by guesses. */
const mostRepairs = 30;

function parseTolerantly(text: string): ParsedDockerfile | undefined {
  for (let repairs = 0; repairs <= mostRepairs; repairs++) {
    const parsed = parseDockerfile(text);
    if (!isDockerfileError(parsed)) return parsed;
    const lines = parsed.lines[0] ?? [];
    const isDirective = parsed.code === "LB_ESCAPE_DIRECTIVE" || parsed.code === "LB_DIRECTIVE_TWICE";
    const first = (lines[0]?.[0] ?? 0) + (isDirective ? 1 : 0);
    // Of an open heredoc only the line that opens it is passed over.
    const last =
      parsed.code === "LB_HEREDOC_UNTERMINATED" || isDirective ? first : (lines[lines.length - 1]?.[1] ?? 0);
    const blanked = blankLines(text, first, last);
    if (blanked === text) return undefined;
    text = blanked;
  }
  return undefined;
}

/** The same text with blanks in lines *first* to *last*; offsets stay what they are. */
function blankLines(text: string, first: number, last: number): string {
  return text
    .split("\n")
    .map((line, i) => (i + 1 >= first && i + 1 <= last ? line.replace(/[^\r]/g, " ") : line))
    .join("\n");
}
