/** `date`, `cal`, `uptime`. */

import type { Program } from "../machine/exec";
import { parseOptions } from "./options";
import { asErrno } from "./paths";
import { formatTime, parseTime, UTC, zoneOf } from "./time";

/* eslint-disable require-yield */

const date: Program = function* (process) {
  const options = parseOptions(process, "Rs:ud:r:I::D:@:", { "rfc-2822": "R", "rfc-email": "R", set: "s", utc: "u", universal: "u", date: "d", reference: "r", "iso-8601": "I", "rfc-3339": "@" }, "[OPTIONS] [+FMT] [TIME]");
  const zone = options.has("u") ? UTC : zoneOf(process.env.get("TZ"));
  let time = process.machine.time;
  const given = options.value("d");
  if (given !== undefined) {
    const parsed = parseTime(given, time, zone, process.gnu);
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
      process.err(`date: ${reference}: ${asErrno(error).message}\n`);
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
    format = { date: "%Y-%m-%d", hours: "%Y-%m-%dT%H%:z", minutes: "%Y-%m-%dT%H:%M%:z", seconds: "%Y-%m-%dT%H:%M:%S%:z", ns: "%Y-%m-%dT%H:%M:%S,%N%:z" }[kind] ?? "%Y-%m-%d";
  } else if (options.has("@")) format = options.value("@") === "date" ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S%:z";
  else if (operand !== undefined || options.has("s")) {
    // A container may not set the clock. busybox shows the wish all the same and is content.
    process.err(process.gnu ? "date: cannot set date: Operation not permitted\n" : "date: can't set date: Operation not permitted\n");
    const wish = parseTime(options.value("s") ?? operand ?? "", time, zone, process.gnu) ?? time;
    process.out(formatTime(format, wish, zone) + "\n");
    return process.gnu ? 1 : 0;
  }
  process.out(formatTime(format, time, zone) + "\n");
  return 0;
};

const cal: Program = function* (process) {
  const now = new Date(process.machine.time * 1000);
  const [first, second] = process.args.slice(1).filter((arg) => /^\d+$/.test(arg)).map(Number);
  const month = (second === undefined ? (first === undefined || first > 12 ? now.getUTCMonth() + 1 : first) : (first as number)) - 1;
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
  process.out(` ${formatTime("%H:%M:%S", process.machine.time)} up  1:00,  0 users,  load average: 0.00, 0.00, 0.00\n`);
  return 0;
};

export const dates: Readonly<Record<string, Program>> = { date, cal, uptime };
