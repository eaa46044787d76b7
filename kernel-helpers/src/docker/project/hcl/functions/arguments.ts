/** What functions are given: read as text, number, list or object, or refused. */

import { isList, isObject, numberOf, textOf } from "../operations";
import type { HclValue } from "../types";

/** A function of the library. Throws RangeError with what is wrong. */
export type Apply = (...values: HclValue[]) => HclValue;

/** *value* as text. */
export function text(value: HclValue | undefined): string {
  if (value === undefined) throw new RangeError("an argument is missing");
  return textOf(value);
}

/** *value* as a number. */
export function number(value: HclValue | undefined): number {
  if (value === undefined) throw new RangeError("an argument is missing");
  return numberOf(value);
}

/** *value* as a whole number. */
export function whole(value: HclValue | undefined): number {
  const found = number(value);
  if (!Number.isInteger(found)) throw new RangeError("a whole number is needed");
  return found;
}

/** *value* as a list. */
export function list(value: HclValue | undefined): readonly HclValue[] {
  if (!isList(value)) throw new RangeError("a list is needed");
  return value;
}

/** *value* as an object. */
export function object(value: HclValue | undefined): Readonly<Record<string, HclValue>> {
  if (!isObject(value)) throw new RangeError("an object is needed");
  return value;
}

/** Characters as a reader counts them. */
export function characters(value: string): string[] {
  return [...new Intl.Segmenter().segment(value)].map(({ segment }) => segment);
}
