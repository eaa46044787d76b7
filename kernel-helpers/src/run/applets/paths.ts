/** Paths as text, and file modes as letters. */

import type { FileStat } from "../../platform/files";
import { Errno } from "../machine/errno";

/** *dir* and *name* with one slash between. */
export function join(dir: string, name: string): string {
  if (dir === "") return name;
  return dir.endsWith("/") ? dir + name : `${dir}/${name}`;
}

/** basename(3): `/` for the root. */
export function baseName(path: string): string {
  if (path === "") return "";
  const clean = path.replace(/\/+$/, "");
  return clean === "" ? "/" : clean.slice(clean.lastIndexOf("/") + 1);
}

/** dirname(3). */
export function dirName(path: string): string {
  const clean = path.replace(/\/+$/, "");
  if (clean === "" && path !== "") return "/";
  const cut = clean.lastIndexOf("/");
  if (cut < 0) return ".";
  return clean.slice(0, cut).replace(/\/+$/, "") || "/";
}

const TYPES: Readonly<Record<string, string>> = {
  file: "-",
  dir: "d",
  symlink: "l",
  char: "c",
  block: "b",
  fifo: "p",
};

/** `drwxr-xr-x` */
export function modeString(stat: { readonly type: FileStat["type"]; readonly mode: number }): string {
  const { mode } = stat;
  const bit = (mask: number, letter: string): string => ((mode & mask) !== 0 ? letter : "-");
  const x = (mask: number, special: number, letter: string): string =>
    (mode & special) !== 0 ? ((mode & mask) !== 0 ? letter : letter.toUpperCase()) : bit(mask, "x");
  return (
    (TYPES[stat.type] ?? "?") +
    bit(0o400, "r") + bit(0o200, "w") + x(0o100, 0o4000, "s") +
    bit(0o040, "r") + bit(0o020, "w") + x(0o010, 0o2000, "s") +
    bit(0o004, "r") + bit(0o002, "w") + x(0o001, 0o1000, "t")
  ); // prettier-ignore
}

/** Bytes that stat reports: a directory has a block. */
export function sizeOf(stat: FileStat): number {
  return stat.type === "dir" ? 4096 : stat.size;
}

/** 512-byte blocks that a file takes on a disk with blocks of 4 KiB. */
export function blocksOf(stat: FileStat): number {
  if (stat.type === "dir") return 8;
  if (stat.type === "symlink") return stat.size > 59 ? 8 : 0;
  return stat.type === "file" ? Math.ceil(stat.size / 4096) * 8 : 0;
}

/** The Errno in *error*; anything else goes on. */
export function asErrno(error: unknown): Errno {
  if (error instanceof Errno && error.code !== "EPIPE") return error;
  throw error;
}
