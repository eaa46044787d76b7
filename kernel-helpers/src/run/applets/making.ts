/** `mkdir`, `ln`, `link`, `touch`, `mktemp`, `mkfifo`, `mknod`, `truncate`, `fallocate`. */

import type { Program } from "../machine/exec";
import { FileHandle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseMode } from "../shell/mode";
import { parseOptions, usage } from "./options";
import { asErrno, baseName, dirName, join } from "./paths";
import { parseTime, zoneOf } from "./time";

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

function relative(process: Process, from: string, to: string): string {
  const base = process.vfs.locate(process, from).path.split("/").filter(Boolean);
  const target = process.vfs.locate(process, to, false).path.split("/").filter(Boolean);
  let same = 0;
  while (same < base.length && same < target.length && base[same] === target[same]) same++;
  return [...base.slice(same).map(() => ".."), ...target.slice(same)].join("/") || ".";
}

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

function* touch(process: Process): Task<number> {
  const text = "[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...";
  const options = parseOptions(
    process,
    process.gnu ? "acmhd:t:r:f" : "camhd:t:r:",
    { "no-create": "c", date: "d", reference: "r", "no-dereference": "h" },
    text,
  );
  if (options.rest.length === 0) {
    if (process.gnu) process.err("touch: missing file operand\n");
    throw usage(process, text);
  }
  const { vfs } = process;
  let mtime: number | undefined;
  const given = options.value("d") ?? options.value("t");
  if (options.has("r")) {
    const reference = options.value("r") ?? "";
    try {
      mtime = vfs.stat(process, reference).mtime;
    } catch (error) {
      process.err(
        process.gnu
          ? `touch: failed to get attributes of '${reference}': ${asErrno(error).message}\n`
          : `touch: can't stat '${reference}': ${asErrno(error).message}\n`,
      );
      return 1;
    }
  } else if (given !== undefined) {
    mtime = parseTime(
      given,
      process.machine.time,
      zoneOf(process.env.get("TZ")),
      process.gnu && options.has("d"),
      !process.gnu && options.has("d"),
    );
    if (mtime === undefined) {
      process.err(
        process.gnu ? `touch: invalid date format '${given}'\n` : `touch: invalid date '${given}'\n`,
      );
      return 1;
    }
  }
  let status = 0;
  for (const path of options.rest) {
    try {
      const follow = !options.has("h");
      if (vfs.tryStat(process, path, follow) === undefined) {
        if (options.has("c") || (options.has("h") && process.gnu)) {
          vfs.locate(process, path, follow);
          continue;
        }
        process.open(path, { write: true, create: true }).drop();
        if (mtime === undefined) continue;
      }
      // Only the access time was asked for: nothing that a layer records.
      if (options.has("a") && !options.has("m"))
        vfs.utimes(process, path, vfs.stat(process, path, follow).mtime, follow);
      else vfs.utimes(process, path, mtime, follow);
    } catch (error) {
      const failure = asErrno(error);
      if (options.has("c") && failure.code === "ENOENT") continue;
      process.err(
        process.gnu
          ? `touch: ${failure.code === "EPERM" ? "setting times of" : "cannot touch"} '${path}': ${failure.message}\n`
          : `touch: ${path}: ${failure.message}\n`,
      );
      status = 1;
    }
  }
  return status;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

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

/** `10K`, `1M`: sizes with a suffix. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([bkKmMgGtT]?)(i?B)?$/.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] as string).toUpperCase();
  if (unit === "B") return Number(match[1]) * 512;
  const thousand = match[3] === "B";
  return Number(match[1]) * (unit === "" ? 1 : (thousand ? 1000 : 1024) ** ("KMGT".indexOf(unit) + 1));
}

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

export const making: Readonly<Record<string, Program>> = {
  mkdir,
  ln,
  link,
  touch,
  mktemp,
  mkfifo,
  mknod,
  truncate,
  fallocate,
};
