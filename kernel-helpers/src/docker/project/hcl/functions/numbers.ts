/** Functions of numbers and truths. */

import { isEqual, truth } from "../operations";
import type { HclValue } from "../types";
import { type Apply, number, text, whole } from "./arguments";

const known = (value: HclValue | undefined): HclValue => {
  if (value === undefined) throw new RangeError("an argument is missing");
  return value;
};

function divided(a: number, b: number, apply: (a: number, b: number) => number): number {
  if (b === 0) throw new RangeError("division by zero");
  return apply(a, b);
}

/** Digits of *base* as a number. */
function parsed(digits: string, base: number): number {
  if (base < 2 || base > 62) throw new RangeError("the base is between 2 and 62");
  const alphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const own = base <= 36 ? digits.toLowerCase() : digits;
  const sign = own.startsWith("-") ? -1 : 1;
  const body = own.replace(/^[+-]/, "");
  let value = 0;
  for (const digit of body) {
    const at = alphabet.indexOf(digit);
    if (at < 0 || at >= base) throw new RangeError(`cannot read ${digits} in base ${base}`);
    value = value * base + at;
  }
  if (body === "") throw new RangeError(`cannot read ${digits} in base ${base}`);
  return sign * value;
}

export const NUMBERS: Readonly<Record<string, Apply>> = {
  absolute: (a) => Math.abs(number(a)),
  add: (a, b) => number(a) + number(b),
  and: (a, b) => truth(known(a)) && truth(known(b)),
  ceil: (a) => Math.ceil(number(a)),
  divide: (a, b) => divided(number(a), number(b), (x, y) => x / y),
  equal: (a, b) => isEqual(known(a), known(b)),
  floor: (a) => Math.floor(number(a)),
  greaterthan: (a, b) => number(a) > number(b),
  greaterthanorequalto: (a, b) => number(a) >= number(b),
  int: (a) => Math.trunc(number(a)),
  lessthan: (a, b) => number(a) < number(b),
  lessthanorequalto: (a, b) => number(a) <= number(b),
  log: (a, b) => Math.log(number(a)) / Math.log(number(b)),
  max: (...values) => Math.max(...atLeastOne(values)),
  min: (...values) => Math.min(...atLeastOne(values)),
  modulo: (a, b) => divided(number(a), number(b), (x, y) => x % y),
  multiply: (a, b) => number(a) * number(b),
  negate: (a) => -number(a),
  not: (a) => !truth(known(a)),
  notequal: (a, b) => !isEqual(known(a), known(b)),
  or: (a, b) => truth(known(a)) || truth(known(b)),
  parseint: (digits, base) => parsed(text(digits), whole(base)),
  pow: (a, b) => number(a) ** number(b),
  signum: (a) => Math.sign(number(a)),
  subtract: (a, b) => number(a) - number(b),
};

function atLeastOne(values: readonly HclValue[]): number[] {
  if (values.length === 0) throw new RangeError("at least one number is needed");
  return values.map(number);
}
