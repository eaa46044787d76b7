/** Sizes and times as the docker command writes them (docker/go-units). */

import { fixed } from "./progress/format";

/** *value* with *digits* significant digits and no trailing zeros, as Go's `%.Ng`. */
function significant(value: number, digits: number): string {
  if (value === 0) return "0";
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = "", power = ""] = value.toExponential(digits - 1).split("e");
    const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    const amount = Math.abs(Number(power));
    return `${trimmed}e${Number(power) < 0 ? "-" : "+"}${amount < 10 ? "0" : ""}${amount}`;
  }
  const text = fixed(value, digits - 1 - exponent);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

function scaled(size: number, base: number, units: readonly string[], digits: number): string {
  let value = size;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  return significant(value, digits) + (units[unit] ?? "");
}

const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** *bytes* in decimal units with at most *digits* significant digits (default 4): `2.746MB`. `docker images` and `docker history` use 3. */
export function humanSize(bytes: number, digits = 4): string {
  return scaled(bytes, 1000, DECIMAL, digits);
}

/** *bytes* in binary units: `44KiB`. */
export function bytesSize(bytes: number): string {
  return scaled(bytes, 1024, BINARY, 4);
}

/** A duration in nanoseconds in words: `About a minute`, `4 hours`. */
export function humanDuration(nanoseconds: number | bigint): string {
  const total = BigInt(nanoseconds);
  const seconds = Number(total / 1_000_000_000n);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Number(total / 60_000_000_000n);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const exactHours = Number(total / 3_600_000_000_000n) + Number(total % 3_600_000_000_000n) / 3.6e12;
  const hours = Math.trunc(exactHours + 0.5);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(Math.trunc(Math.trunc(exactHours) / 24) / 365)} years`;
}

/** A size in words to bytes: decimal units (`FromHumanSize`) or binary ones (`RAMInBytes`). Throws RangeError in Go's words. */
export function parseSize(text: string, units: "decimal" | "binary"): bigint {
  let separator = -1;
  for (let i = text.length - 1; i >= 0; i--) {
    if ("0123456789. ".includes(text[i] ?? "")) {
      separator = i;
      break;
    }
  }
  if (separator === -1) throw new RangeError(`invalid size: '${text}'`);
  const spaced = text[separator] === " ";
  const number = text.slice(0, spaced ? separator : separator + 1);
  const suffix = text.slice(separator + 1);
  const value = parseGoFloat(number);
  if (value < 0) throw new RangeError(`invalid size: '${text}'`);
  const factor = suffixFactor(suffix, units === "decimal" ? 1000 : 1024);
  const product = value * factor;
  // Go's conversion of a float beyond int64 on amd64.
  return Number.isFinite(product) && product < 2 ** 63 ? BigInt(Math.trunc(product)) : -(2n ** 63n);
}

function suffixFactor(suffix: string, base: number): number {
  if (suffix === "") return 1;
  const lower = suffix.length > 3 ? suffix : suffix.toLowerCase();
  const bad = (): RangeError => new RangeError(`invalid suffix: '${lower}'`);
  if (suffix.length > 3) throw bad();
  if (lower.startsWith("b")) {
    if (lower.length > 1) throw bad();
    return 1;
  }
  const power = "kmgtp".indexOf(lower[0] ?? "");
  if (power === -1) throw bad();
  if ((lower.length === 2 && lower[1] !== "b") || (lower.length === 3 && lower.slice(1) !== "ib"))
    throw bad();
  return base ** (power + 1);
}

/** strconv.ParseFloat for what can stand before a unit. */
function parseGoFloat(written: string): number {
  // Go allows `_` between two digits.
  const text = written.replace(/(?<=[\da-fA-FxX])_(?=[\da-fA-F])/g, "");
  const syntax = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?\d+)$/.exec(text);
  if (hex && (hex[2] || hex[3])) {
    const digits = (hex[2] ?? "") + (hex[3] ?? "");
    return (
      (hex[1] === "-" ? -1 : 1) * parseInt(digits, 16) * 2 ** (Number(hex[4]) - 4 * (hex[3] ?? "").length)
    );
  }
  if (!syntax.test(text))
    throw new RangeError(`strconv.ParseFloat: parsing ${JSON.stringify(written)}: invalid syntax`);
  const value = Number(text);
  if (!Number.isFinite(value))
    throw new RangeError(`strconv.ParseFloat: parsing ${JSON.stringify(written)}: value out of range`);
  return value;
}
