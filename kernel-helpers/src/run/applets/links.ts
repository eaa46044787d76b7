/** `ln` and `link`. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno, baseName, dirName, join } from "./paths";

/** Makes links, symbolic or hard. */
function* ln(process: Process): Task<number> {
  const text = "[-sfnbtv] [-S SUF] TARGET... LINK|DIR";
  const long = {
    symbolic: "s",
    force: "f",
    "no-dereference": "n",
    "no-target-directory": "T",
    "target-directory": "@",
    verbose: "v",
    relative: "r",
  };
  const options = parseOptions(process, process.gnu ? "sfniLPrTt:vbS:@:" : "sfnbS:vT", long, text);
  const names = [...options.rest];
  if (names.length === 0) {
    if (process.gnu) process.err("ln: missing file operand\n");
    throw usage(process, text);
  }
  const { vfs } = process;
  let directory = options.value("@") ?? options.value("t");
  let last: string;
  if (directory !== undefined) last = directory;
  else if (names.length === 1) {
    last = baseName(names[0] as string);
    if (!process.gnu && vfs.tryStat(process, last, !options.has("n"))?.type === "dir") directory = last;
  } else {
    last = names.pop() as string;
    const stat = vfs.tryStat(process, last, !options.has("n"));
    if (stat?.type === "dir" && !options.has("T")) directory = last;
    else if (names.length > 1 && process.gnu) {
      process.err(`ln: target '${last}' is not a directory\n`);
      return 1;
    }
  }
  let status = 0;
  for (const given of names) {
    const path = directory === undefined ? last : join(directory, baseName(given));
    let target = given;
    try {
      if (options.has("r")) target = relative(process, dirName(path), given);
      let there = vfs.tryStat(process, path, false);
      if (options.has("b") && there !== undefined && there.type !== "dir") {
        vfs.rename(process, path, path + (options.value("S") ?? "~"));
        there = undefined;
      }
      if (options.has("f") && there !== undefined && there.type !== "dir") {
        if (!options.has("s") && vfs.tryStat(process, given, false)?.ino === there.ino && process.gnu) {
          if (vfs.locate(process, given, false).path === vfs.locate(process, path, false).path) {
            process.err(`ln: '${given}' and '${path}' are the same file\n`);
            status = 1;
            continue;
          }
        }
        if (!options.has("s")) vfs.stat(process, given, false);
        vfs.unlink(process, path);
      }
      if (options.has("s")) vfs.symlink(process, target, path);
      else vfs.link(process, given, path);
      if (options.has("v"))
        process.out(
          process.gnu
            ? `'${path}' ${options.has("s") ? "->" : "=>"} '${target}'\n`
            : `'${path}' -> '${target}'\n`,
        );
    } catch (error) {
      const failure = asErrno(error);
      const kind = options.has("s") ? "symbolic" : "hard";
      if (process.gnu)
        process.err(
          failure.code === "ENOENT" && kind === "hard"
            ? `ln: failed to access '${given}': ${failure.message}\n`
            : kind === "hard" && failure.code === "EPERM"
              ? `ln: ${given}: hard link not allowed for directory\n`
              : `ln: failed to create ${kind} link '${path}'${kind === "hard" ? ` => '${given}'` : ""}: ${failure.message}\n`,
        );
      else
        process.err(
          `ln: ${kind === "hard" && failure.code === "ENOENT" ? given : path}: ${failure.message}\n`,
        );
      status = 1;
    }
  }
  return status;
}

/** The way from the directory *from* to *to*, as `ln -r` writes it. */
function relative(process: Process, from: string, to: string): string {
  const base = process.vfs.locate(process, from).path.split("/").filter(Boolean);
  const target = process.vfs.locate(process, to, false).path.split("/").filter(Boolean);
  let same = 0;
  while (same < base.length && same < target.length && base[same] === target[same]) same++;
  return [...base.slice(same).map(() => ".."), ...target.slice(same)].join("/") || ".";
}

/** One hard link, without options. */
function* link(process: Process): Task<number> {
  const [, from, to] = process.args;
  if (from === undefined || to === undefined) throw usage(process, "FILE LINK");
  try {
    process.vfs.link(process, from, to);
    return 0;
  } catch (error) {
    process.err(`link: can't create link '${to}' to '${from}': ${asErrno(error).message}\n`);
    return 1;
  }
}

export const links: Readonly<Record<string, Program>> = { ln, link };
