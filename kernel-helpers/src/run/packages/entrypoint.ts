/** `docker-entrypoint.sh` of the official images: hands over to the command it was given. */

import { findInPath, type Program } from "../machine/exec";
import { decodeText, encodeText } from "./files";

export const entrypoint: Program = function* (process) {
  let args = process.args.slice(1);
  const first = args[0];
  const program = (name: string): string | undefined =>
    name.includes("/") ? name : findInPath(process, name, process.env.get("PATH")).path;
  // The node image's rule: a first word that is an option or no program is a script for node.
  if (
    first !== undefined &&
    (first.startsWith("-") || program(first) === undefined) &&
    program("node") !== undefined
  )
    args = ["node", ...args];
  const [name = ""] = args;
  const path = program(name);
  if (path === undefined) {
    process.err(encodeText(`exec: ${decodeText(name)}: not found\n`));
    return 127;
  }
  process.args = args;
  return yield* process.machine.loader.execute(process, path);
};
