/** Bytes: `od`, `hexdump`, `xxd`, `base64`, `base32`, `dd`, `cmp`, `split`. */

import type { Program } from "../machine/exec";
import { FileHandle, type Handle } from "../machine/handles";
import type { Process, Task } from "../machine/process";
import { parseSize } from "./making";
import { parseOptions, usage, UsageError } from "./options";
import { asErrno } from "./paths";
import { openInput, readInput } from "./text";

const hexByte = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, "0");
const printable = (char: string): string => (char >= " " && char <= "~" ? char : ".");

function* input(process: Process, names: readonly string[]): Task<string | undefined> {
  let out = "";
  for (const name of names.length === 0 ? ["-"] : names) {
    try {
      out += yield* readInput(process, name);
    } catch (error) {
      const failure = asErrno(error);
      process.err(
        `${process.name}: ${process.gnu ? name : `can't open '${name}'`.replace("can't open '", process.name !== "xxd" ? "" : "can't open '").replace(/'$/, process.name !== "xxd" ? "" : "'")}: ${failure.message}\n`,
      );
      return undefined;
    }
  }
  return out;
}

const xxd: Program = function* (process) {
  const options = parseOptions(
    process,
    process.gnu ? "l:s:pc:g:ruidb" : "l:s:pc:g:rio:",
    {},
    "[-pri] [-g N] [-c N] [-l LEN] [-s OFS] [-o OFS] [FILE]",
  );
  let text = yield* input(process, options.rest.slice(0, 1));
  if (text === undefined) return 1;
  if (options.has("r")) {
    const lines = text.split("\n");
    let out = "";
    for (const line of lines) {
      const digits = options.has("p")
        ? line
        : (/^[0-9a-fA-F]+:\s*((?:[0-9a-fA-F]+ ?)+)/.exec(line)?.[1] ?? "");
      for (const pair of digits.replace(/\s/g, "").match(/../g) ?? [])
        out += String.fromCharCode(Number.parseInt(pair, 16));
    }
    process.out(out);
    return 0;
  }
  text = text.slice(Number(options.value("s") ?? 0));
  if (options.has("l")) text = text.slice(0, Number(options.value("l")));
  const upper = (value: string): string => (options.has("u") ? value.toUpperCase() : value);
  if (options.has("p")) {
    const width = Number(options.value("c") ?? 30);
    for (let i = 0; i < text.length; i += width)
      process.out(upper([...text.slice(i, i + width)].map(hexByte).join("")) + "\n");
    return 0;
  }
  if (options.has("i")) {
    for (let i = 0; i < text.length; i += 12)
      process.out(
        `  ${[...text.slice(i, i + 12)].map((char) => `0x${hexByte(char)}`).join(", ")}${process.gnu && i + 12 >= text.length ? "" : ","}\n`,
      );
    return 0;
  }
  const width = Number(options.value("c") ?? 16);
  const group = Number(options.value("g") ?? 2) || width;
  for (let i = 0; i < text.length; i += width) {
    const row = text.slice(i, i + width);
    let cells = "";
    for (let j = 0; j < width; j++)
      cells += (j < row.length ? hexByte(row[j] as string) : "  ") + ((j + 1) % group === 0 ? " " : "");
    process.out(
      `${i.toString(16).padStart(8, "0")}: ${upper(cells).padEnd(width * 2 + Math.ceil(width / group))} ${[...row].map(printable).join("")}\n`,
    );
  }
  return 0;
};

const hexdump: Program = function* (process) {
  const options = parseOptions(
    process,
    "bcodxCe:f:n:s:v",
    {},
    "[-bcdoxCv] [-e FMT] [-f FMT_FILE] [-n LEN] [-s OFS] [FILE]...",
  );
  let text = yield* input(process, options.rest);
  if (text === undefined) return 1;
  text = text.slice(Number(options.value("s") ?? 0));
  if (options.has("n")) text = text.slice(0, Number(options.value("n")));
  const canonical = options.has("C") || process.name === "hd";
  const format = options.value("e");
  if (format !== undefined) {
    const match = /(?:(\d*)\/)?(\d+)?\s*"([^"]*)"/.exec(format);
    const size = Number(match?.[2] ?? 1);
    for (let i = 0; i < text.length; i += size) {
      let value = 0;
      for (let j = size - 1; j >= 0; j--) value = value * 256 + (text.charCodeAt(i + j) || 0);
      process.out(
        (match?.[3] ?? "%x")
          .replace(/%(0?)(\d*)([xXdou])/, (_, zero: string, width: string, kind: string) =>
            (kind === "X"
              ? value.toString(16).toUpperCase()
              : value.toString(kind === "x" ? 16 : kind === "o" ? 8 : 10)
            ).padStart(Number(width || 0), zero ? "0" : " "),
          )
          .replace(/\\n/g, "\n"),
      );
    }
    return 0;
  }
  let previous = "";
  let starred = false;
  const digits = canonical ? 8 : 7;
  for (let i = 0; i < text.length; i += 16) {
    const row = text.slice(i, i + 16);
    if (row === previous && row.length === 16 && !options.has("v")) {
      if (!starred) process.out("*\n");
      starred = true;
      continue;
    }
    starred = false;
    previous = row;
    const offset = i.toString(16).padStart(digits, "0");
    if (canonical) {
      let cells = "";
      for (let j = 0; j < 16; j++)
        cells += (j < row.length ? hexByte(row[j] as string) : "  ") + (j === 7 ? "  " : " ");
      process.out(`${offset}  ${cells} |${[...row].map(printable).join("")}|\n`);
    } else if (options.has("c"))
      process.out(
        `${offset} ${[...row]
          .map((char) => cChar(char).padStart(3) + " ")
          .join("")
          .trimEnd()}\n`,
      );
    else {
      let cells = "";
      for (let j = 0; j < row.length; j += 2) {
        const value = row.charCodeAt(j) | ((row.charCodeAt(j + 1) || 0) << 8);
        cells += " " + value.toString(16).padStart(4, "0");
      }
      process.out(`${offset}${cells.padEnd(40)}\n`);
    }
  }
  if (text.length > 0) process.out(`${text.length.toString(16).padStart(digits, "0")}\n`);
  return 0;
};

function cChar(char: string): string {
  const known: Record<string, string> = {
    "\0": "\\0",
    "\x07": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
  };
  return known[char] ?? (char >= " " && char <= "~" ? char : char.charCodeAt(0).toString(8).padStart(3, "0"));
}

const NAMES: readonly string[] =
  "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(
    " ",
  );

const od: Program = function* (process) {
  const options = parseOptions(
    process,
    "A:t:N:j:w::vcbxdoa",
    { "address-radix": "A", format: "t", "read-bytes": "N", "skip-bytes": "j", width: "w" },
    "[-abcdfhilovxs] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [-S MINSTR] [-w WIDTH] [FILE]...",
  );
  let text = yield* input(process, options.rest);
  if (text === undefined) return 1;
  const skip = parseSize(options.value("j") ?? "0") ?? 0;
  text = text.slice(skip);
  if (options.has("N")) text = text.slice(0, parseSize(options.value("N") ?? "") ?? 0);
  const width = Number(options.value("w") || 16);
  const radix = options.value("A") ?? "o";
  const address = (at: number): string =>
    radix === "n"
      ? ""
      : radix === "x"
        ? at.toString(16).padStart(6, "0")
        : radix === "d"
          ? String(at).padStart(7, "0")
          : at.toString(8).padStart(7, "0");
  const types: string[] = [];
  for (const { letter, value } of options.given) {
    if (letter === "t") types.push(...(value.match(/[acdouxf]\d*z?/g) ?? []));
    else if (letter === "c" || letter === "a") types.push(letter);
    else if (letter === "b") types.push("o1");
    else if (letter === "x") types.push("x2");
    else if (letter === "d") types.push("u2");
    else if (letter === "o") types.push("o2");
  }
  if (types.length === 0) types.push("o2");
  const cell = (row: string, type: string): string => {
    const kind = type[0] as string;
    const size = kind === "c" || kind === "a" ? 1 : Number(/\d+/.exec(type)?.[0] ?? (kind === "o" ? 4 : 4));
    const columns: Record<string, number[]> = {
      o: [0, 3, 6, 0, 11, 0, 0, 0, 22],
      x: [0, 2, 4, 0, 8, 0, 0, 0, 16],
      u: [0, 3, 5, 0, 10, 0, 0, 0, 20],
      d: [0, 4, 6, 0, 11, 0, 0, 0, 20],
    };
    let out = "";
    for (let i = 0; i < row.length; i += size) {
      if (kind === "a") {
        out += " " + (NAMES[row.charCodeAt(i) & 127] ?? row.charAt(i)).padStart(3);
        continue;
      }
      if (kind === "c") {
        out += " " + cChar(row[i] as string).padStart(3);
        continue;
      }
      let value = 0n;
      for (let j = size - 1; j >= 0; j--) value = value * 256n + BigInt(row.charCodeAt(i + j) || 0);
      if (kind === "d") value = BigInt.asIntN(size * 8, value);
      const digits = columns[kind]?.[size] ?? 0;
      const shown = value.toString(kind === "o" ? 8 : kind === "x" ? 16 : 10);
      out += " " + (kind === "o" || kind === "x" ? shown.padStart(digits, "0") : shown.padStart(digits));
    }
    return out;
  };
  let previous = "";
  let starred = false;
  for (let i = 0; i < text.length; i += width) {
    const row = text.slice(i, i + width);
    if (row === previous && row.length === width && !options.has("v")) {
      if (!starred) process.out("*\n");
      starred = true;
      continue;
    }
    starred = false;
    previous = row;
    for (const [n, type] of types.entries())
      process.out(`${n === 0 ? address(skip + i) : " ".repeat(address(0).length)}${cell(row, type)}\n`);
  }
  if (radix !== "n") process.out(address(skip + text.length) + "\n");
  return 0;
};

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** base64 of a byte string. */
export function encodeBase64(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i += 3) {
    const a = text.charCodeAt(i);
    const b = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
    const c = i + 2 < text.length ? text.charCodeAt(i + 2) : 0;
    const n = (a << 16) | (b << 8) | c;
    out +=
      ALPHABET[n >>> 18]! +
      ALPHABET[(n >>> 12) & 63]! +
      (i + 1 < text.length ? ALPHABET[(n >>> 6) & 63]! : "=") +
      (i + 2 < text.length ? ALPHABET[n & 63]! : "=");
  }
  return out;
}

/** Undoes base64; undefined when it is none. */
export function decodeBase64(text: string): string | undefined {
  let out = "";
  let bits = 0;
  let count = 0;
  for (const char of text.replace(/\s/g, "")) {
    if (char === "=") break;
    const value = ALPHABET.indexOf(char);
    if (value < 0) return undefined;
    bits = ((bits << 6) | value) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += String.fromCharCode((bits >>> count) & 0xff);
    }
  }
  return out;
}

const base64: Program = function* (process) {
  const options = parseOptions(
    process,
    "dw:i",
    { decode: "d", wrap: "w", "ignore-garbage": "i" },
    "[-d] [-w COL] [FILE]",
  );
  const text = yield* input(process, options.rest.slice(0, 1));
  if (text === undefined) return 1;
  if (options.has("d")) {
    const decoded = decodeBase64(
      process.gnu && !options.has("i") ? text : text.replace(/[^A-Za-z0-9+/=]/g, ""),
    );
    if (decoded === undefined) {
      process.err(process.gnu ? "base64: invalid input\n" : "base64: truncated input\n");
      return 1;
    }
    process.out(decoded);
    return 0;
  }
  const encoded = encodeBase64(text);
  const width = Number(options.value("w") ?? 76);
  if (width === 0) process.out(encoded + (process.gnu ? "" : ""));
  else for (let i = 0; i < encoded.length; i += width) process.out(encoded.slice(i, i + width) + "\n");
  return 0;
};

const dd: Program = function* (process) {
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

const cmp: Program = function* (process) {
  const options = parseOptions(
    process,
    "lsn:bi:",
    { silent: "s", quiet: "s", verbose: "l", bytes: "n" },
    "[-ls] [-n NUM] FILE1 [FILE2]",
  );
  const [a, b = "-"] = options.rest;
  if (a === undefined) throw usage(process, "[-ls] [-n NUM] FILE1 [FILE2]");
  let x: string;
  let y: string;
  try {
    openInput(process, a).drop();
    x = yield* readInput(process, a);
    y = yield* readInput(process, b);
  } catch (error) {
    const failure = asErrno(error);
    if (!options.has("s")) process.err(`cmp: ${failure.path}: ${failure.message}\n`);
    return 2;
  }
  if (options.has("n")) {
    x = x.slice(0, Number(options.value("n")));
    y = y.slice(0, Number(options.value("n")));
  }
  let status = 0;
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    status = 1;
    if (options.has("s")) return 1;
    if (!options.has("l")) {
      const line = x.slice(0, i).split("\n").length;
      process.out(
        process.gnu
          ? `${a} ${b} differ: byte ${i + 1}, line ${line}\n`
          : `${a} ${b} differ: char ${i + 1}, line ${line}\n`,
      );
      return 1;
    }
    process.out(
      `${String(i + 1).padStart(String(Math.max(x.length, y.length)).length)} ${x.charCodeAt(i).toString(8).padStart(3)} ${y.charCodeAt(i).toString(8).padStart(3)}\n`,
    );
  }
  if (x.length !== y.length) {
    const shorter = x.length < y.length ? a : b;
    const length = Math.min(x.length, y.length);
    const text = x.length < y.length ? x : y;
    const lines = text.split("\n").length - 1;
    if (!options.has("s"))
      process.err(
        process.gnu
          ? `cmp: EOF on ${shorter} ${length === 0 ? "which is empty" : `after byte ${length}, ${text.endsWith("\n") ? `line ${lines}` : `in line ${lines + 1}`}`}\n`
          : `cmp: EOF on ${shorter}\n`,
      );
    return 1;
  }
  return status;
};

const split: Program = function* (process) {
  const options = parseOptions(
    process,
    "a:b:l:dn:",
    { lines: "l", bytes: "b", "suffix-length": "a", "numeric-suffixes": "d" },
    "[OPTIONS] [INPUT [PREFIX]]",
  );
  const [name = "-", prefix = "x"] = options.rest;
  let text: string;
  try {
    text = yield* readInput(process, name);
  } catch (error) {
    process.err(
      process.gnu
        ? `split: cannot open '${name}' for reading: ${asErrno(error).message}\n`
        : `split: can't open '${name}': ${asErrno(error).message}\n`,
    );
    return 1;
  }
  const pieces: string[] = [];
  if (options.has("b")) {
    const size = parseSize(options.value("b") ?? "") ?? 1;
    for (let i = 0; i < text.length; i += size) pieces.push(text.slice(i, i + size));
  } else {
    const size = Number(options.value("l") ?? 1000) || 1000;
    const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    for (let i = 0; i < lines.length; i += size) pieces.push(lines.slice(i, i + size).join(""));
  }
  const width = Number(options.value("a") ?? 2);
  for (const [i, piece] of pieces.entries()) {
    let suffix = "";
    for (let n = i, k = 0; k < width; k++) {
      suffix = (options.has("d") ? String(n % 10) : String.fromCharCode(97 + (n % 26))) + suffix;
      n = Math.floor(n / (options.has("d") ? 10 : 26));
    }
    process.vfs.writeContent(process, prefix + suffix, piece);
  }
  return 0;
};

export const binary: Readonly<Record<string, Program>> = {
  od,
  hexdump,
  hd: hexdump,
  xxd,
  base64,
  dd,
  cmp,
  split,
};
