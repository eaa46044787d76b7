/** Pathname expansion. */

import type { Process } from "../machine/process";
import { matches, unquotePattern } from "./pattern";

/** A bracket without its other half is a letter: the command `[` reads no directory. */
const MAGIC = /(^|[^\\])(\\\\)*(?:[*?]|\[[^]*\])/;

/** Whether the pattern has anything to expand. */
export function isMagic(pattern: string): boolean {
  return /[*?[]/.test(pattern) && (MAGIC.test(pattern) || /@\(|\+\(|!\(/.test(pattern));
}

export interface GlobOptions {
  readonly dotglob?: boolean;
  /** bash 5.2: `.` and `..` never match. */
  readonly skipDots?: boolean;
  readonly globstar?: boolean;
  readonly extended?: boolean;
}

/** The paths that *pattern* matches, sorted by bytes; none when nothing does. */
export function glob(process: Process, pattern: string, options: GlobOptions = {}): string[] {
  const absolute = pattern.startsWith("/");
  const parts = pattern.split("/").filter((part, i) => part !== "" || i === pattern.split("/").length - 1);
  let bases = [absolute ? "/" : ""];
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    const next: string[] = [];
    if (part === "" && last) {
      // A trailing slash: directories only.
      for (const base of bases) if (process.vfs.tryStat(process, base)?.type === "dir") next.push(base + "/");
      return next.sort(byBytes);
    }
    for (const base of bases) {
      const prefix = base === "" || base.endsWith("/") ? base : base + "/";
      if (options.globstar === true && part === "**") {
        walk(process, prefix, base, last, next);
        continue;
      }
      if (!/[*?[]/.test(part) && !(options.extended === true && part.includes("("))) {
        const path = prefix + unquotePattern(part);
        process.machine.meter.addCommands(8);
        if (process.vfs.tryStat(process, path, false) !== undefined) next.push(path);
        continue;
      }
      let names: readonly string[];
      try {
        names = process.vfs.readdir(process, base === "" ? "." : base);
      } catch {
        continue;
      }
      process.machine.meter.addCommands(1 + names.length * 8);
      const dots = part.startsWith(".") || part.startsWith("\\.");
      const all = dots && options.skipDots !== true ? [".", "..", ...names] : names;
      for (const name of all) {
        if (name.startsWith(".") && !dots && options.dotglob !== true) continue;
        if (matches(part, name, options.extended)) {
          if (last || process.vfs.tryStat(process, prefix + name)?.type === "dir") next.push(prefix + name);
        }
      }
    }
    bases = next;
    if (bases.length === 0) return [];
  }
  return bases.sort(byBytes);
}

function walk(process: Process, prefix: string, base: string, last: boolean, out: string[]): void {
  if (!last || base !== "") out.push(last ? prefix : base);
  let names: readonly string[];
  try {
    names = process.vfs.readdir(process, base === "" ? "." : base);
  } catch {
    return;
  }
  for (const name of names) {
    if (name.startsWith(".")) continue;
    const path = prefix + name;
    const type = process.vfs.tryStat(process, path, false)?.type;
    if (type === "dir") walk(process, path + "/", path, last, out);
    else if (last) out.push(path);
  }
}

/** Order of bytes. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
