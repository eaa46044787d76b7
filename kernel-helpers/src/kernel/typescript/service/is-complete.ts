/** For consoles: can what was typed be run, or does it go on? */

import ts from "typescript";
import { hidden } from "./internal";
import type { IsCompleteReply } from "./protocol";

/** Findings of the parser that only say that the text has not ended: unterminated comment, template, bracket. */
const UNFINISHED = new Set([1010, 1160, 1126]);
/** `… expected.` findings; at the end of the text they mean that it goes on. */
const EXPECTED = new Set([
  1003, 1005, 1109, 1110, 1128, 1131, 1134, 1135, 1136, 1137, 1138, 1141, 1142, 1145, 1181, 1472,
]);

/** Judges *code*. An empty last line ends input, as in other consoles. */
export function isComplete(code: string): IsCompleteReply {
  const file = ts.createSourceFile("cell.ts", code, ts.ScriptTarget.ES2022);
  const { parseDiagnostics } = hidden(file);
  const end = code.trimEnd().length;
  let invalid = false;
  for (const { start, code: number } of parseDiagnostics) {
    if (UNFINISHED.has(number) || (EXPECTED.has(number) && start >= end)) {
      return { status: "incomplete", indent: nextIndent(code) };
    }
    invalid = true;
  }
  return { status: invalid ? "invalid" : "complete", indent: "" };
}

/** Two spaces more after a line that opens a bracket, else as the last line. */
function nextIndent(code: string): string {
  const line = code.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  return /[{([]\s*$|=>\s*$/.test(line) ? indent + "  " : indent;
}
