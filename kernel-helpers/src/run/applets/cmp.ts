/** `cmp`. */

import type { Program } from "../machine/exec";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { openInput, readInput } from "./text";

/** Where two files differ first. */
export const cmp: Program = function* (process) {
  const options = parseOptions(
    process,
    "lsn:bi:",
    { silent: "s", quiet: "s", verbose: "l", bytes: "n" },
    "[-ls] [-n NUM] FILE1 [FILE2]",
  );
  const [a, b = "-"] = options.rest;
  if (a === undefined) throw usage(process, "[-ls] [-n NUM] FILE1 [FILE2]");
  let x: string;
  let y: string;
  try {
    openInput(process, a).drop();
    x = yield* readInput(process, a);
    y = yield* readInput(process, b);
  } catch (error) {
    const failure = asErrno(error);
    if (!options.has("s")) process.err(`cmp: ${failure.path}: ${failure.message}\n`);
    return 2;
  }
  if (options.has("n")) {
    x = x.slice(0, Number(options.value("n")));
    y = y.slice(0, Number(options.value("n")));
  }
  let status = 0;
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    status = 1;
    if (options.has("s")) return 1;
    if (!options.has("l")) {
      const line = x.slice(0, i).split("\n").length;
      process.out(
        process.gnu
          ? `${a} ${b} differ: byte ${i + 1}, line ${line}\n`
          : `${a} ${b} differ: char ${i + 1}, line ${line}\n`,
      );
      return 1;
    }
    process.out(
      `${String(i + 1).padStart(String(Math.max(x.length, y.length)).length)} ${x.charCodeAt(i).toString(8).padStart(3)} ${y.charCodeAt(i).toString(8).padStart(3)}\n`,
    );
  }
  if (x.length !== y.length) {
    const shorter = x.length < y.length ? a : b;
    const length = Math.min(x.length, y.length);
    const text = x.length < y.length ? x : y;
    const lines = text.split("\n").length - 1;
    if (!options.has("s"))
      process.err(
        process.gnu
          ? `cmp: EOF on ${shorter} ${length === 0 ? "which is empty" : `after byte ${length}, ${text.endsWith("\n") ? `line ${lines}` : `in line ${lines + 1}`}`}\n`
          : `cmp: EOF on ${shorter}\n`,
      );
    return 1;
  }
  return status;
};
