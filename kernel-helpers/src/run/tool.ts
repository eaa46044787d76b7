/** Runs a tool of the outside as a program of the machine. */

import { decodeText, encodeText } from "./machine/bytes";
import type { Program } from "./machine/exec";
import type { Tool } from "./types";

/** The program that *tool* is inside the machine. */
export function toolProgram(tool: Tool): Program {
  return function* (process) {
    const input = process.fds.get(0);
    const stdin = input === undefined || input.kind === "device" ? "" : decodeText(yield* process.readAll(0));
    let status: number | undefined;
    process.vfs.flush();
    const call = tool({
      args: process.args.map(decodeText),
      cwd: decodeText(process.cwd),
      env: new Map([...process.env].map(([name, value]) => [decodeText(name), decodeText(value)])),
      fs: process.machine.request.fs,
      stdin,
      out: (text) => process.out(encodeText(text)),
      err: (text) => process.err(encodeText(text)),
    }).then(
      (answer) => (status = answer),
      (error: unknown) => {
        process.err(encodeText(`${error instanceof Error ? error.message : String(error)}\n`));
        status = 1;
      },
    );
    while (status === undefined) yield { ready: () => status !== undefined, outside: call };
    return status;
  };
}
