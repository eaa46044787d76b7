/** Numbers: `seq`, `factor`. */

import type { Program } from "../machine/exec";
import { usage } from "./options";

/** Numbers from one to another. */
const seq: Program = function* (process) {
  const args = process.args.slice(1);
  let separator = "\n";
  let equal = false;
  let format: string | undefined;
  const wrongOption = process.minimal ? /^-([^ws-])/.exec(args[0] ?? "") : null;
  if (wrongOption !== null) {
    process.err(`seq: invalid option -- '${wrongOption[1] ?? ""}'\n`);
    throw usage(process, "[-w] [-s SEP] [FIRST [INC]] LAST");
  }
  while (/^-[wsf]/.test(args[0] ?? "")) {
    const option = args.shift() as string;
    if (option[1] === "w") equal = true;
    else {
      const value = option.slice(2) || (args.shift() ?? "");
      if (option[1] === "s") separator = value;
      else format = value;
    }
  }
  if (args.length === 0 || args.length > 3) throw usage(process, "[-w] [-s SEP] [FIRST [INC]] LAST");
  const numbers = args.map(Number);
  const wrong = args.find((_, i) => Number.isNaN(numbers[i]));
  if (wrong !== undefined) {
    process.err(
      process.gnu
        ? `seq: invalid floating point argument: '${wrong}'\nTry 'seq --help' for more information.\n`
        : "",
    );
    if (!process.gnu) throw usage(process, "[-w] [-s SEP] [FIRST [INC]] LAST");
    return 1;
  }
  const last = numbers.at(-1) as number;
  const first = numbers.length > 1 ? (numbers[0] as number) : 1;
  const step = numbers.length > 2 ? (numbers[1] as number) : 1;
  const places = Math.max(0, ...args.map((arg) => /\.(\d+)/.exec(arg)?.[1]?.length ?? 0));
  const width = equal ? Math.max(first.toFixed(places).length, last.toFixed(places).length) : 0;
  const count = step === 0 ? Infinity : Math.floor((last - first) / step + 1e-9);
  for (let i = 0; i <= count; i++) {
    const value = first + i * step;
    let text = value.toFixed(places);
    if (format !== undefined)
      text = format.replace(/%[-0 ]*\d*(?:\.\d+)?[gf]/, (spec) =>
        /(\d+)/.test(spec)
          ? text.padStart(Number(/\d+/.exec(spec)?.[0] ?? 0), /^%0/.test(spec) ? "0" : " ")
          : text,
      );
    if (equal)
      text = text.startsWith("-") ? "-" + text.slice(1).padStart(width - 1, "0") : text.padStart(width, "0");
    process.out((i > 0 ? separator : "") + text);
    process.machine.meter.addCommands(1);
    yield* process.room();
  }
  if (count >= 0) process.out("\n");
  return 0;
};

/** The prime factors of numbers. */
const factor: Program = function* (process) {
  for (const text of process.args.slice(1)) {
    if (!/^\d+$/.test(text)) {
      if (!process.gnu) throw usage(process, "[NUMBER]...");
      process.err(`factor: '${text}' is not a valid positive integer\n`);
      return 1;
    }
    let left = BigInt(text);
    let out = `${text}:`;
    for (let divisor = 2n; divisor * divisor <= left && divisor < 10_000_000n; divisor++) {
      while (left % divisor === 0n) {
        out += ` ${divisor}`;
        left /= divisor;
      }
    }
    process.out(`${out}${left > 1n ? ` ${left}` : ""}\n`);
  }
  return 0;
};

export const numbers: Readonly<Record<string, Program>> = { seq, factor };
