/** `strings`: the text that is in a binary file. */

import type { Program } from "../machine/exec";
import { parseOptions } from "./options";
import { cannotRead, eachInput, readRest } from "./text";

/** Runs of printable characters. */
export const strings: Program = function* (process) {
  const options = parseOptions(process, "fon:at:", {}, "[-fo] [-t o|d|x] [-n LEN] [FILE]...");
  const least = Number(options.value("n") ?? 4);
  const good = yield* eachInput(process, options.rest, cannotRead(process), function* (handle) {
    const all = yield* readRest(process, handle);
    for (const match of all.matchAll(/[\t -~]+/g)) if (match[0].length >= least) process.out(match[0] + "\n");
  });
  return good ? 0 : 1;
};
