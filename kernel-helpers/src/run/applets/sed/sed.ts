/** `sed`: options, script and files. */

import type { Process, Task } from "../../machine/process";
import { RegexError } from "../../machine/regex";
import { parseOptions, usage, UsageError } from "../options";
import { asErrno } from "../paths";
import { readInput } from "../text";
import { Compiler } from "./compile";
import { Editor } from "./editor";
import { SedError, type Command } from "./script";

const TEXT = "[-i[SFX]] [-nrE] [-f FILE]... [-e CMD]... [FILE]...\nor: sed [-i[SFX]] [-nrE] CMD [FILE]...";

/** Edits the files, or standard input; `-i` in their places. */
export function* sed(process: Process): Task<number> {
  if (process.args[1] === "--version") {
    process.out(process.gnu ? "sed (GNU sed) 4.9\n" : "This is not GNU sed version 4.0\n");
    return 0;
  }
  const long = {
    quiet: "n",
    silent: "n",
    "regexp-extended": "E",
    "in-place": "i",
    expression: "e",
    file: "f",
    "null-data": "z",
    separate: "s",
    posix: "@",
    unbuffered: "u",
  };
  const options = parseOptions(
    process,
    process.gnu ? "i::rEne:f:zs@u" : process.minimal ? "i::rEne:f:" : "i::rEne:f:zs",
    long,
    TEXT,
  );
  let script = "";
  for (const { letter, value } of options.given) {
    if (letter === "e") script += value + "\n";
    if (letter === "f")
      try {
        script += (yield* readInput(process, value)).replace(/^#!.*\n/, "") + "\n";
      } catch (error) {
        const { message } = asErrno(error);
        process.err(
          process.gnu ? `sed: couldn't open file ${value}: ${message}\n` : `sed: ${value}: ${message}\n`,
        );
        return 1;
      }
  }
  const names = [...options.rest];
  if (!options.has("e") && !options.has("f")) {
    const first = names.shift();
    if (first === undefined) {
      if (process.gnu) {
        process.err("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n");
        throw new UsageError(1);
      }
      throw usage(process, TEXT);
    }
    script = first;
  }
  let quiet = options.has("n");
  if (/^#n(\n|$)/.test(script)) quiet = true;
  let program: readonly Command[];
  try {
    program = new Compiler(script, options.has("r") || options.has("E"), process.gnu, process.minimal).all();
  } catch (error) {
    if (!(error instanceof SedError) && !(error instanceof RegexError)) throw error;
    process.err(
      process.gnu
        ? `sed: -e expression #1, char ${script.length}: ${gnuWords(error.message)}\n`
        : `sed: ${error.message}\n`,
    );
    return 1;
  }
  const editor = new Editor(process, program, quiet, options.has("z") ? "\0" : "\n");
  if (!options.has("i")) return yield* editor.stream(names.length === 0 ? ["-"] : names);
  let status = 0;
  for (const name of names) {
    const result = yield* editor.inPlace(name, options.value("i") ?? "");
    if (result !== 0) status = result;
    if (editor.quit) break;
  }
  return editor.code || status;
}

/** GNU's words for what went wrong in a script. */
function gnuWords(message: string): string {
  if (message === "unmatched '/'") return "unterminated `s' command";
  return message;
}
