/** `dd`. */

import type { Program } from "../machine/exec";
import { FileHandle, type Handle } from "../machine/handles";
import { parseSize } from "./length";
import { usage, UsageError } from "./options";
import { asErrno } from "./paths";

/** Copies in blocks, as many as asked. */
export const dd: Program = function* (process) {
  const settings = new Map<string, string>();
  for (const arg of process.args.slice(1)) {
    const equals = arg.indexOf("=");
    const key = arg.slice(0, equals);
    if (
      equals < 0 ||
      !["if", "of", "bs", "ibs", "obs", "count", "skip", "seek", "conv", "status", "iflag", "oflag"].includes(
        key,
      )
    ) {
      if (process.gnu) process.err(`dd: unrecognized operand '${arg}'\n`);
      throw usage(process, "[if=FILE] [of=FILE] [ibs=N obs=N/bs=N] [count=N] [skip=N] [seek=N]");
    }
    settings.set(key, arg.slice(equals + 1));
  }
  const size = (key: string, fallback: number): number => {
    const text = settings.get(key);
    if (text === undefined) return fallback;
    const value = text
      .split("x")
      .map((part) => parseSize(part.replace(/c$/, "").replace(/w$/, "")))
      .reduce((a, b) => (a === undefined || b === undefined ? undefined : a * b), 1);
    if (value === undefined) {
      process.err(`dd: invalid number '${text}'\n`);
      throw new UsageError(1);
    }
    return value;
  };
  const block = size("bs", size("ibs", 512));
  const count = settings.has("count") ? size("count", 0) : Infinity;
  const conv = new Set((settings.get("conv") ?? "").split(","));
  for (const word of conv) {
    if (
      word === "" ||
      ["notrunc", "sync", "noerror", "fsync", "fdatasync", "swab"].includes(word) ||
      (process.gnu && ["ucase", "lcase", "excl", "nocreat"].includes(word))
    )
      continue;
    process.err(
      process.gnu ? `dd: invalid conversion: '${word}'\n` : `dd: invalid argument '${word}' to 'conv'\n`,
    );
    return 1;
  }
  let source: Handle;
  let target: Handle;
  const from = settings.get("if");
  const to = settings.get("of");
  try {
    source = from === undefined ? process.fd(0).share() : process.open(from);
  } catch (error) {
    process.err(
      process.gnu
        ? `dd: failed to open '${from ?? ""}': ${asErrno(error).message}\n`
        : `dd: can't open '${from ?? ""}': ${asErrno(error).message}\n`,
    );
    return 1;
  }
  try {
    target =
      to === undefined
        ? process.fd(1).share()
        : process.open(to, {
            write: true,
            read: true,
            create: true,
            truncate: !conv.has("notrunc") && !settings.has("seek"),
          });
  } catch (error) {
    source.drop();
    process.err(
      process.gnu
        ? `dd: failed to open '${to ?? ""}': ${asErrno(error).message}\n`
        : `dd: can't open '${to ?? ""}': ${asErrno(error).message}\n`,
    );
    return 1;
  }
  const skip = size("skip", 0);
  for (let i = 0; i < skip; i++) if ((yield* process.readHandle(source, block)) === "") break;
  if (target instanceof FileHandle && settings.has("seek")) {
    target.position = size("seek", 0) * size("obs", block);
    if (!conv.has("notrunc")) target.inode.text = target.inode.text.slice(0, target.position);
  }
  let full = 0;
  let partial = 0;
  let bytes = 0;
  // Pieces are joined before they are written: a file of many blocks is one text.
  let held = "";
  while (full + partial < count) {
    let piece = "";
    while (piece.length < block) {
      const more = yield* process.readHandle(source, block - piece.length);
      if (more === "") break;
      piece += more;
      if (source.kind === "pipe") break;
    }
    if (piece === "") break;
    if (piece.length === block) full++;
    else partial++;
    bytes += piece.length;
    if (conv.has("ucase")) piece = piece.toUpperCase();
    if (conv.has("lcase")) piece = piece.toLowerCase();
    if (conv.has("sync")) piece = piece.padEnd(block, "\0");
    if (source.kind === "device" && target.kind !== "device") process.machine.meter.addBytes(piece.length);
    process.machine.meter.addCommands(1);
    held += piece;
    if (held.length > 4 << 20 || target.kind !== "file") {
      target.write(held);
      held = "";
      if (target.congested) yield { ready: () => !target.congested };
    }
  }
  if (held !== "") {
    try {
      target.write(held);
    } catch (error) {
      process.err(`dd: error writing '${to ?? "standard output"}': ${asErrno(error).message}\n`);
    }
  }
  source.drop();
  target.drop();
  process.machine.work(bytes / 1_000_000);
  const status = settings.get("status");
  if (status !== "none") {
    process.err(`${full}+${partial} records in\n${full}+${partial} records out\n`);
    const seconds = Math.max(bytes / 1e9, 0.000001);
    // Debian's busybox leaves the third line out.
    if (status !== "noxfer" && !process.minimal) {
      const units = (value: number): string =>
        value < 1000
          ? `${value} bytes`
          : value < 1e6
            ? `${(value / 1e3).toFixed(1)} kB`
            : value < 1e9
              ? `${(value / 1e6).toFixed(1)} MB`
              : `${(value / 1e9).toFixed(1)} GB`;
      process.err(
        process.gnu
          ? `${bytes} byte${bytes === 1 ? "" : "s"}${
              bytes >= 1000
                ? ` (${units(bytes)}, ${units(bytes / 1.024 ** 0)
                    .replace(/B$/, "iB")
                    .replace("kiB", "KiB")})`
                : ""
            } copied, ${seconds.toFixed(6)} s, 1.0 GB/s\n`
          : `${bytes} bytes (${busyboxSize(bytes)}) copied, ${seconds.toFixed(6)} seconds, ${busyboxSize(1e9)}/s\n`,
      );
    }
  }
  return 0;
};

/** Bytes with one decimal and a unit of 1024, as busybox's dd prints them. */
function busyboxSize(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)}${units[unit] ?? "B"}`;
}
