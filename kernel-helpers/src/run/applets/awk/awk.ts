/** `awk`: options, program and operands. */

import type { Process, Task } from "../../machine/process";
import { RegexError } from "../../machine/regex";
import { parseOptions, usage } from "../options";
import { asErrno } from "../paths";
import { readInput } from "../text";
import { unescapeText } from "./escapes";
import { AwkParser } from "./parser";
import { Runner } from "./runner";
import { AwkSyntaxError, type AwkProgram } from "./syntax";
import { AwkError, Input } from "./values";

/** Runs a program over files, or over standard input. */
export function* awk(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "+F:v:f:e:",
    {},
    "[-F SEP] [-v VAR=VAL]... [-f FILE]... { [-e PROG] | PROG } [FILE]...",
  );
  let source = "";
  for (const path of options.values("f")) {
    try {
      source += (yield* readInput(process, path)) + "\n";
    } catch (error) {
      const { message } = asErrno(error);
      process.err(
        process.gnu ? `awk: cannot open "${path}" (${message})\n` : `awk: can't open '${path}': ${message}\n`,
      );
      return process.gnu ? 2 : 1;
    }
  }
  for (const text of options.values("e")) source += text + "\n";
  const rest = [...options.rest];
  if (!options.has("f") && !options.has("e")) {
    const first = rest.shift();
    if (first === undefined)
      throw usage(process, "[-F SEP] [-v VAR=VAL]... [-f FILE]... { [-e PROG] | PROG } [FILE]...");
    source = first;
  }
  let program: AwkProgram;
  try {
    program = new AwkParser(source).parse();
  } catch (error) {
    if (!(error instanceof AwkSyntaxError)) throw error;
    process.err(
      process.gnu
        ? `awk: line 1: syntax error at or near ${error.message}\n`
        : `awk: cmd. line:1: ${error.message}\n`,
    );
    return process.gnu ? 2 : 1;
  }
  const run = new Runner(process, program, rest);
  const separator = options.value("F");
  if (separator !== undefined) run.vars.set("FS", separator === "t" ? "\t" : unescapeText(separator));
  for (const assignment of options.values("v")) {
    const equals = assignment.indexOf("=");
    run.vars.set(assignment.slice(0, equals), new Input(unescapeText(assignment.slice(equals + 1))));
  }
  try {
    return yield* run.run();
  } catch (error) {
    if (error instanceof AwkError || error instanceof RegexError) {
      process.err(`awk: cmd. line:1: ${error.message}\n`);
      return process.gnu ? 2 : 1;
    }
    throw error;
  }
}
