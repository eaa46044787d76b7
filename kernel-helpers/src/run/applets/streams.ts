/** Streams without a file of their own: `tee`, `yes`. */

import type { Program } from "../machine/exec";
import type { Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseOptions } from "./options";
import { asErrno } from "./paths";

/** Copies standard input to files and on. */
function* tee(process: Process): Task<number> {
  const options = parseOptions(process, "aip", { append: "a", "ignore-interrupts": "i" }, "[-ai] [FILE]...");
  const handles: Handle[] = [];
  let status = 0;
  for (const path of options.rest) {
    try {
      handles.push(
        path === "-"
          ? process.fd(1).share()
          : process.open(path, {
              write: true,
              create: true,
              ...(options.has("a") ? { append: true } : { truncate: true }),
            }),
      );
    } catch (error) {
      process.err(`tee: ${path}: ${asErrno(error).message}\n`);
      status = 1;
    }
  }
  for (;;) {
    const piece = yield* process.read(0);
    if (piece === "") break;
    process.out(piece);
    for (const handle of handles) handle.write(piece);
    yield* process.room();
  }
  for (const handle of handles) handle.drop();
  return status;
}

/** The same line without end. */
const yes: Program = function* (process) {
  const text = (process.args.length > 1 ? process.args.slice(1).join(" ") : "y") + "\n";
  for (;;) {
    process.out(text.repeat(64));
    process.machine.meter.addCommands(4);
    yield* process.room();
  }
};

export const streams: Readonly<Record<string, Program>> = { tee, yes };
