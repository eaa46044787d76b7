/** `ls`: busybox's, and GNU's words where they differ. */

import type { FileStat } from "../../platform/files";
import { decodeText, encodeText } from "../machine/bytes";
import { Errno } from "../machine/errno";
import type { Process, Task } from "../machine/process";
import { parseGroup, parsePasswd } from "../users";
import { byBytes } from "../shell/glob";
import { formatTime } from "./time";
import { parseOptions, type Options } from "./options";
import { asErrno, blocksOf, join, modeString, sizeOf } from "./paths";

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
  /** What a link leads to, when that is asked for. */
  readonly target?: FileStat;
}

const LONG = {
  all: "a",
  "almost-all": "A",
  "full-time": "^",
  color: "0",
  recursive: "R",
  "human-readable": "h",
  size: "s",
  inode: "i",
  "group-directories-first": "@",
  directory: "d",
  "numeric-uid-gid": "n",
  reverse: "r",
  "time-style": "%",
};

export function* ls(process: Process): Task<number> {
  const options = parseOptions(
    process,
    process.gnu ? "1AaCxdLHRFplinshrSXvctukqgG0:@%:^" : "1AaCxdLHRFplinshrSXvctukqg0:@%:^w:",
    LONG,
    "[-1AaCxdLHRFplinshrSXvctu] [-w WIDTH] [FILE]...",
  );
  return new Lister(process, options).run();
}

function extension(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot);
}

class Lister {
  private status = 0;
  private readonly long: boolean;
  private readonly users = new Map<number, string>();
  private readonly groups = new Map<number, string>();
  private printed = false;

  constructor(
    private readonly process: Process,
    private readonly options: Options,
  ) {
    this.long = options.has("l") || options.has("n") || options.has("^") || options.has("g");
    if (this.long && !options.has("n")) {
      for (const user of parsePasswd(this.text("/etc/passwd")))
        if (!this.users.has(user.uid)) this.users.set(user.uid, user.name);
      for (const group of parseGroup(this.text("/etc/group")))
        if (!this.groups.has(group.gid)) this.groups.set(group.gid, group.name);
    }
  }

  private text(path: string): string {
    try {
      const handle = this.process.open(path);
      const text = handle.read(1 << 20) ?? "";
      handle.drop();
      return text;
    } catch {
      return "";
    }
  }

  run(): number {
    const { options } = this;
    const names = options.rest.length === 0 ? ["."] : options.rest;
    const files: Entry[] = [];
    const dirs: Entry[] = [];
    for (const name of names) {
      const entry = this.entry(
        name,
        name,
        !this.long && !options.has("F") ? true : options.has("H") || options.has("L"),
        true,
      );
      if (entry === undefined) continue;
      // A link on the command line is followed unless a long list is asked for.
      if (entry.stat.type === "dir" && !options.has("d")) dirs.push(entry);
      else files.push(entry);
    }
    if (files.length > 0) {
      this.sort(files);
      this.print(files);
      this.printed = true;
    }
    this.sort(dirs);
    for (const dir of dirs) this.directory(dir, names.length > 1 || options.has("R"));
    return this.status;
  }

  private entry(name: string, path: string, follow: boolean, named = false): Entry | undefined {
    try {
      let stat: FileStat;
      try {
        stat = this.process.vfs.stat(this.process, path, follow);
      } catch (error) {
        // busybox takes a broken link on the command line for a missing file.
        if (!follow || !(error instanceof Errno) || (named && !this.process.gnu)) throw error;
        stat = this.process.vfs.stat(this.process, path, false);
      }
      const target = stat.type === "symlink" ? this.process.vfs.tryStat(this.process, path) : undefined;
      return { name, path, stat, ...(target === undefined ? {} : { target }) };
    } catch (error) {
      this.complain(path, asErrno(error));
      return undefined;
    }
  }

  private complain(path: string, error: Errno): void {
    if (this.process.gnu) {
      this.process.err(
        `ls: cannot ${error.code === "EACCES" ? "open directory" : "access"} '${path}': ${error.message}\n`,
      );
      this.status = 2;
    } else {
      this.process.err(
        `ls: ${error.code === "EACCES" && this.process.vfs.tryStat(this.process, path)?.type === "dir" ? `can't open '${path}'` : path}: ${error.message}\n`,
      );
      this.status = 1;
    }
  }

  private directory(dir: Entry, header: boolean): void {
    let names: string[];
    try {
      names = this.process.vfs.readdir(this.process, dir.path);
    } catch (error) {
      this.complain(dir.path, asErrno(error));
      return;
    }
    this.process.machine.meter.addCommands(names.length >>> 4);
    if (header) {
      if (this.printed) this.process.out("\n");
      this.process.out(`${dir.path}:\n`);
    }
    this.printed = true;
    const { options } = this;
    const entries: Entry[] = [];
    const all = options.has("a") ? [".", "..", ...names] : names;
    for (const name of all) {
      if (name.startsWith(".") && !options.has("a") && !options.has("A")) continue;
      const entry = this.entry(name, join(dir.path, name), options.has("L"));
      if (entry !== undefined) entries.push(entry);
    }
    this.sort(entries);
    if (this.long || options.has("s")) {
      let blocks = 0;
      for (const { stat } of entries) blocks += blocksOf(stat);
      const total = options.has("h")
        ? this.process.gnu
          ? human(blocks * 512, true)
          : whole(blocks * 512).padEnd(7)
        : String(Math.ceil(blocks / 2));
      this.process.out(`total ${total}\n`);
    }
    this.print(entries);
    if (options.has("R")) {
      for (const entry of entries) {
        if (entry.stat.type === "dir" && entry.name !== "." && entry.name !== "..")
          this.directory(entry, true);
      }
    }
  }

  private sort(entries: Entry[]): void {
    const { options } = this;
    const order = options.last("StXv");
    const compare = (a: Entry, b: Entry): number => {
      let result = 0;
      if (order === "S") result = sizeOf(b.stat) - sizeOf(a.stat);
      else if (order === "t") result = b.stat.mtime - a.stat.mtime;
      else if (order === "X") result = byBytes(extension(a.name), extension(b.name));
      else if (order === "v") result = versions(a.name, b.name);
      return result === 0 ? byBytes(a.name, b.name) : result;
    };
    entries.sort(compare);
    if (options.has("r")) entries.reverse();
    if (options.has("@"))
      entries.sort((a, b) => Number(b.stat.type === "dir") - Number(a.stat.type === "dir"));
  }

  private print(entries: readonly Entry[]): void {
    const { options, process } = this;
    const lines = entries.map((entry) => this.columns(entry));
    const widths: number[] = [];
    if (process.gnu) {
      for (const line of lines)
        for (const [i, column] of line.columns.entries())
          widths[i] = Math.max(widths[i] ?? 0, column.text.length);
    }
    for (const [i, entry] of entries.entries()) {
      const { columns } = lines[i] as { columns: Column[] };
      let text = columns
        .map(
          (column, n) =>
            (column.left
              ? column.text.padEnd(widths[n] ?? column.width)
              : column.text.padStart(widths[n] ?? column.width)) + " ",
        )
        .join("");
      text += this.shown(entry.name);
      if (this.long && entry.stat.type === "symlink")
        text += ` -> ${this.shown(encodeText(entry.stat.linkname ?? ""))}${this.mark(entry.target)}`;
      else text += this.mark(entry.stat);
      process.out(text + "\n");
    }
    if (options.has("C") || options.has("x")) return;
  }

  /** busybox shows what it cannot print as question marks: one per byte, or per character in a UTF-8 locale. */
  private shown(name: string): string {
    if (this.process.gnu) return name;
    if (!this.process.utf8) return name.replace(/[^ -~]/g, "?");
    return encodeText(
      [...decodeText(name)]
        .map((char) => (char < " " || char === "\x7f" || (char.codePointAt(0) ?? 0) > 767 ? "?" : char))
        .join(""),
    );
  }

  private mark(stat: FileStat | undefined): string {
    if (stat === undefined) return "";
    if (this.options.has("p") && stat.type === "dir") return "/";
    if (!this.options.has("F")) return "";
    if (stat.type === "dir") return "/";
    if (stat.type === "symlink") return "@";
    if (stat.type === "fifo") return "|";
    return stat.type === "file" && (stat.mode & 0o111) !== 0 ? "*" : "";
  }

  private columns(entry: Entry): { columns: Column[] } {
    const { options, process } = this;
    const { stat } = entry;
    const columns: Column[] = [];
    if (options.has("i")) columns.push({ text: String(stat.ino), width: 7, left: false });
    if (options.has("s"))
      columns.push({
        text: options.has("h") ? human(blocksOf(stat) * 512, process.gnu) : String(blocksOf(stat) / 2),
        width: 6,
        left: false,
      });
    if (!this.long) return { columns };
    columns.push({ text: modeString(stat), width: 10, left: true });
    const links = stat.type === "dir" ? 2 + this.subdirectories(entry.path) : stat.nlink;
    columns.push({ text: String(links), width: 4, left: false });
    const user = options.has("n") ? String(stat.uid) : (this.users.get(stat.uid) ?? String(stat.uid));
    const group = options.has("n") ? String(stat.gid) : (this.groups.get(stat.gid) ?? String(stat.gid));
    if (!options.has("g"))
      columns.push({
        text: process.gnu ? user : user.slice(0, options.has("n") ? undefined : 8),
        width: 8,
        left: !process.gnu || !options.has("n"),
      });
    if (!options.has("G"))
      columns.push({
        text: process.gnu ? group : group.slice(0, options.has("n") ? undefined : 8),
        width: 8,
        left: !process.gnu || !options.has("n"),
      });
    if (stat.type === "char" || stat.type === "block") {
      columns.push({
        text: `${String(stat.devmajor ?? 0).padStart(process.gnu ? 0 : 4)}, ${String(stat.devminor ?? 0).padStart(3)}`,
        width: 9,
        left: false,
      });
    } else
      columns.push({
        text: options.has("h") ? human(sizeOf(stat), process.gnu) : String(sizeOf(stat)),
        width: options.has("h") ? 7 : 9,
        left: false,
      });
    columns.push({
      text: options.has("^") ? formatTime("%Y-%m-%d %H:%M:%S %z", stat.mtime) : this.time(stat.mtime),
      width: 12,
      left: true,
    });
    return { columns };
  }

  private subdirectories(path: string): number {
    try {
      return this.process.vfs
        .readdir(this.process, path)
        .filter((name) => this.process.vfs.tryStat(this.process, join(path, name), false)?.type === "dir")
        .length;
    } catch {
      return 0;
    }
  }

  private time(mtime: number): string {
    const age = this.process.machine.time - mtime;
    const recent = age >= -15 * 60 && age < (3600 * 24 * 365) / 2;
    return formatTime(recent ? "%b %e %H:%M" : "%b %e  %Y", mtime);
  }
}

interface Column {
  readonly text: string;
  readonly width: number;
  readonly left: boolean;
}

/** `2K`: without a fraction, rounded. */
function whole(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024) {
    value /= 1024;
    unit++;
  }
  return `${Math.round(value)}${" KMGTPE"[unit] ?? ""}`.trimEnd();
}

/** `1.5K` */
export function human(bytes: number, gnu = false): string {
  if (bytes < 1024) return String(bytes);
  const units = "KMGTPE";
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  if (gnu) {
    const up = value < 10 ? Math.ceil(value * 10) / 10 : Math.ceil(value);
    return (value < 10 ? up.toFixed(1) : String(up)) + (units[unit] as string);
  }
  const rounded = Math.round(value * 10) / 10;
  return rounded.toFixed(1) + (units[unit] as string);
}

/** Order of version numbers in names. */
export function versions(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const x = parts(a);
  const y = parts(b);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const p = x[i] as string;
    const q = y[i] as string;
    if (p === q) continue;
    if (/^\d/.test(p) && /^\d/.test(q)) return Number(p) - Number(q) || p.length - q.length;
    return byBytes(p, q);
  }
  return x.length - y.length;
}
