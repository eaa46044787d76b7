/** `date`, `cal`, `uptime`. */

import type { Program } from "../machine/exec";
import { parseOptions } from "./options";
import { asErrno } from "./paths";
import { formatTime, parseTime, UTC, type Zone, zoneOf } from "./time";

const date: Program = function* (process) {
  const options = parseOptions(
    process,
    "Rs:ud:r:I::D:@:",
    {
      "rfc-2822": "R",
      "rfc-email": "R",
      set: "s",
      utc: "u",
      universal: "u",
      date: "d",
      reference: "r",
      "iso-8601": "I",
      "rfc-3339": "@",
    },
    "[OPTIONS] [+FMT] [TIME]",
  );
  const zone = options.has("u") ? UTC : zoneOf(process.env.get("TZ"));
  let time = process.machine.time;
  const given = options.value("d");
  if (given !== undefined) {
    const pattern = options.value("D");
    const parsed =
      pattern === undefined
        ? parseTime(given, time, zone, process.gnu)
        : parseByPattern(given, pattern, zone);
    if (parsed === undefined) {
      process.err(process.gnu ? `date: invalid date '${given}'\n` : `date: invalid date '${given}'\n`);
      return 1;
    }
    time = parsed;
  }
  const reference = options.value("r");
  if (reference !== undefined) {
    try {
      time = process.vfs.stat(process, reference).mtime;
    } catch (error) {
      process.err(
        process.gnu
          ? `date: ${reference}: ${asErrno(error).message}\n`
          : `date: can't stat '${reference}': ${asErrno(error).message}\n`,
      );
      return 1;
    }
  }
  let format = process.gnu ? "%a %b %e %H:%M:%S %Z %Y" : "%a %b %e %H:%M:%S %Z %Y";
  const [operand] = options.rest;
  if (operand?.startsWith("+")) format = operand.slice(1);
  else if (options.has("R")) format = "%a, %d %b %Y %H:%M:%S %z";
  else if (options.has("I")) {
    const given = options.value("I") || "date";
    const kind = ["date", "hours", "minutes", "seconds", "ns"].find((one) => one.startsWith(given)) ?? "date";
    format =
      {
        date: "%Y-%m-%d",
        hours: "%Y-%m-%dT%H%:z",
        minutes: "%Y-%m-%dT%H:%M%:z",
        seconds: "%Y-%m-%dT%H:%M:%S%:z",
        ns: "%Y-%m-%dT%H:%M:%S,%N%:z",
      }[kind] ?? "%Y-%m-%d";
  } else if (options.has("@")) format = options.value("@") === "date" ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S%:z";
  else if (operand !== undefined || options.has("s")) {
    // A container may not set the clock. busybox shows the wish all the same and is content.
    process.err(
      process.gnu
        ? "date: cannot set date: Operation not permitted\n"
        : "date: can't set date: Operation not permitted\n",
    );
    const wish = parseTime(options.value("s") ?? operand ?? "", time, zone, process.gnu) ?? time;
    process.out(formatTime(format, wish, zone) + "\n");
    return process.gnu ? 1 : 0;
  }
  if (process.minimal) format = format.replace(/%N/g, "%%N");
  process.out(formatTime(format, time, zone) + "\n");
  return 0;
};

/** strptime, for the letters that dates are written with. */
function parseByPattern(text: string, pattern: string, zone: Zone): number | undefined {
  const order: string[] = [];
  const names: Record<string, string> = {
    Y: "(\\d{4})",
    m: "(\\d{1,2})",
    d: "(\\d{1,2})",
    H: "(\\d{1,2})",
    M: "(\\d{1,2})",
    S: "(\\d{1,2})",
    s: "(\\d+)",
    y: "(\\d{2})",
  };
  const expanded = pattern
    .replaceAll("%F", "%Y-%m-%d")
    .replaceAll("%T", "%H:%M:%S")
    .replaceAll("%R", "%H:%M");
  const source = expanded.replace(/%([a-zA-Z])|[^]/g, (whole, letter: string | undefined) => {
    if (letter === undefined) return whole.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
    order.push(letter);
    return names[letter] ?? "(\\S+)";
  });
  const match = new RegExp(`^${source}$`).exec(text);
  if (match === null) return undefined;
  const get = (letter: string, fallback: number): number =>
    order.includes(letter) ? Number(match[order.indexOf(letter) + 1]) : fallback;
  if (order.includes("s")) return get("s", 0);
  return (
    Date.UTC(
      order.includes("y") ? 2000 + get("y", 0) : get("Y", 1970),
      get("m", 1) - 1,
      get("d", 1),
      get("H", 0),
      get("M", 0),
      get("S", 0),
    ) /
      1000 -
    zone.offset
  );
}

const cal: Program = function* (process) {
  const now = new Date(process.machine.time * 1000);
  const [first, second] = process.args
    .slice(1)
    .filter((arg) => /^\d+$/.test(arg))
    .map(Number);
  const month =
    (second === undefined
      ? first === undefined || first > 12
        ? now.getUTCMonth() + 1
        : first
      : (first as number)) - 1;
  const year = second ?? (first !== undefined && first > 12 ? first : now.getUTCFullYear());
  const title = formatTime("%B %Y", Date.UTC(year, month, 1) / 1000);
  let out = " ".repeat(Math.max(0, Math.floor((20 - title.length) / 2))) + title + "\nSu Mo Tu We Th Fr Sa\n";
  const start = new Date(Date.UTC(year, month, 1)).getUTCDay();
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  let row = "   ".repeat(start);
  for (let day = 1; day <= days; day++) {
    row += String(day).padStart(2);
    if ((start + day) % 7 === 0) {
      out += row + "\n";
      row = "";
    } else row += " ";
  }
  process.out(out + (row === "" ? "" : row.trimEnd() + "\n"));
  return 0;
};

const uptime: Program = function* (process) {
  process.out(
    ` ${formatTime("%H:%M:%S", process.machine.time)} up  1:00,  0 users,  load average: 0.00, 0.00, 0.00\n`,
  );
  return 0;
};

export const dates: Readonly<Record<string, Program>> = { date, cal, uptime };
