/** `rm`, `rmdir`, `unlink`, `shred`. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno, baseName, dirName, join } from "./paths";

function* rm(process: Process): Task<number> {
  const long = {
    recursive: "r",
    force: "f",
    verbose: "v",
    dir: "d",
    interactive: "i",
    "one-file-system": "x",
    "no-preserve-root": "@",
    "preserve-root": "@",
  };
  const options = parseOptions(process, process.gnu ? "rRfivdxI@" : "rRfiv@", long, "[-irf] FILE...");
  const force = options.has("f");
  if (options.rest.length === 0) {
    if (force) return 0;
    if (process.gnu) process.err("rm: missing operand\n");
    throw usage(process, "[-irf] FILE...");
  }
  const recursive = options.has("r") || options.has("R");
  let good = true;
  for (const path of options.rest) {
    const name = baseName(path);
    if (name === "." || name === "..") {
      process.err(
        process.gnu
          ? `rm: refusing to remove '.' or '..' directory: skipping '${path}'\n`
          : `rm: can't remove '.' or '..'\n`,
      );
      good = false;
      continue;
    }
    if (path === "/" && process.gnu && recursive && !process.args.includes("--no-preserve-root")) {
      process.err(
        "rm: it is dangerous to operate recursively on '/'\nrm: use --no-preserve-root to override this failsafe\n",
      );
      good = false;
      continue;
    }
    // busybox takes slashes off the end, so that a link to a directory is the link.
    if (!remove(process.gnu ? path : path.replace(/(.)\/+$/, "$1"), true)) good = false;
  }
  return good ? 0 : 1;

  function remove(path: string, top: boolean): boolean {
    const { vfs } = process;
    process.machine.meter.addCommands(1);
    try {
      const stat = vfs.stat(process, path, false);
      if (stat.type !== "dir" && options.last("if") === "i" && !process.gnu) {
        // Nobody answers: standard input of a RUN is empty.
        process.err(`rm: remove '${path}'? `);
        return true;
      }
      if (stat.type !== "dir") {
        vfs.unlink(process, path);
        if (options.has("v")) process.out(`removed '${path}'\n`);
        return true;
      }
      if (!recursive) {
        if (options.has("d")) {
          vfs.rmdir(process, path);
          return true;
        }
        process.err(
          process.gnu ? `rm: cannot remove '${path}': Is a directory\n` : `rm: '${path}' is a directory\n`,
        );
        return false;
      }
      let all = true;
      for (const name of vfs.readdir(process, path)) if (!remove(join(path, name), false)) all = false;
      if (!all) return false;
      vfs.rmdir(process, path);
      if (options.has("v")) process.out(`removed directory${process.gnu ? "" : ":"} '${path}'\n`);
      return true;
    } catch (error) {
      const { code, message } = asErrno(error);
      if (force && (code === "ENOENT" || (code === "ENOTDIR" && top))) return true;
      const shown = process.gnu ? path : path.replace(/(.)\/+$/, "$1");
      process.err(
        process.gnu
          ? `rm: cannot remove '${path}': ${message}\n`
          : `rm: can't ${code === "ENOENT" || code === "ENOTDIR" ? (top ? "remove" : "stat") : "remove"} '${shown}': ${message}\n`,
      );
      return false;
    }
  }
}

function* rmdir(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "pv@",
    { parents: "p", "ignore-fail-on-non-empty": "@", verbose: "v" },
    "[-p] DIRECTORY...",
  );
  if (options.rest.length === 0) throw usage(process, "[-p] DIRECTORY...");
  let status = 0;
  for (const given of options.rest) {
    let path = given;
    for (;;) {
      if (options.has("v")) process.out(`rmdir: removing directory, '${path}'\n`);
      try {
        process.vfs.rmdir(process, path);
      } catch (error) {
        const { code, message } = asErrno(error);
        if (options.has("@") && code === "ENOTEMPTY") break;
        process.err(
          process.gnu ? `rmdir: failed to remove '${path}': ${message}\n` : `rmdir: '${path}': ${message}\n`,
        );
        status = 1;
        break;
      }
      if (!options.has("p")) break;
      path = dirName(path);
      if (path === "." || path === "/") break;
    }
  }
  return status;
}

function* unlink(process: Process): Task<number> {
  const path = process.args[1];
  if (path === undefined) throw usage(process, "FILE");
  try {
    process.vfs.unlink(process, path);
    return 0;
  } catch (error) {
    process.err(
      process.gnu
        ? `unlink: cannot unlink '${path}': ${asErrno(error).message}\n`
        : `unlink: can't remove file '${path}': ${asErrno(error).message}\n`,
    );
    return 1;
  }
}

function* shred(process: Process): Task<number> {
  const options = parseOptions(process, "fuzn:v", {}, "[-fuz] [-n N] [-s SIZE] FILE...");
  for (const path of options.rest) {
    try {
      const { size } = process.vfs.stat(process, path);
      process.vfs.writeContent(process, path, "\0".repeat(size));
      if (options.has("u")) process.vfs.unlink(process, path);
    } catch (error) {
      process.err(
        process.gnu
          ? `shred: ${path}: failed to open for writing: ${asErrno(error).message}\n`
          : `shred: can't open '${path}': ${asErrno(error).message}\n`,
      );
      return 1;
    }
  }
  return 0;
}

/** Removes a tree without questions. */
export function removeTree(process: Process, path: string): boolean {
  try {
    if (process.vfs.stat(process, path, false).type === "dir") {
      for (const name of process.vfs.readdir(process, path)) removeTree(process, join(path, name));
      process.vfs.rmdir(process, path);
    } else process.vfs.unlink(process, path);
    return true;
  } catch (error) {
    const failure = asErrno(error);
    process.err(`${process.name}: can't remove '${path}': ${failure.message}\n`);
    return false;
  }
}

export const removing: Readonly<Record<string, Program>> = { rm, rmdir, unlink, shred };
