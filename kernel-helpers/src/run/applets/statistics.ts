/** `stat`, `readlink`, `realpath`, `which`, `du`'s neighbours about single files. */

import type { FileStat } from "../../platform/files";
import type { Program } from "../machine/exec";
import { encodeText } from "../machine/bytes";
import type { Process } from "../machine/process";
import { parseGroup, parsePasswd } from "../users";
import { smallFile } from "./attributes";
import { parseOptions, usage } from "./options";
import { asErrno, blocksOf, dirName, join, modeString, sizeOf } from "./paths";
import { formatTime } from "./time";

const KINDS: Readonly<Record<string, string>> = {
  dir: "directory",
  symlink: "symbolic link",
  char: "character special file",
  block: "block special file",
  fifo: "fifo",
};

function kind(stat: FileStat): string {
  return KINDS[stat.type] ?? (stat.size === 0 ? "regular empty file" : "regular file");
}

const RAW: Readonly<Record<string, number>> = {
  file: 0o100000,
  dir: 0o040000,
  symlink: 0o120000,
  char: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
};

const stat: Program = function* (process) {
  const text = "[-ltf] [-c FMT] FILE...";
  const options = parseOptions(
    process,
    "Lfltc:@:",
    { format: "c", printf: "@", dereference: "L", "file-system": "f", terse: "t" },
    text,
  );
  if (options.rest.length === 0) {
    if (process.gnu) process.err("stat: missing operand\n");
    throw usage(process, text);
  }
  const users = parsePasswd(smallFile(process, "/etc/passwd"));
  const groups = parseGroup(smallFile(process, "/etc/group"));
  let status = 0;
  for (const path of options.rest) {
    let found: FileStat;
    let device: number;
    try {
      found = process.vfs.stat(process, path, options.has("L"));
      ({ device } = process.vfs.locate(process, path, options.has("L")));
    } catch (error) {
      process.err(
        process.gnu
          ? `stat: cannot statx '${path}': ${asErrno(error).message}\n`
          : `stat: can't stat '${path}': ${asErrno(error).message}\n`,
      );
      status = 1;
      continue;
    }
    if (options.has("f")) {
      process.out(
        `  File: "${path}"\n    ID: 0        Namelen: 255     Type: overlayfs\nBlock size: 4096       Fundamental block size: 4096\nBlocks: Total: 15000000   Free: 10000000   Available: 9500000\nInodes: Total: 4000000    Free: 3500000\n`,
      );
      continue;
    }
    const user = users.find((one) => one.uid === found.uid)?.name ?? "UNKNOWN";
    const group = groups.find((one) => one.gid === found.gid)?.name ?? "UNKNOWN";
    const links = found.type === "dir" ? 2 + subdirectories(process, path) : found.nlink;
    const time = (seconds: number): string => formatTime("%Y-%m-%d %H:%M:%S.%N %z", seconds);
    const one = (letter: string): string => {
      switch (letter) {
        case "a": return found.mode.toString(8);
        case "A": return modeString(found);
        case "b": return String(blocksOf(found));
        case "B": return "512";
        case "d": return String(device + 1);
        case "D": return (device + 1).toString(16);
        case "f": return ((RAW[found.type] ?? 0) | found.mode).toString(16);
        case "F": return kind(found);
        case "g": return String(found.gid);
        case "G": return group;
        case "h": return String(links);
        case "i": return String(found.ino);
        case "m": return "/";
        case "n": return path;
        case "N": return found.type === "symlink" ? `'${path}' -> '${encodeText(found.linkname ?? "")}'` : process.gnu ? `'${path}'` : path;
        case "o": return "4096";
        case "s": return String(sizeOf(found));
        case "t": return (found.devmajor ?? 0).toString(16);
        case "T": return (found.devminor ?? 0).toString(16);
        case "u": return String(found.uid);
        case "U": return user;
        case "x": case "y": case "z": return time(found.mtime);
        case "X": case "Y": case "Z": return String(Math.floor(found.mtime));
        case "w": return "-";
        case "W": return "0";
        case "%": return "%";
        default: return process.gnu ? "?" : letter;
      }
    }; // prettier-ignore
    const expand = (format: string): string =>
      format.replace(
        /%([-0#+ ]*)(\d*)(?:\.\d+)?([A-Za-z%])/g,
        (_, flags: string, width: string, letter: string) => {
          const value = one(letter);
          return flags.includes("-")
            ? value.padEnd(Number(width || 0))
            : value.padStart(Number(width || 0), flags.includes("0") ? "0" : " ");
        },
      );
    const format = options.value("c");
    const raw = options.value("@");
    if (raw !== undefined)
      process.out(
        expand(raw).replace(
          /\\([nt\\0])/g,
          (_, char: string) => ({ n: "\n", t: "\t", "\\": "\\", "0": "\0" })[char] ?? char,
        ),
      );
    else if (format !== undefined) process.out(expand(format) + "\n");
    else if (options.has("t")) process.out(expand("%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %o") + "\n");
    else {
      process.out(
        `  File: ${found.type === "symlink" ? (process.gnu ? `${path} -> ${encodeText(found.linkname ?? "")}` : `'${path}' -> '${encodeText(found.linkname ?? "")}'`) : path}\n`,
      );
      process.out(expand(`  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\n`));
      const dev =
        found.type === "char" || found.type === "block" ? ` Device type: ${one("t")},${one("T")}` : "";
      process.out(
        process.gnu
          ? expand(`Device: 0,${device + 1}\tInode: %-10i  Links: %h${dev}\n`)
          : expand(`Device: %Dh/%dd\tInode: %-10i  Links: ${dev === "" ? "%h" : "%-5h" + dev}\n`),
      );
      process.out(
        `Access: (${found.mode.toString(8).padStart(4, "0")}/${modeString(found)})  Uid: (${String(found.uid).padStart(5)}/${user.padStart(8)})   Gid: (${String(found.gid).padStart(5)}/${group.padStart(8)})\n`,
      );
      const when = time(found.mtime);
      process.out(
        `Access: ${when}\nModify: ${when}\nChange: ${when}\n${process.gnu ? ` Birth: ${when}\n` : ""}`,
      );
    }
  }
  return status;
};

function subdirectories(process: Process, path: string): number {
  try {
    return process.vfs
      .readdir(process, path)
      .filter((name) => process.vfs.tryStat(process, join(path, name), false)?.type === "dir").length;
  } catch {
    return 0;
  }
}

/** The path without links; the last element may be missing when *lax*. */
function canonical(process: Process, path: string, how: "exists" | "last" | "missing"): string | undefined {
  try {
    const found = process.vfs.locate(process, path);
    if (found.stat === undefined && how === "exists") return undefined;
    // busybox 1.35 looks for the directory of a missing file in front of its last slash, and fails without one.
    const isBare = process.minimal && !path.includes("/");
    if (isBare && how === "last" && process.vfs.tryStat(process, path, false) === undefined) return undefined;
    return found.path;
  } catch (error) {
    const { code } = asErrno(error);
    if (how !== "missing" || code !== "ENOENT") return undefined;
    const parent = canonical(process, dirName(path), how);
    return parent === undefined ? undefined : join(parent, path.slice(path.lastIndexOf("/") + 1));
  }
}

const readlink: Program = function* (process) {
  const options = parseOptions(
    process,
    "fnvsqemz",
    { canonicalize: "f", "no-newline": "n", "canonicalize-existing": "e", "canonicalize-missing": "m" },
    "[-fnv] FILE",
  );
  if (options.rest.length === 0) {
    if (process.gnu) process.err("readlink: missing operand\n");
    throw usage(process, "[-fnv] FILE");
  }
  let status = 0;
  for (const path of process.gnu ? options.rest : options.rest.slice(0, 1)) {
    let text: string | undefined;
    if (options.has("f") || options.has("e") || options.has("m"))
      text = canonical(process, path, options.has("e") ? "exists" : options.has("m") ? "missing" : "last");
    else {
      try {
        text = process.vfs.readlink(process, path);
      } catch (error) {
        const { message } = asErrno(error);
        if (options.has("v"))
          process.err(process.gnu ? `readlink: ${path}: ${message}\n` : `readlink: ${path}: ${message}\n`);
      }
    }
    if (text === undefined) status = 1;
    else process.out(text + (options.has("n") ? "" : "\n"));
  }
  return status;
};

const realpath: Program = function* (process) {
  const options = parseOptions(
    process,
    "emsLPqz@:#:",
    {
      "canonicalize-existing": "e",
      "canonicalize-missing": "m",
      "no-symlinks": "s",
      "relative-to": "@",
      "relative-base": "#",
      quiet: "q",
    },
    "FILE...",
  );
  if (options.rest.length === 0) {
    if (process.gnu) process.err("realpath: missing operand\n");
    throw usage(process, "FILE...");
  }
  let status = 0;
  for (const path of options.rest) {
    const how = options.has("m")
      ? "missing"
      : process.gnu && !options.has("e")
        ? "last"
        : process.gnu
          ? "exists"
          : "last";
    let found = canonical(process, path, how);
    if (found === undefined) {
      let message = "No such file or directory";
      try {
        process.vfs.need(process, path);
      } catch (error) {
        ({ message } = asErrno(error));
      }
      if (!options.has("q")) process.err(`realpath: ${path}: ${message}\n`);
      status = 1;
      continue;
    }
    const base = options.value("@");
    if (base !== undefined) {
      const from = (canonical(process, base, "missing") ?? "/").split("/").filter(Boolean);
      const to = found.split("/").filter(Boolean);
      let same = 0;
      while (same < from.length && same < to.length && from[same] === to[same]) same++;
      found = [...from.slice(same).map(() => ".."), ...to.slice(same)].join("/") || ".";
    }
    process.out(found + "\n");
  }
  return status;
};

const which: Program = function* (process) {
  const options = parseOptions(process, "as", {}, "[-a] COMMAND...");
  if (options.rest.length === 0 && !process.gnu) throw usage(process, "[-a] COMMAND...");
  let status = options.rest.length === 0 ? 1 : 0;
  for (const name of options.rest) {
    const paths = name.includes("/")
      ? [name]
      : (process.env.get("PATH") ?? "").split(":").map((dir) => join(dir || ".", name));
    const found = paths.filter(
      (path) => process.vfs.tryStat(process, path)?.type === "file" && process.vfs.access(process, path, 1),
    );
    if (found.length === 0) status = 1;
    for (const path of options.has("a") ? found : found.slice(0, 1)) process.out(path + "\n");
  }
  return status;
};

export const statistics: Readonly<Record<string, Program>> = { stat, readlink, realpath, which };
