/** Functions of times (RFC 3339) and of versions. */

import { DAYS, MONTHS } from "../../../../platform/calendar";
import type { HclValue } from "../types";
import { type Apply, number, text } from "./arguments";

interface Time {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Minutes east of Greenwich. */
  readonly offset: number;
}

function timeOf(value: string): Time {
  const found = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i.exec(value);
  const at = Date.parse(value);
  if (!found || Number.isNaN(at)) throw new RangeError(`not a time as RFC 3339 writes it: ${value}`);
  const [, sign, hours = "0", minutes = "0"] = found;
  return { at, offset: (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) };
}

const two = (value: number): string => String(value).padStart(2, "0");

function zone(offset: number, colon: string): string {
  const size = Math.abs(offset);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`;
}

function rfc3339({ at, offset }: Time): string {
  const local = new Date(at + offset * 60_000).toISOString().slice(0, 19);
  return local + (offset === 0 ? "Z" : zone(offset, ":"));
}

/** `YYYY-MM-DD'T'hh:mm:ssZ`: letters are verbs, quoted ones and all other characters stand for themselves. */
function dated(template: string, { at, offset }: Time): string {
  const local = new Date(at + offset * 60_000);
  const hours = local.getUTCHours();
  const verbs: Readonly<Record<string, () => string>> = {
    YYYY: () => String(local.getUTCFullYear()).padStart(4, "0"),
    YY: () => two(local.getUTCFullYear() % 100),
    MMMM: () => MONTHS[local.getUTCMonth()]!,
    MMM: () => MONTHS[local.getUTCMonth()]!.slice(0, 3),
    MM: () => two(local.getUTCMonth() + 1),
    M: () => String(local.getUTCMonth() + 1),
    DD: () => two(local.getUTCDate()),
    D: () => String(local.getUTCDate()),
    EEEE: () => DAYS[local.getUTCDay()]!,
    EEE: () => DAYS[local.getUTCDay()]!.slice(0, 3),
    hh: () => two(hours),
    h: () => String(hours),
    HH: () => two(hours % 12 || 12),
    H: () => String(hours % 12 || 12),
    AA: () => (hours < 12 ? "AM" : "PM"),
    aa: () => (hours < 12 ? "am" : "pm"),
    mm: () => two(local.getUTCMinutes()),
    m: () => String(local.getUTCMinutes()),
    ss: () => two(local.getUTCSeconds()),
    s: () => String(local.getUTCSeconds()),
    ZZZZZ: () => zone(offset, ":"),
    ZZZZ: () => zone(offset, ""),
    ZZZ: () => (offset === 0 ? "UTC" : zone(offset, "")),
    Z: () => (offset === 0 ? "Z" : zone(offset, ":")),
  };
  return template.replace(
    /'((?:[^']|'')*)'|'|([A-Za-z])\2*/g,
    (whole, quoted: string | undefined, letter: string | undefined) => {
      if (quoted !== undefined) return quoted.replaceAll("''", "'");
      const verb = letter === undefined ? undefined : verbs[whole];
      if (!verb) throw new RangeError(`there is no verb ${whole} of dates`);
      return verb();
    },
  );
}

const UNITS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** `1h30m`, `-10s` in ms. */
function duration(value: string): number {
  if (!/^[+-]?(?:0|(?:\d+\.?\d*(?:ms|us|µs|ns|h|m|s))+)$/.test(value))
    throw new RangeError(`not a duration: ${value}`);
  let sum = 0;
  for (const [, size, unit] of value.matchAll(/(\d+\.?\d*)(ms|us|µs|ns|h|m|s)/g))
    sum += Number(size) * UNITS[unit!]!;
  return value.startsWith("-") ? -sum : sum;
}

function isoWeek(local: Date): { readonly year: number; readonly week: number } {
  const day = local.getUTCDay() || 7;
  const thursday = new Date(
    Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + 4 - day),
  );
  const year = thursday.getUTCFullYear();
  return { year, week: Math.ceil(((thursday.getTime() - Date.UTC(year, 0, 1)) / 86_400_000 + 1) / 7) };
}

function unixParsed(seconds: number): HclValue {
  const local = new Date(seconds * 1000);
  const { year, week } = isoWeek(local);
  return {
    year: local.getUTCFullYear(),
    year_day: Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000) + 1,
    day: local.getUTCDate(),
    month: local.getUTCMonth() + 1,
    month_name: MONTHS[local.getUTCMonth()]!,
    weekday: local.getUTCDay(),
    weekday_name: DAYS[local.getUTCDay()]!,
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    rfc3339: rfc3339({ at: seconds * 1000, offset: 0 }),
    iso_year: year,
    iso_week: week,
  };
}

export const TIMES: Readonly<Record<string, Apply>> = {
  formatdate: (template, time) => dated(text(template), timeOf(text(time))),
  formattimestamp: (template, time) => {
    const own = typeof time === "number" ? { at: number(time) * 1000, offset: 0 } : timeOf(text(time));
    const shape = text(template);
    return shape === "X" ? String(Math.floor(own.at / 1000)) : dated(shape, own);
  },
  timeadd: (time, more) => {
    const { at, offset } = timeOf(text(time));
    return rfc3339({ at: at + duration(text(more)), offset });
  },
  unixtimestampparse: (seconds) => unixParsed(number(seconds)),
};
