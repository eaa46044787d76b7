/** `format("%s-%03d", …)`: the verbs of Go's fmt that HCL knows (cty's format.go). */

import { numberOf, textOf, truth } from "../operations";
import type { HclValue } from "../types";
import { characters } from "./arguments";

const VERB = /%(?:%|([ #+0-]*)(?:(\d+))?(?:\.(\d+))?(?:\[(\d+)\])?([a-zA-Z]))/g;
/** Wider than this is nobody's table. */
const WIDEST = 1024;

/** *template* with *values* in it. Throws RangeError for verbs that there are not, and for too few or too many values. */
export function formatted(template: string, values: readonly HclValue[]): string {
  let next = 0;
  let highest = 0;
  const out = template.replace(
    VERB,
    (whole, flags = "", width?: string, precision?: string, index?: string, verb?: string) => {
      if (whole === "%%") return "%";
      const at = index === undefined ? next : Number(index) - 1;
      next = at + 1;
      highest = Math.max(highest, next);
      const value = values[at];
      if (value === undefined) throw new RangeError(`not enough values for ${whole}`);
      const text = one(verb!, value, {
        flags: String(flags),
        ...(precision !== undefined && { precision: Math.min(WIDEST, Number(precision)) }),
      });
      return padded(text, Math.min(WIDEST, Number(width ?? 0)), String(flags), verb!);
    },
  );
  if (template.replace(VERB, "").includes("%")) throw new RangeError("a % that begins no verb");
  if (highest < values.length && !template.includes("[")) throw new RangeError("more values than verbs");
  return out;
}

function one(
  verb: string,
  value: HclValue,
  { flags, precision }: { readonly flags: string; readonly precision?: number },
): string {
  const signed = (text: string): string =>
    flags.includes("+") && !text.startsWith("-")
      ? `+${text}`
      : flags.includes(" ") && !text.startsWith("-")
        ? ` ${text}`
        : text;
  const integer = (base: number): string => {
    const number = numberOf(value);
    return signed(BigInt(Math.trunc(number)).toString(base));
  };
  switch (verb) {
    case "v":
      if (flags.includes("#") || (typeof value === "object" && value !== null)) return JSON.stringify(value);
      return value === null ? "null" : textOf(value);
    case "s": {
      const text = textOf(value);
      return precision === undefined ? text : characters(text).slice(0, precision).join("");
    }
    case "q":
      return JSON.stringify(textOf(value));
    case "t":
      return String(truth(value));
    case "d":
      return integer(10);
    case "b":
      return integer(2);
    case "o":
      return integer(8);
    case "x":
      return typeof value === "string" ? hex(value) : integer(16);
    case "X":
      return integer(16).toUpperCase();
    case "f":
      return signed(numberOf(value).toFixed(Math.min(100, precision ?? 6)));
    case "e":
    case "E": {
      const text = numberOf(value)
        .toExponential(Math.min(100, precision ?? 6))
        .replace(/e([+-])(\d)$/, "e$10$2");
      return signed(verb === "E" ? text.toUpperCase() : text);
    }
    case "g":
    case "G":
      return signed(
        precision === undefined
          ? textOf(numberOf(value))
          : String(Number(numberOf(value).toPrecision(precision || 1))),
      );
    default:
      throw new RangeError(`there is no verb %${verb}`);
  }
}

function hex(value: string): string {
  return [...new TextEncoder().encode(value)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function padded(text: string, width: number, flags: string, verb: string): string {
  const missing = width - characters(text).length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (flags.includes("0") && /[dfegbox]/i.test(verb)) {
    const sign = /^[+\- ]/.exec(text)?.[0] ?? "";
    return sign + "0".repeat(missing) + text.slice(sign.length);
  }
  return " ".repeat(missing) + text;
}
