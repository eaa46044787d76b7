/** What `set -x` prints. */

import type { Handle } from "../machine/handles";
import type { Shell } from "./shell";

const KEYWORDS = new Set(
  "! { } case do done elif else esac fi for if in then until while function".split(" "),
);
const SAFE = /^[A-Za-z0-9_@%+:,./^~-]+$/;

/** A word as the trace of this shell shows it. */
export function traceWord(shell: Shell, word: string): string {
  if (shell.dialect === "dash") return word;
  if (shell.dialect === "ash") return quoteForAsh(word);
  if (word === "") return "''";
  if (
    SAFE.test(word) ||
    (/^[A-Za-z0-9_@%+:,./=^~[\]{}-]+$/.test(word.replace(/[[\]{}]/g, "x")) && !/[[\]{}]/.test(word))
  )
    return word;
  return shell.quote(word);
}

/** busybox quotes a word only when it has a special character in it; the empty word stays empty. */
function quoteForAsh(word: string): string {
  if (KEYWORDS.has(word)) return `'${word}'`;
  if (!/[^A-Za-z0-9_\-./@%+:,\]]/.test(word)) return word;
  return word
    .split("'")
    .map((piece) => (piece === "" ? "" : `'${piece}'`))
    .join(`"'"`);
}

/** Prints a trace line; *to* is standard error as it was before the redirections of the command. */
export function trace(shell: Shell, text: string, to?: Handle): void {
  const given = (shell.get("PS4") ?? "+ ").replace(
    /\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g,
    (_, braced: string | undefined, plain: string | undefined) => shell.get(braced ?? plain ?? "") ?? "",
  );
  const prompt = shell.dialect === "bash" ? given.slice(0, 1).repeat(shell.substitutions) + given : given;
  if (to === undefined) shell.process.err(`${prompt}${text}\n`);
  else to.write(`${prompt}${text}\n`);
}
