/** `sort`. */

import type { Process, Task } from "../machine/process";
import { byBytes } from "../shell/glob";
import { versions } from "./ls";
import { parseOptions } from "./options";
import { asErrno } from "./paths";
import { cannotRead, eachInput, LineReader } from "./text";

interface Key {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number] | undefined;
  readonly flags: string;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

export function* sort(process: Process): Task<number> {
  const long = {
    "numeric-sort": "n",
    reverse: "r",
    unique: "u",
    key: "k",
    "field-separator": "t",
    "ignore-case": "f",
    "version-sort": "V",
    "general-numeric-sort": "g",
    "human-numeric-sort": "h",
    output: "o",
    check: "c",
    stable: "s",
    "month-sort": "M",
    "zero-terminated": "z",
    "dictionary-order": "d",
    "ignore-leading-blanks": "b",
    random: "R",
    parallel: "@",
    merge: "m",
  };
  const options = parseOptions(
    process,
    process.minimal ? "ngMucszbrdfik:t:o:S:T:mV" : "ngMucszbrdfik:t:o:S:T:mVhCR@:",
    long,
    "[-nrughMcszbdfiokt] [-o FILE] [-k START[.OFS][OPTS][,END[.OFS][OPTS]]] [-t CHAR] [FILE]...",
  );
  const separator = options.value("t");
  const global = [..."ngMhVrdfib"].filter((letter) => options.has(letter)).join("");
  if (!process.gnu && options.values("k").some((key) => !/^[1-9]/.test(key))) {
    process.err("sort: bad field specification\n");
    return 2;
  }
  const keys = options.values("k").map(parseKey);
  const end = options.has("z") ? "\0" : "\n";
  const lines: string[] = [];
  const good = yield* eachInput(
    process,
    options.rest,
    process.gnu
      ? (name, error) => process.err(`sort: cannot read: ${name}: ${error.message}\n`)
      : cannotRead(process),
    function* (handle) {
      const reader = new LineReader(process, handle, end);
      for (let line = yield* reader.line(); line !== undefined; line = yield* reader.line()) lines.push(line);
    },
  );
  if (!good) return 2;
  const compare = (a: string, b: string, final: boolean): number => {
    for (const key of keys.length === 0 ? [{ from: [1, 1], to: undefined, flags: "" } as Key] : keys) {
      const flags =
        key.flags === ""
          ? global
          : key.flags + (global.includes("r") && !/[ngMhVrdfi]/.test(key.flags) ? "r" : "");
      const x = keys.length === 0 ? a : extract(a, key, separator, flags);
      const y = keys.length === 0 ? b : extract(b, key, separator, flags);
      const result = compareBy(x, y, flags);
      if (result !== 0) return flags.includes("r") ? -result : result;
    }
    if (!final || options.has("s") || options.has("u")) return 0;
    const last = byBytes(a, b);
    return global.includes("r") ? -last : last;
  };
  if (options.has("c") || options.has("C")) {
    for (let i = 1; i < lines.length; i++) {
      const order = compare(lines[i - 1] as string, lines[i] as string, true);
      if (order > 0 || (order === 0 && options.has("u"))) {
        if (options.has("c"))
          process.err(
            process.gnu
              ? `sort: ${options.rest[0] ?? "-"}:${i + 1}: disorder: ${lines[i] ?? ""}\n`
              : `Check line ${i}\n`,
          );
        return 1;
      }
    }
    return 0;
  }
  process.machine.meter.addCommands(lines.length >>> 4);
  let sorted = lines
    .map((line, i) => ({ line, i }))
    .sort((a, b) => compare(a.line, b.line, true) || a.i - b.i)
    .map(({ line }) => line);
  if (options.has("u"))
    sorted = sorted.filter((line, i) => i === 0 || compare(sorted[i - 1] as string, line, false) !== 0);
  const text = sorted.map((line) => line + end).join("");
  const output = options.value("o");
  if (output === undefined) process.out(text);
  else {
    try {
      process.vfs.writeContent(process, output, text);
    } catch (error) {
      process.err(`sort: ${output}: ${asErrno(error).message}\n`);
      return 1;
    }
  }
  return 0;
}

function parseKey(text: string): Key {
  const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.(\d+))?([a-zA-Z]*))?$/.exec(text);
  if (match === null) return { from: [1, 1], to: undefined, flags: "" };
  const [, field = "1", offset = "1", flags = "", endField, endOffset = "0", endFlags = ""] = match;
  return {
    from: [Number(field), Number(offset)],
    to: endField === undefined ? undefined : [Number(endField), Number(endOffset)],
    flags: flags + endFlags,
  };
}

function extract(line: string, key: Key, separator: string | undefined, flags: string): string {
  const bounds: [number, number][] = [];
  if (separator !== undefined) {
    let at = 0;
    for (const part of line.split(separator)) {
      bounds.push([at, at + part.length]);
      at += part.length + separator.length;
    }
  } else
    for (const match of line.matchAll(/[ \t]*[^ \t]+/g))
      bounds.push([match.index, match.index + match[0].length]);
  const [field, offset] = key.from;
  const first = bounds[field - 1];
  if (first === undefined) return "";
  let start = first[0];
  if (flags.includes("b") || (separator === undefined && flags.includes("n")))
    while (/[ \t]/.test(line[start] ?? "x")) start++;
  start += offset - 1;
  if (key.to === undefined) return line.slice(start);
  const [endField, endOffset] = key.to;
  const last = bounds[endField - 1];
  const end = last === undefined ? line.length : endOffset === 0 ? last[1] : last[0] + endOffset;
  return line.slice(start, end);
}

function compareBy(a: string, b: string, flags: string): number {
  if (flags.includes("n")) return leading(a) - leading(b);
  if (flags.includes("g")) {
    const [x, y] = [general(a), general(b)];
    return x === y ? 0 : x - y;
  }
  if (flags.includes("h")) return sizeValue(a) - sizeValue(b);
  if (flags.includes("M"))
    return (
      MONTHS.indexOf(a.trim().slice(0, 3).toUpperCase()) - MONTHS.indexOf(b.trim().slice(0, 3).toUpperCase())
    );
  if (flags.includes("V")) return versions(a, b);
  let x = a;
  let y = b;
  if (flags.includes("b")) [x, y] = [x.trimStart(), y.trimStart()];
  if (flags.includes("d")) [x, y] = [x.replace(/[^A-Za-z0-9 \t]/g, ""), y.replace(/[^A-Za-z0-9 \t]/g, "")];
  if (flags.includes("f")) [x, y] = [x.toUpperCase(), y.toUpperCase()];
  return byBytes(x, y);
}

function leading(text: string): number {
  return Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] ?? 0) || 0;
}

function general(text: string): number {
  const value = Number.parseFloat(text);
  return Number.isNaN(value) ? -Infinity : value;
}

function sizeValue(text: string): number {
  const match = /^\s*(-?[\d.]+)([KMGTPE]?)/i.exec(text);
  return match === null
    ? 0
    : Number(match[1]) * 1024 ** " KMGTPE".indexOf((match[2] ?? "").toUpperCase() || " ");
}
