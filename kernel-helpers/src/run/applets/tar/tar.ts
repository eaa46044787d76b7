/** `tar`: packing and unpacking inside the machine. */

import type { Process, Task } from "../../machine/process";
import { parseOptions, usage } from "../options";
import { asErrno } from "../paths";
import { create } from "./create";
import { extract } from "./extract";

/** What the usage shows. */
const TEXT = "c|x|t [-hvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [LONGOPT]... [FILE]...";

/** Long options and the letter each stands for; `~:` is taken and has no effect. */
const LONG = {
  list: "t", extract: "x", get: "x", create: "c", file: "f", directory: "C", verbose: "v", gzip: "z", gunzip: "z", bzip2: "j", xz: "J", exclude: "@", "strip-components": "#",
  "no-same-owner": "o", "same-owner": "$", "no-same-permissions": "!", "same-permissions": "p", "preserve-permissions": "p", "to-stdout": "O", dereference: "h", "files-from": "T",
  "exclude-from": "X", "keep-old": "k", overwrite: "^", "numeric-owner": "&", touch: "m", "auto-compress": "a", owner: "~:", group: "~:", sort: "~:", mtime: "~:", "no-recursion": "%", transform: "~:", wildcards: "^", warning: "~:", "one-file-system": "^", append: "r",
}; // prettier-ignore

/** `tar c`, `x` and `t`, in the old style without a dash too. */
export function* tar(process: Process): Task<number> {
  // The old style without a dash: tar xzf file.
  const args = [...process.args];
  if (args[1] !== undefined && /^[ctxr][a-zA-Z]*$/.test(args[1])) {
    const letters = args[1];
    const rest = args.slice(2);
    const rebuilt: string[] = [];
    for (const letter of letters) {
      rebuilt.push("-" + letter);
      if ("fCTX".includes(letter)) rebuilt.push(rest.shift() ?? "");
    }
    process.args = [args[0] as string, ...rebuilt, ...rest];
  }
  const long = Object.fromEntries(Object.entries(LONG).map(([name, letter]) => [name, letter[0] as string]));
  const options = parseOptions(process, "txcrC:f:vzjJaohkOmpT:X:@:#:$!^&~:%S", long, TEXT);
  const kinds = [..."ctx"].filter((letter) => options.has(letter));
  if (kinds.length !== 1) {
    if (process.gnu)
      process.err("tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options\n");
    throw usage(process, TEXT);
  }
  const start = process.cwd;
  const file = options.value("f") ?? (process.gnu ? "-" : "-");
  try {
    for (const dir of options.values("C").slice(0, 1)) process.cwd = process.vfs.need(process, dir).path;
  } catch (error) {
    process.err(
      process.gnu
        ? `tar: ${options.value("C") ?? ""}: Cannot open: ${asErrno(error).message}\ntar: Error is not recoverable: exiting now\n`
        : `tar: can't change directory to '${options.value("C") ?? ""}': ${asErrno(error).message}\n`,
    );
    return process.gnu ? 2 : 1;
  }
  return options.has("c")
    ? yield* create(process, options, file, start)
    : yield* extract(process, options, file, start);
}
