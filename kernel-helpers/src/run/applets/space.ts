/** `du`, `df`, `free`, `sync`, `tree`. */

import type { Program } from "../machine/exec";
import { encodeText } from "../machine/bytes";
import type { Process } from "../machine/process";
import { matches } from "../shell/pattern";
import { human } from "./ls";
import { parseOptions } from "./options";
import { asErrno, baseName, blocksOf, join, sizeOf } from "./paths";

const du: Program = function* (process) {
  const options = parseOptions(
    process,
    "aHkLsxd:lchmbS@:",
    {
      all: "a",
      summarize: "s",
      "human-readable": "h",
      total: "c",
      "max-depth": "d",
      bytes: "b",
      "apparent-size": "S",
      exclude: "@",
      "one-file-system": "x",
    },
    "[-aHLdclsxhmk] [FILE]...",
  );
  const bytes = options.has("b") || options.has("S");
  const depth = options.has("s") ? 0 : options.has("d") ? Number(options.value("d")) : Infinity;
  const seen = new Set<number>();
  let status = 0;
  const show = (size: number, name: string): void => {
    const text = options.has("h")
      ? human(size, process.gnu)
      : options.has("b")
        ? String(size)
        : options.has("m")
          ? String(Math.ceil(size / 1048576))
          : String(Math.ceil(size / 1024));
    process.out(`${text}\t${name}\n`);
  };
  const walk = (path: string, level: number): number => {
    process.machine.meter.addCommands(1);
    if (options.values("@").some((pattern) => matches(pattern, baseName(path)))) return 0;
    try {
      const stat = process.vfs.stat(process, path, options.has("L") || (options.has("H") && level === 0));
      if (stat.nlink > 1 && stat.type === "file" && !options.has("l")) {
        if (seen.has(stat.ino)) return 0;
        seen.add(stat.ino);
      }
      let size = bytes ? sizeOf(stat) : blocksOf(stat) * 512;
      if (stat.type === "dir") {
        for (const name of process.vfs.readdir(process, path)) size += walk(join(path, name), level + 1);
        if (level <= depth) show(size, path);
      } else if (level === 0 || (options.has("a") && level <= depth)) show(size, path);
      return size;
    } catch (error) {
      process.err(
        process.gnu
          ? `du: cannot access '${path}': ${asErrno(error).message}\n`
          : `du: ${path}: ${asErrno(error).message}\n`,
      );
      status = 1;
      return 0;
    }
  };
  let total = 0;
  for (const path of options.rest.length === 0 ? ["."] : options.rest) total += walk(path, 0);
  if (options.has("c")) show(total, "total");
  return status;
};

const df: Program = function* (process) {
  const options = parseOptions(
    process,
    "PkmhTai:t:B:",
    { "human-readable": "h", "print-type": "T" },
    "[-PkmhTai] [-B SIZE] [-t TYPE] [FILESYSTEM]...",
  );
  const unit = options.has("h") ? 0 : options.has("m") ? 1048576 : 1024;
  const size = (kilobytes: number): string =>
    unit === 0 ? human(kilobytes * 1024, process.gnu) : String(Math.round((kilobytes * 1024) / unit));
  const rows: [string, string, number, number, string][] = [
    ["overlay", "overlay", 61255492, 20418497, "/"],
    ["tmpfs", "tmpfs", 65536, 0, "/dev"],
    ["shm", "tmpfs", 65536, 0, "/dev/shm"],
  ];
  const head = unit === 0 ? "Size" : unit === 1024 ? "1K-blocks" : "1M-blocks";
  process.out(
    unit === 0
      ? `Filesystem                Size      Used Available Use% Mounted on\n`
      : `Filesystem           ${head.padStart(9)}      Used Available Use% Mounted on\n`,
  );
  for (const [name, , total, used, point] of options.rest.length > 0 ? rows.slice(0, 1) : rows) {
    process.out(
      `${name.padEnd(20)} ${size(total).padStart(9)} ${size(used).padStart(9)} ${size(total - used).padStart(9)} ${String(Math.ceil((used / total) * 100)).padStart(3)}% ${point}\n`,
    );
  }
  return 0;
};

const free: Program = function* (process) {
  const options = parseOptions(process, "bkmghtwl", {}, "[-bkmgh]");
  const unit = options.has("b") ? 1 / 1024 : options.has("m") ? 1024 : options.has("g") ? 1048576 : 1;
  const show = (kilobytes: number): string =>
    (options.has("h") ? human(kilobytes * 1024) : String(Math.floor(kilobytes / unit))).padStart(12);
  process.out(`${" ".repeat(14)}total        used        free      shared  buff/cache   available\n`);
  process.out(
    `Mem:   ${show(4038000)}${show(1009500)}${show(2019000)}${show(0)}${show(1009500)}${show(3028500)}\n`,
  );
  process.out(`Swap:  ${show(0)}${show(0)}${show(0)}\n`);
  return 0;
};

const tree: Program = function* (process) {
  const options = parseOptions(process, "adL:I:fpsh", { dirsfirst: "f" }, "[-ad] [-L LEVEL] [DIR]...");
  const depth = Number(options.value("L") ?? Infinity);
  let dirs = 0;
  let files = 0;
  const walk = (own: Process, path: string, prefix: string, level: number): void => {
    if (level > depth) return;
    const names = own.vfs.readdir(own, path).filter((name) => options.has("a") || !name.startsWith("."));
    for (const [i, name] of names.entries()) {
      const last = i === names.length - 1;
      const stat = own.vfs.stat(own, join(path, name), false);
      if (stat.type === "dir") dirs++;
      else files++;
      own.out(
        `${prefix}${last ? "`-- " : "|-- "}${name}${stat.type === "symlink" ? ` -> ${encodeText(stat.linkname ?? "")}` : ""}\n`,
      );
      if (stat.type === "dir") walk(own, join(path, name), prefix + (last ? "    " : "|   "), level + 1);
    }
  };
  for (const path of options.rest.length === 0 ? ["."] : options.rest) {
    process.out(path + "\n");
    walk(process, path, "", 1);
  }
  process.out(`\n${dirs} director${dirs === 1 ? "y" : "ies"}, ${files} file${files === 1 ? "" : "s"}\n`);
  return 0;
};

export const space: Readonly<Record<string, Program>> = {
  du, df, free, tree,
  sync: function* () { return 0; },
  fsfreeze: function* () { return 0; },
}; // prettier-ignore
