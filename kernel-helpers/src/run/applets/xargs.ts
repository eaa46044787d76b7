/** `xargs`. */

import { findInPath, ProgramLoader } from "../machine/exec";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { parseOptions, UsageError } from "./options";

/** Starts *args* as a program of its own and waits for it; 127 or 126 when it cannot be started. */
export function* runProgram(
  process: Process,
  args: readonly string[],
  prepare?: (child: Process) => void,
): Task<number> {
  const child = process.machine.spawn(process, (own) => {
    prepare?.(own);
    return execute(own, args, process.name);
  });
  return yield* process.waitFor(child);
}

/** Turns *process* into the program *args*, as execvp does. *caller* complains. */
export function* execute(process: Process, args: readonly string[], caller: string): Task<number> {
  const name = args[0] as string;
  process.args = args;
  const loader = process.machine.loader as ProgramLoader;
  const words = (error: Errno): string =>
    process.gnu
      ? caller === "env"
        ? `env: ‘${name}’: ${error.message}\n`
        : `${caller}: ${name}: ${error.message}\n`
      : caller === "xargs" || caller === "find"
        ? `${caller}: ${name}: ${error.message}\n`
        : `${caller}: can't execute '${name}': ${error.message}\n`;
  let path: string | undefined = name;
  if (!name.includes("/")) {
    const applet = process.gnu ? undefined : loader.applet(name);
    const found = findInPath(process, name, process.env.get("PATH"));
    // busybox's own programs run its applets without a search.
    if (applet !== undefined && (found.path === undefined || isBusybox(process, found.path))) {
      process.name = name;
      return yield* applet(process);
    }
    path = found.path;
    if (path === undefined) {
      process.err(words(new Errno(found.denied === undefined ? "ENOENT" : "EACCES")));
      return found.denied === undefined ? 127 : 126;
    }
  }
  try {
    return yield* loader.execute(process, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === "ENOEXEC") {
      process.args = ["/bin/sh", path, ...args.slice(1)];
      return yield* loader.execute(process, "/bin/sh");
    }
    process.err(words(error));
    return error.code === "ENOENT" ? 127 : 126;
  }
}

function isBusybox(process: Process, path: string): boolean {
  try {
    return process.vfs.locate(process, path).path.endsWith("/busybox");
  } catch {
    return false;
  }
}

export function* xargs(process: Process): Task<number> {
  const long = {
    null: "0",
    "no-run-if-empty": "r",
    "max-args": "n",
    "max-lines": "L",
    "max-procs": "P",
    replace: "I",
    delimiter: "d",
    verbose: "t",
    "max-chars": "s",
    "arg-file": "a",
    exit: "x",
  };
  const options = parseOptions(
    process,
    process.gnu ? "+0rtpxn:s:e::E:I:i::P:a:L:l::d:" : "+0rtpxn:s:e::E:I:i::P:a:",
    long,
    "[OPTIONS] [PROG ARGS]",
  );
  const command = options.rest.length === 0 ? ["echo"] : options.rest;
  const file = options.value("a");
  const text = file === undefined ? yield* process.readAll(0) : yield* process.readFile(file);
  const replace = options.has("I")
    ? options.value("I")
    : options.has("i")
      ? options.value("i") || "{}"
      : undefined;
  const delimiter = options.value("d");
  let items: string[];
  if (options.has("0")) items = text.split("\0").filter((item, i, all) => i < all.length - 1 || item !== "");
  else if (delimiter !== undefined) {
    const mark = delimiter.replace(/\\n/, "\n").replace(/\\t/, "\t").replace(/\\0/, "\0");
    items = text.split(mark);
    if (items.at(-1) === "") items.pop();
  } else if (replace !== undefined)
    items = text
      .split("\n")
      .map((line) => unquote(process, line.replace(/^[ \t]+/, "")).join(" "))
      .filter((line) => line !== "");
  else items = unquote(process, text);
  if (items.length === 0 && (options.has("r") || replace !== undefined)) return 0;
  if (items.length === 0 && !process.gnu && options.has("0") && text === "") items = [];
  const lines = options.has("L") || options.has("l");
  const size =
    replace !== undefined
      ? 1
      : Number(options.value("n") ?? (lines ? options.value("L") || options.value("l") || 1 : 5000));
  const groups: string[][] = [];
  if (lines && !options.has("n")) {
    const rows = text.split("\n").filter((line) => line.trim() !== "");
    for (let i = 0; i < rows.length; i += size)
      groups.push(unquote(process, rows.slice(i, i + size).join("\n")));
  } else for (let i = 0; i < items.length; i += size) groups.push(items.slice(i, i + size));
  if (groups.length === 0) groups.push([]);
  let status = 0;
  for (const group of groups) {
    const args =
      replace === undefined
        ? [...command, ...group]
        : command.map((word) => word.replaceAll(replace, group[0] ?? ""));
    if (options.has("t")) process.err(args.join(" ") + "\n");
    const result = yield* runProgram(process, args, (child) => child.setFd(0, child.open("/dev/null")));
    if (result === 255) {
      process.err(`xargs: ${args[0] ?? ""}: exited with status 255; aborting\n`);
      return 124;
    }
    if (result === 126 || result === 127) return result;
    if (result !== 0) status = 123;
  }
  return status;
}

/** Splits by blanks, with quotes and backslashes as xargs knows them. */
function unquote(process: Process, text: string): string[] {
  const out: string[] = [];
  let word: string | undefined;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (/[ \t\n]/.test(char)) {
      if (word !== undefined) out.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = text.indexOf(char, i + 1);
      if (end < 0) {
        process.err(
          process.gnu
            ? `xargs: unmatched ${char === "'" ? "single" : "double"} quote; by default quotes are special to xargs unless you use the -0 option\n`
            : `xargs: unmatched ${char === "'" ? "single" : "double"} quote\n`,
        );
        throw new UsageError(1);
      }
      word = (word ?? "") + text.slice(i + 1, end);
      i = end;
    } else if (char === "\\" && i + 1 < text.length) word = (word ?? "") + (text[++i] as string);
    else word = (word ?? "") + char;
  }
  if (word !== undefined) out.push(word);
  return out;
}
