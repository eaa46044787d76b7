/** Operators and conversions of HCL values. */

import { HclError, type HclValue } from "./types";

/** *value* as text: what a template writes. Throws RangeError for a list or an object. */
export function textOf(value: HclValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return String(value);
  throw new RangeError(value === null ? "the value is null" : "a text is needed, not a list or an object");
}

/** Decimal figures have more digits there than here: what is noise of the last digits is left out. */
function numberText(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  return String(Number(value.toPrecision(15)));
}

/** *value* as a number. Throws RangeError. */
export function numberOf(value: HclValue): number {
  const number =
    typeof value === "number"
      ? value
      : typeof value === "string" && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)
        ? Number(value)
        : NaN;
  if (!Number.isFinite(number)) throw new RangeError("a number is needed");
  return number;
}

/** *value* as a truth. Throws RangeError. */
export function truth(value: HclValue): boolean {
  if (typeof value === "boolean") return value;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new RangeError("true or false is needed");
}

/** Are they the same? Values of different types are not. */
export function isEqual(a: HclValue, b: HclValue): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isList(a) || isList(b))
    return isList(a) && isList(b) && a.length === b.length && a.every((one, i) => isEqual(one, b[i]!));
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key]!, b[key]!))
  );
}

export function isList(value: HclValue | undefined): value is readonly HclValue[] {
  return Array.isArray(value);
}

export function isObject(value: HclValue | undefined): value is Readonly<Record<string, HclValue>> {
  return typeof value === "object" && value !== null && !isList(value);
}

/** Keys and values in the order in which they are gone through: an object's keys are sorted. */
export function entriesOf(value: HclValue): (readonly [HclValue, HclValue])[] {
  if (isList(value)) return value.map((one, i) => [i, one] as const);
  if (!isObject(value)) throw new RangeError("a list or an object is needed");
  return Object.keys(value)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((key) => [key, value[key]!] as const);
}

/** `value.key`, `value[key]`. Throws HclError. */
export function member(value: HclValue, key: HclValue, line: number): HclValue {
  const index = isList(value) && typeof key === "string" && /^\d+$/.test(key) ? Number(key) : key;
  const found =
    isList(value) && typeof index === "number"
      ? value[index]
      : isObject(value) && (typeof key === "string" || typeof key === "number") && Object.hasOwn(value, key)
        ? value[key]
        : undefined;
  if (found === undefined)
    throw new HclError(
      `there is no ${key === null || typeof key === "object" ? "such key" : String(key)} in it`,
      line,
    );
  return found;
}

/** `a OPERATOR b`; *right* is asked for only when it matters. Throws RangeError. */
export function operate(operator: string, a: HclValue, right: () => HclValue): HclValue {
  if (operator === "&&") return truth(a) && truth(right());
  if (operator === "||") return truth(a) || truth(right());
  const b = right();
  if (operator === "==") return isEqual(a, b);
  if (operator === "!=") return !isEqual(a, b);
  const [x, y] = [numberOf(a), numberOf(b)];
  switch (operator) {
    case "<":
      return x < y;
    case ">":
      return x > y;
    case "<=":
      return x <= y;
    case ">=":
      return x >= y;
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
  }
  if (y === 0) throw new RangeError("division by zero");
  return operator === "/" ? x / y : x % y;
}
