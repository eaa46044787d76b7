/** Bytes made visible: `od`, `hexdump`, `xxd`. */

import type { Program } from "../machine/exec";
import { parseSize } from "./length";
import { parseOptions } from "./options";
import { readInputs } from "./text";

/** Two hexadecimal digits. */
const hexByte = (char: string): string => char.charCodeAt(0).toString(16).padStart(2, "0");

/** The character itself, or a dot when it is not printable ASCII. */
const printable = (char: string): string => (char >= " " && char <= "~" ? char : ".");

const xxd: Program = function* (process) {
  const options = parseOptions(
    process,
    process.gnu ? "l:s:pc:g:ruidb" : "l:s:pc:g:rio:",
    {},
    "[-pri] [-g N] [-c N] [-l LEN] [-s OFS] [-o OFS] [FILE]",
  );
  let text = yield* readInputs(process, options.rest.slice(0, 1));
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
  let text = yield* readInputs(process, options.rest);
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

/** A byte as `od -c` and `hexdump -c` show it. */
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

/** The names of `od -a` for 0 to 32. */
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
  let text = yield* readInputs(process, options.rest);
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

export const dumps: Readonly<Record<string, Program>> = { od, hexdump, hd: hexdump, xxd };
