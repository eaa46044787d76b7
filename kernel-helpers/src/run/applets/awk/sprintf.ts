/** `printf` and `sprintf` of awk, on the shell's printf. */

import { printf } from "../../shell/printf";
import { Input, num, type Value } from "./values";
import type { AwkVariables } from "./variables";

/** The format, which is the first of *values*, filled with the others. */
export function formatValues(values: readonly string[]): string {
  const [format = "", ...rest] = values;
  let next = 0;
  return format.replace(
    /%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?(?:hh|h|ll|l|L)?([diouxXeEfFgGcs%])/g,
    (_, flags: string, width: string, precision: string | undefined, kind: string) => {
      if (kind === "%") return "%";
      const w = width === "*" ? String(num(new Input(rest[next++] ?? ""))) : width;
      const p = precision === "*" ? String(num(new Input(rest[next++] ?? ""))) : precision;
      const spec = (letter: string): string => `%${flags}${w}${p === undefined ? "" : "." + p}${letter}`;
      const value = rest[next++] ?? "";
      if (kind === "s") return printf([spec("s"), value], "ash").text;
      if (kind === "c")
        return printf(
          [spec("s"), /^\d+$/.test(value) ? String.fromCharCode(Number(value) & 0xff) : value.slice(0, 1)],
          "ash",
        ).text;
      const number = num(new Input(value));
      if ("diouxX".includes(kind))
        return printf(
          [
            spec(kind === "i" ? "d" : kind),
            BigInt(Math.trunc(Number.isFinite(number) ? number : 0)).toString(),
          ],
          "ash",
        ).text;
      return printf([spec(kind), String(number)], "ash").text;
    },
  );
}

/** *value* as an argument of a format: a number with all its digits. */
export function formatArgument(vars: AwkVariables, value: Value): string {
  return typeof value === "number" ? String(value) : vars.text(value);
}
