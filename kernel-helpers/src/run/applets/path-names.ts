/** `basename` and `dirname`. */

import type { Program } from "../machine/exec";
import { usage } from "./options";
import { baseName, dirName } from "./paths";

/** The last part of a path. */
const basename: Program = function* (process) {
  const args = process.args.slice(1);
  if (args[0] === "--") args.shift();
  if (args[0] === "-a" || args[0] === "-s" || args[0] === "-as") {
    const suffix = args[0] !== "-a" ? args[1] : "";
    for (const path of args.slice(args[0] !== "-a" ? 2 : 1))
      process.out(strip(baseName(path), suffix ?? "") + "\n");
    return 0;
  }
  if (args.length === 0 || args.length > 2) {
    if (process.gnu)
      process.err(
        args.length === 0 ? "basename: missing operand\n" : `basename: extra operand '${args[2] ?? ""}'\n`,
      );
    throw usage(process, "FILE [SUFFIX]");
  }
  process.out(strip(baseName(args[0] as string), args[1] ?? "") + "\n");
  return 0;
};

/** *name* without *suffix*, unless nothing would be left. */
function strip(name: string, suffix: string): string {
  return suffix !== "" && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name;
}

/** A path without its last part. */
const dirname: Program = function* (process) {
  const args = process.args.slice(1).filter((arg) => arg !== "--");
  if (args.length === 0) {
    if (process.gnu) process.err("dirname: missing operand\n");
    throw usage(process, "FILENAME");
  }
  for (const path of process.gnu ? args : args.slice(0, 1)) process.out(dirName(path) + "\n");
  return 0;
};

export const pathNames: Readonly<Record<string, Program>> = { basename, dirname };
