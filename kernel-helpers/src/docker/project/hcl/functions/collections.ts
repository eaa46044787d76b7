/** Functions of lists, sets and objects. */

import { setOf } from "../convert";
import { entriesOf, isEqual, isList, isObject, member } from "../operations";
import type { HclValue } from "../types";
import { type Apply, list, number, object, text, whole } from "./arguments";

/** More items are made by no function. */
const MOST = 100_000;

function has(items: readonly HclValue[], value: HclValue | undefined): boolean {
  return items.some((one) => isEqual(one, value ?? null));
}

function flat(items: readonly HclValue[]): HclValue[] {
  return items.flatMap((one) => (isList(one) ? flat(one) : [one]));
}

function hasIndex(of: HclValue | undefined, key: HclValue | undefined): boolean {
  if (isList(of)) return typeof key === "number" && Number.isInteger(key) && key >= 0 && key < of.length;
  return isObject(of) && typeof key === "string" && Object.hasOwn(of, key);
}

function range(...values: HclValue[]): number[] {
  if (values.length < 1 || values.length > 3) throw new RangeError("one to three numbers are needed");
  const given = values.map(number);
  const [start, end] = given.length === 1 ? [0, given[0]!] : [given[0]!, given[1]!];
  const step = given[2] ?? (end < start ? -1 : 1);
  if (step === 0 || (end > start && step < 0) || (end < start && step > 0))
    throw new RangeError("the step never comes to the end");
  const out: number[] = [];
  for (let at = start; step > 0 ? at < end : at > end; at += step) {
    if (out.length >= 1024) throw new RangeError("more than 1,024 numbers");
    out.push(at);
  }
  return out;
}

function product(lists: readonly (readonly HclValue[])[]): HclValue[] {
  let out: HclValue[][] = [[]];
  for (const items of lists) {
    if (out.length * items.length > MOST) throw new RangeError(`more than ${MOST} combinations`);
    out = out.flatMap((one) => items.map((item) => [...one, item]));
  }
  return out;
}

function chunks(items: readonly HclValue[], size: number): HclValue[] {
  if (size < 0) throw new RangeError("the size must not be negative");
  if (size === 0) return items.length === 0 ? [] : [items];
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

export const COLLECTIONS: Readonly<Record<string, Apply>> = {
  chunklist: (items, size) => chunks(list(items), whole(size)),
  coalesce: (...values) => {
    const found = values.find((one) => one !== null);
    if (found === undefined) throw new RangeError("all values are null");
    return found;
  },
  coalescelist: (...lists) => {
    const found = lists.find((one) => isList(one) && one.length > 0);
    if (found === undefined) throw new RangeError("all lists are empty");
    return found;
  },
  compact: (items) => list(items).filter((one) => one !== null && one !== ""),
  concat: (...lists) => lists.flatMap(list),
  contains: (items, value) => has(list(items), value),
  distinct: (items) => {
    const out: HclValue[] = [];
    for (const one of list(items)) if (!has(out, one)) out.push(one);
    return out;
  },
  element: (items, at) => {
    const own = list(items);
    if (own.length === 0) throw new RangeError("the list is empty");
    const index = whole(at) % own.length;
    return own[index < 0 ? index + own.length : index]!;
  },
  flatten: (items) => flat(list(items)),
  hasindex: (of, key) => hasIndex(of, key),
  index: (of, key) => member(of ?? null, key ?? null, 0),
  indexof: (items, value) => {
    const at = list(items).findIndex((one) => isEqual(one, value ?? null));
    if (at < 0) throw new RangeError("item not found");
    return at;
  },
  keys: (map) => entriesOf(object(map)).map(([key]) => key),
  length: (of) => (isObject(of) ? Object.keys(of).length : list(of).length),
  lookup: (map, key, fallback) => {
    const [own, name] = [object(map), text(key)];
    if (Object.hasOwn(own, name)) return own[name]!;
    if (fallback === undefined) throw new RangeError(`there is no ${name} in it`);
    return fallback;
  },
  merge: (...maps) => Object.assign({}, ...maps.filter((one) => one !== null).map(object)) as HclValue,
  range,
  reverselist: (items) => [...list(items)].reverse(),
  sethaselement: (items, value) => has(list(items), value),
  setintersection: (...sets) =>
    setOf(list(sets[0]).filter((one) => sets.every((other) => has(list(other), one)))),
  setproduct: (...lists) => product(lists.map(list)),
  setsubtract: (a, b) => setOf(list(a).filter((one) => !has(list(b), one))),
  setsymmetricdifference: (...sets) =>
    sets
      .map(list)
      .reduce<HclValue[]>(
        (before, now) =>
          setOf([...before.filter((one) => !has(now, one)), ...now.filter((one) => !has(before, one))]),
        [],
      ),
  setunion: (...sets) => setOf(sets.flatMap(list)),
  slice: (items, from, to) => {
    const [own, start, end] = [list(items), whole(from), whole(to)];
    if (start < 0 || end < start || end > own.length)
      throw new RangeError("the slice is outside of the list");
    return own.slice(start, end);
  },
  sort: (items) =>
    list(items)
      .map(text)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
  values: (map) => entriesOf(object(map)).map(([, value]) => value),
  zipmap: (keys, values) => {
    const [names, own] = [list(keys), list(values)];
    if (names.length !== own.length) throw new RangeError("there are not as many keys as values");
    return Object.fromEntries(names.map((name, i) => [text(name), own[i]!]));
  },
};
