/** New directories and special files: `mkdir`, `mktemp`, `mkfifo`, `mknod`. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseMode } from "../shell/mode";
import { parseOptions, usage } from "./options";
import { asErrno, join } from "./paths";

/** Makes directories, with `-p` those above them too. */
function* mkdir(process: Process): Task<number> {
  const text = "[-m MODE] [-p] DIRECTORY...";
  const options = parseOptions(process, "pm:v", { parents: "p", mode: "m", verbose: "v" }, text);
  if (options.rest.length === 0) {
    if (process.gnu) process.err("mkdir: missing operand\n");
    throw usage(process, text);
  }
  const wanted = options.value("m");
  const bits = wanted === undefined ? undefined : parseMode(wanted, 0o777, true, process.umask);
  if (wanted !== undefined && bits === undefined) {
    process.err(process.gnu ? `mkdir: invalid mode '${wanted}'\n` : `mkdir: invalid mode '${wanted}'\n`);
    return 1;
  }
  const { vfs } = process;
  let status = 0;
  const make = (path: string): void => {
    const clean = path.replace(/\/+$/, "") || "/";
    if (!options.has("p")) {
      vfs.mkdir(process, clean, bits === undefined ? 0o777 : bits & 0o777);
    } else {
      const parts = clean.split("/");
      for (let i = 1; i <= parts.length; i++) {
        const piece = parts.slice(0, i).join("/");
        if (piece === "" || piece === "." || piece.endsWith("/.")) continue;
        const stat = vfs.tryStat(process, piece);
        if (stat?.type === "dir") {
          if (i === parts.length) return;
          continue;
        }
        const saved = process.umask;
        // Parents are made so that the next one can be made in them.
        if (i < parts.length) process.umask &= ~0o300;
        try {
          vfs.mkdir(process, piece, i === parts.length && bits !== undefined ? bits & 0o777 : 0o777);
        } finally {
          process.umask = saved;
        }
        if (options.has("v") && process.gnu) process.out(`mkdir: created directory '${piece}'\n`);
      }
    }
    if (bits !== undefined) vfs.chmod(process, clean, bits);
    if (options.has("v") && !process.gnu) process.out(`created directory: '${path}'\n`);
  };
  for (const path of options.rest) {
    try {
      make(path);
    } catch (error) {
      const failure = asErrno(error);
      process.err(
        process.gnu
          ? `mkdir: cannot create directory '${path}': ${failure.message}\n`
          : `mkdir: can't create directory '${options.has("p") ? failure.path + (failure.path === path.replace(/\/+$/, "") ? "" : "/") : path}': ${failure.message}\n`,
      );
      status = 1;
    }
  }
  return status;
}

/** What the X of a template become. */
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Makes a file or directory with a name that is not taken; the name rests on the clock and the process number. */
function* mktemp(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "dqtup:",
    { directory: "d", quiet: "q", tmpdir: "p", "dry-run": "u", suffix: "@" },
    "[-dt] [-p DIR] [TEMPLATE]",
  );
  const { vfs, machine } = process;
  const given = options.rest[0];
  let template = given ?? (process.gnu ? "tmp.XXXXXXXXXX" : "tmp.XXXXXX");
  if (given === undefined || options.has("t") || options.has("p")) {
    const dir = options.has("t")
      ? (process.env.get("TMPDIR") ?? options.value("p") ?? "/tmp")
      : options.value("p") || process.env.get("TMPDIR") || "/tmp";
    template = join(dir, template);
  }
  const match = /^(.*?)(X{3,})([^X]*)$/.exec(template);
  if (match === null || (!process.gnu && (match[2] as string).length < 6)) {
    process.err(
      process.gnu ? `mktemp: too few X's in template '${template}'\n` : `mktemp: (null): Invalid argument\n`,
    );
    return 1;
  }
  const [, head = "", holes = "", tail = ""] = match;
  let seed = (machine.now ^ (process.pid * 2654435761)) >>> 0;
  for (let round = 0; round < 100; round++) {
    let name = "";
    for (let i = 0; i < holes.length; i++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      name += LETTERS[(seed >>> 16) % LETTERS.length];
    }
    const path = head + name + tail;
    if (vfs.tryStat(process, path, false) !== undefined) continue;
    try {
      const saved = process.umask;
      process.umask = 0;
      try {
        if (!options.has("u")) {
          if (options.has("d")) vfs.mkdir(process, path, 0o700);
          else process.open(path, { write: true, create: true, exclusive: true, mode: 0o600 }).drop();
        }
      } finally {
        process.umask = saved;
      }
    } catch (error) {
      const { message } = asErrno(error);
      process.err(
        process.gnu
          ? `mktemp: failed to create ${options.has("d") ? "directory" : "file"} via template '${template}': ${message}\n`
          : `mktemp: (null): ${message}\n`,
      );
      return 1;
    }
    process.out(path + "\n");
    return 0;
  }
  return 1;
}

/** Makes named pipes. */
function* mkfifo(process: Process): Task<number> {
  const options = parseOptions(process, "m:", { mode: "m" }, "[-m MODE] NAME");
  let status = 0;
  for (const path of options.rest) {
    try {
      process.vfs.mknod(
        process,
        path,
        "fifo",
        parseMode(options.value("m") ?? "666", 0o666, false, 0) ?? 0o666,
      );
    } catch (error) {
      process.err(
        process.gnu
          ? `mkfifo: cannot create fifo '${path}': ${asErrno(error).message}\n`
          : `mkfifo: ${path}: ${asErrno(error).message}\n`,
      );
      status = 1;
    }
  }
  return status;
}

/** Makes devices and named pipes. */
function* mknod(process: Process): Task<number> {
  const options = parseOptions(process, "m:", { mode: "m" }, "[-m MODE] NAME TYPE [MAJOR MINOR]");
  const [path, type, major, minor] = options.rest;
  if (path === undefined || type === undefined || !/^[bcup]$/.test(type))
    throw usage(process, "[-m MODE] NAME TYPE [MAJOR MINOR]");
  try {
    process.vfs.mknod(
      process,
      path,
      type === "p" ? "fifo" : type === "b" ? "block" : "char",
      parseMode(options.value("m") ?? "666", 0o666, false, 0) ?? 0o666,
      Number(major ?? 0),
      Number(minor ?? 0),
    );
    return 0;
  } catch (error) {
    process.err(`mknod: ${path}: ${asErrno(error).message}\n`);
    return 1;
  }
}

export const making: Readonly<Record<string, Program>> = { mkdir, mktemp, mkfifo, mknod };
