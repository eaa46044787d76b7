/** Numbers, booleans, durations, sizes and CSV records as Go's libraries read them, with their error texts. */

import { goQuote } from "./go-text";

/** `strconv.ParseBool`; undefined for anything else. */
export function parseBool(text: string): boolean | undefined {
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  return undefined;
}

/** `strconv.ParseUint(text, base, 32)`; undefined for what it refuses. */
export function parseUint32(text: string, base: 8 | 10): number | undefined {
  if (!(base === 8 ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) return undefined;
  const value = parseInt(text, base);
  return value <= 0xffffffff ? value : undefined;
}

/** `strconv.ParseInt(text, 10, 32)`. */
export function parseInt32(text: string): number | { readonly error: string } {
  const fail = (reason: string) => ({ error: `strconv.ParseInt: parsing ${goQuote(text)}: ${reason}` });
  if (!/^[+-]?[0-9]+$/.test(text)) return fail("invalid syntax");
  const value = Number(text);
  return value < -(2 ** 31) || value > 2 ** 31 - 1 ? fail("value out of range") : value === 0 ? 0 : value;
}

/** How the time package quotes: everything that is not ASCII byte by byte. */
function quoteForTime(text: string): string {
  let out = "";
  for (const byte of new TextEncoder().encode(text)) {
    if (byte < 32 || byte >= 0x80) out += "\\x" + byte.toString(16).padStart(2, "0");
    else out += (byte === 34 || byte === 92 ? "\\" : "") + String.fromCharCode(byte);
  }
  return `"${out}"`;
}

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  "\u00b5s": 1000n,
  "\u03bcs": 1000n,
  ms: 1000000n,
  s: 1000000000n,
  m: 60000000000n,
  h: 3600000000000n,
};

/** `time.ParseDuration`: nanoseconds, or Go's error text. */
export function parseDuration(text: string): number | { readonly error: string } {
  const invalid = { error: `time: invalid duration ${quoteForTime(text)}` };
  const limit = 1n << 63n;
  let rest = text;
  const negative = rest.startsWith("-");
  if (negative || rest.startsWith("+")) rest = rest.slice(1);
  if (rest === "0") return 0;
  if (rest === "") return invalid;
  let total = 0n;
  while (rest !== "") {
    const number = /^([0-9]*)(?:\.([0-9]*))?/.exec(rest)!;
    const whole = number[1]!;
    const fraction = number[2] ?? "";
    if (whole === "" && fraction === "") return invalid;
    const integer = BigInt(whole || "0");
    if (integer > limit) return invalid;
    rest = rest.slice(number[0].length);
    const name = /^[^.0-9]*/.exec(rest)![0];
    if (name === "") return { error: `time: missing unit in duration ${quoteForTime(text)}` };
    rest = rest.slice(name.length);
    const unit = Object.hasOwn(units, name) ? units[name] : undefined;
    if (unit === undefined)
      return { error: `time: unknown unit ${quoteForTime(name)} in duration ${quoteForTime(text)}` };
    if (integer > limit / unit) return invalid;
    let value = integer * unit;
    if (fraction !== "") value += fractionOf(fraction, unit);
    total += value;
    if (value > limit || total > limit) return invalid;
  }
  if (negative) return -Number(total);
  return total > limit - 1n ? invalid : Number(total);
}

/** Go keeps as many digits of the fraction as fit and then works in floating point. */
function fractionOf(digits: string, unit: bigint): bigint {
  const limit = 1n << 63n;
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > (limit - 1n) / 10n || next > limit) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

const sizeUnits: Readonly<Record<string, number>> = {
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
};

/** docker/go-units `RAMInBytes`: `64m`, `1.5g`, `10 MB`; undefined for what it refuses. */
export function ramInBytes(text: string): number | undefined {
  const separator = Math.max(...[..."01234567890. "].map((c) => text.lastIndexOf(c)));
  if (separator < 0) return undefined;
  const number = text.slice(0, text[separator] === " " ? separator : separator + 1);
  const suffix = text.slice(separator + 1).toLowerCase();
  let size = parseFloatText(number);
  if (size === undefined || size < 0) return undefined;
  if (suffix !== "" && suffix !== "b") {
    if (!/^[kmgtp](?:b|ib)?$/.test(suffix)) return undefined;
    size *= sizeUnits[suffix[0]!]!;
  }
  // Beyond an int64 the conversion gives its least value on amd64.
  return size < 2 ** 63 ? Math.trunc(size) : -(2 ** 63);
}

/** `strconv.ParseFloat`: decimal and hexadecimal, with underscores between digits, and the names of infinity and NaN. */
function parseFloatText(text: string): number | undefined {
  if (/_(?![0-9a-f])|(?<![0-9a-fx])_/i.test(text)) return undefined;
  const plain = text.replaceAll("_", "").toLowerCase();
  const sign = plain.startsWith("-") ? -1 : 1;
  const body = plain.replace(/^[+-]/, "");
  if (/^inf(?:inity)?$/.test(body)) return sign * Infinity;
  if (plain === "nan") return NaN;
  if (/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/.test(body)) {
    const value = sign * Number(body);
    return Number.isFinite(value) ? value : undefined;
  }
  const hex = /^0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?[0-9]+)$/.exec(body);
  if (hex === null || hex[1]! + hex[2]! === "") return undefined;
  const value = sign * parseInt(hex[1]! + hex[2]!, 16) * 2 ** (Number(hex[3]) - 4 * hex[2]!.length);
  return Number.isFinite(value) ? value : undefined;
}

/** One CSV record (tonistiigi/go-csvvalue): its fields, or the error text. */
export function csvFields(record: string): readonly string[] | { readonly error: string } {
  const fail = (at: number, reason: string) => ({
    error: `parse error on line 1, column ${at + 1}: ${reason}`,
  });
  const line = record.replace(/\r?\n$/, "");
  if (line === "") return { error: "EOF" };
  const encoder = new TextEncoder();
  const bytesBefore = (at: number) => encoder.encode(line.slice(0, at)).length;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const comma = line.indexOf(",", at);
      const field = comma < 0 ? line.slice(at) : line.slice(at, comma);
      const quote = field.indexOf('"');
      if (quote >= 0) return fail(bytesBefore(at + quote), 'bare " in non-quoted-field');
      fields.push(field);
      if (comma < 0) return fields;
      at = comma + 1;
      continue;
    }
    at++;
    let field = "";
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote < 0) return fail(bytesBefore(at), 'extraneous or missing " in quoted-field');
      field += line.slice(at, quote);
      at = quote + 1;
      if (line[at] === '"') {
        field += '"';
        at++;
      } else if (at === line.length || line[at] === ",") {
        break;
      } else {
        return fail(bytesBefore(quote), 'extraneous or missing " in quoted-field');
      }
    }
    fields.push(field);
    if (at === line.length) return fields;
    at++;
  }
}
