/** Times as text and text as times. The machine lives in UTC unless TZ says otherwise. */

import { DAYS, MONTHS } from "../../platform/calendar";

/** A zone: its offset east of Greenwich in seconds, and its name. */
export interface Zone {
  readonly offset: number;
  readonly name: string;
}

export const UTC: Zone = { offset: 0, name: "UTC" };

/** What TZ says in POSIX form (`KST-9`, `EST5`); zone files are not there, so other names are UTC, as without tzdata. */
export function zoneOf(tz: string | undefined): Zone {
  if (tz === undefined || tz === "") return UTC;
  const match = /^([A-Za-z]{3,}|<[^>]+>)([-+]?)(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?/.exec(tz);
  if (match === null) return { offset: 0, name: /^[A-Za-z]+$/.test(tz) ? tz : "UTC" };
  const [, name = "", sign = "", hours = "0", minutes = "0", seconds = "0"] = match;
  const value = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return { offset: sign === "-" ? value : -value, name: name.replace(/[<>]/g, "") };
}

const two = (value: number): string => String(value).padStart(2, "0");

function isoWeek(date: Date): { year: number; week: number } {
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const year = day.getUTCFullYear();
  return { year, week: Math.ceil(((day.getTime() - Date.UTC(year, 0, 1)) / 86400000 + 1) / 7) };
}

/** strftime. *seconds* since 1970. */
export function formatTime(format: string, seconds: number, zone: Zone = UTC): string {
  const whole = Math.floor(seconds);
  const date = new Date((whole + zone.offset) * 1000);
  const day = Math.floor(
    (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
      Date.UTC(date.getUTCFullYear(), 0, 1)) /
      86400000,
  );
  const zoneText = (colon: boolean): string => {
    const minutes = Math.abs(Math.trunc(zone.offset / 60));
    return (
      (zone.offset < 0 ? "-" : "+") + two(Math.floor(minutes / 60)) + (colon ? ":" : "") + two(minutes % 60)
    );
  };
  const one = (letter: string): string | undefined => {
    const year = date.getUTCFullYear();
    const hour = date.getUTCHours();
    switch (letter) {
      case "a": return DAYS[date.getUTCDay()]?.slice(0, 3);
      case "A": return DAYS[date.getUTCDay()];
      case "b": case "h": return MONTHS[date.getUTCMonth()]?.slice(0, 3);
      case "B": return MONTHS[date.getUTCMonth()];
      case "c": return formatTime("%a %b %e %H:%M:%S %Y", seconds, zone);
      case "C": return two(Math.floor(year / 100));
      case "d": return two(date.getUTCDate());
      case "D": return formatTime("%m/%d/%y", seconds, zone);
      case "e": return String(date.getUTCDate()).padStart(2);
      case "F": return formatTime("%Y-%m-%d", seconds, zone);
      case "g": return two(isoWeek(date).year % 100);
      case "G": return String(isoWeek(date).year);
      case "H": return two(hour);
      case "I": return two(hour % 12 || 12);
      case "j": return String(day + 1).padStart(3, "0");
      case "k": return String(hour).padStart(2);
      case "l": return String(hour % 12 || 12).padStart(2);
      case "m": return two(date.getUTCMonth() + 1);
      case "M": return two(date.getUTCMinutes());
      case "n": return "\n";
      case "N": return String(Math.floor((seconds - whole) * 1e9)).padStart(9, "0");
      case "p": return hour < 12 ? "AM" : "PM";
      case "P": return hour < 12 ? "am" : "pm";
      case "r": return formatTime("%I:%M:%S %p", seconds, zone);
      case "R": return formatTime("%H:%M", seconds, zone);
      case "s": return String(whole);
      case "S": return two(date.getUTCSeconds());
      case "t": return "\t";
      case "T": case "X": return formatTime("%H:%M:%S", seconds, zone);
      case "u": return String(date.getUTCDay() || 7);
      case "U": return two(Math.floor((day + 7 - date.getUTCDay()) / 7));
      case "V": return two(isoWeek(date).week);
      case "w": return String(date.getUTCDay());
      case "W": return two(Math.floor((day + 7 - ((date.getUTCDay() + 6) % 7)) / 7));
      case "x": return formatTime("%m/%d/%y", seconds, zone);
      case "y": return two(year % 100);
      case "Y": return String(year);
      case "z": return zoneText(false);
      case "Z": return zone.name;
      case "%": return "%";
      default: return undefined;
    }
  }; // prettier-ignore
  return format.replace(
    /%([-_0^]?)(\d*)(:?)([A-Za-z%])/g,
    (whole_, flag: string, width: string, colon: string, letter: string) => {
      if (colon === ":" && letter === "z") return zoneText(true);
      let text = one(letter);
      if (text === undefined) return whole_;
      if (letter === "N" && width !== "") return text.slice(0, Number(width));
      if (flag === "-") text = text.replace(/^[0 ]+(?=.)/, "");
      if (flag === "_") text = text.replace(/^0+(?=.)/, (zeros) => " ".repeat(zeros.length));
      if (flag === "^") text = text.toUpperCase();
      return width === "" ? text : text.padStart(Number(width), "0");
    },
  );
}

/**
 * Reads a date as `date -d` and `touch -d` do; undefined when it cannot. *now* in seconds.
 * *keep*: what is not said stays as it is now (busybox's touch), instead of being 0.
 */
export function parseTime(
  text: string,
  now: number,
  zone: Zone = UTC,
  gnu = false,
  keep = false,
): number | undefined {
  const at = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number =>
    Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - zone.offset;
  if (/^@-?\d+(\.\d+)?$/.test(text)) return Number(text.slice(1));
  const today = new Date((now + zone.offset) * 1000);
  const year = today.getUTCFullYear();
  const month = today.getUTCMonth() + 1;
  const day = today.getUTCDate();
  const [hourNow, minuteNow, secondNow] = [
    today.getUTCHours(),
    today.getUTCMinutes(),
    today.getUTCSeconds(),
  ].map(String) as [string, string, string];
  let match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|UTC|GMT|[-+]\d{2}:?\d{2})?$/.exec(
      text,
    );
  if (match !== null) {
    const [
      ,
      y,
      mo,
      d,
      h = keep ? hourNow : "0",
      mi = keep ? minuteNow : "0",
      s = keep ? secondNow : "0",
      offset,
    ] = match;
    const value = at(Number(y), Number(mo), Number(d), Number(h), Number(mi), Number(s));
    if (offset === undefined) return value;
    if (!/^[-+]/.test(offset)) return value + zone.offset;
    const shift = Number(offset.slice(1, 3)) * 3600 + Number(offset.slice(-2)) * 60;
    return value + zone.offset - (offset.startsWith("-") ? -shift : shift);
  }
  match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (match !== null)
    return at(
      year,
      month,
      day,
      Number(match[1]),
      Number(match[2]),
      Number(match[3] ?? (keep ? secondNow : 0)),
    );
  match = /^(\d{4})\.(\d{2})\.(\d{2})-(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (match !== null)
    return at(
      Number(match[1]),
      Number(match[2]),
      Number(match[3]),
      Number(match[4]),
      Number(match[5]),
      Number(match[6] ?? (keep ? secondNow : 0)),
    );
  match = /^((?:\d\d)?\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text);
  if (match !== null && !gnu) {
    const full =
      match[1] === undefined
        ? year
        : match[1].length === 2
          ? (Number(match[1]) < 69 ? 2000 : 1900) + Number(match[1])
          : Number(match[1]);
    return at(
      full,
      Number(match[2]),
      Number(match[3]),
      Number(match[4]),
      Number(match[5]),
      Number(match[6] ?? 0),
    );
  }
  match =
    /^(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?: [A-Z]{3})? (\d{4})$/.exec(
      text,
    );
  if (match !== null) {
    const index = MONTHS.findIndex((name) => name.startsWith(match?.[1] ?? "?"));
    if (index >= 0)
      return at(
        Number(match[6]),
        index + 1,
        Number(match[2]),
        Number(match[3]),
        Number(match[4]),
        Number(match[5]),
      );
  }
  if (!gnu) return undefined;
  if (text === "now" || text === "") return now;
  if (text === "today") return now;
  if (text === "yesterday") return now - 86400;
  if (text === "tomorrow") return now + 86400;
  if (/^\d{8}$/.test(text))
    return at(Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6)));
  match = /^([-+]?\d+) (second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(text);
  if (match !== null) {
    const unit = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86400, week: 604800 }[
      match[2] as "second"
    ];
    return now + Number(match[1]) * unit * (match[3] === undefined ? 1 : -1);
  }
  match = /^(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4})(?: (\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text);
  if (match !== null) {
    const index = MONTHS.findIndex((name) => name.startsWith(match?.[2] ?? "?"));
    if (index >= 0)
      return at(
        Number(match[3]),
        index + 1,
        Number(match[1]),
        Number(match[4] ?? 0),
        Number(match[5] ?? 0),
        Number(match[6] ?? 0),
      );
  }
  return undefined;
}
