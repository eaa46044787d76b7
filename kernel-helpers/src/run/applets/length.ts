/** How long files are: `truncate`, `fallocate`, and sizes with a suffix. */

import type { Program } from "../machine/exec";
import { FileHandle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";

/** `10K`, `1M`: sizes with a suffix. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([bkKmMgGtT]?)(i?B)?$/.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] as string).toUpperCase();
  if (unit === "B") return Number(match[1]) * 512;
  const thousand = match[3] === "B";
  return Number(match[1]) * (unit === "" ? 1 : (thousand ? 1000 : 1024) ** ("KMGT".indexOf(unit) + 1));
}

/** Sets the length of files. */
function* truncate(process: Process): Task<number> {
  const options = parseOptions(process, "cos:r:", { size: "s", "no-create": "c" }, "[-c] -s SIZE FILE...");
  const spec = options.value("s") ?? "";
  const size = parseSize(process.minimal ? spec : spec.replace(/^[-+<>/%]/, ""));
  if (size === undefined && options.has("s") && options.rest.length > 0 && process.minimal) {
    process.err(`truncate: invalid number '${spec}'\n`);
    return 1;
  }
  if (size === undefined || options.rest.length === 0) {
    if (options.has("s")) process.err(`truncate: invalid number '${spec}'\n`);
    throw usage(process, "[-c] -s SIZE FILE...");
  }
  for (const path of options.rest) {
    try {
      if (options.has("c") && process.vfs.tryStat(process, path) === undefined) continue;
      const handle = process.open(path, { write: true, read: true, create: true });
      if (handle instanceof FileHandle) {
        const old = handle.inode.size;
        const next = spec.startsWith("+")
          ? old + size
          : spec.startsWith("-")
            ? Math.max(0, old - size)
            : size;
        if (next > 200_000_000) process.machine.meter.addBytes(next);
        handle.inode.text =
          next <= old ? handle.inode.text.slice(0, next) : handle.inode.text + "\0".repeat(next - old);
      }
      handle.drop();
    } catch (error) {
      process.err(
        process.gnu
          ? `truncate: cannot open '${path}' for writing: ${asErrno(error).message}\n`
          : `truncate: ${path}: open: ${asErrno(error).message}\n`,
      );
      return 1;
    }
  }
  return 0;
}

/** Makes a file at least so long. */
function* fallocate(process: Process): Task<number> {
  const options = parseOptions(process, "l:o:n", { length: "l", offset: "o" }, "[-o OFS] -l LEN FILE");
  const length = parseSize(options.value("l") ?? "");
  const [path] = options.rest;
  if (length === undefined || path === undefined) throw usage(process, "[-o OFS] -l LEN FILE");
  process.machine.meter.addBytes(length);
  const handle = process.open(path, { write: true, read: true, create: true });
  if (handle instanceof FileHandle && handle.inode.size < length)
    handle.inode.text += "\0".repeat(length - handle.inode.size);
  handle.drop();
  return 0;
}

export const lengths: Readonly<Record<string, Program>> = { truncate, fallocate };
