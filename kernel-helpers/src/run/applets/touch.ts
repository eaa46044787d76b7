/** `touch`. */

import type { Process, Task } from "../machine/process";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { parseTime, zoneOf } from "./time";

/** Makes files and sets times. */
export function* touch(process: Process): Task<number> {
  const text = "[-cham] [-d DATE] [-t DATE] [-r FILE] FILE...";
  const options = parseOptions(
    process,
    process.gnu ? "acmhd:t:r:f" : "camhd:t:r:",
    { "no-create": "c", date: "d", reference: "r", "no-dereference": "h" },
    text,
  );
  if (options.rest.length === 0) {
    if (process.gnu) process.err("touch: missing file operand\n");
    throw usage(process, text);
  }
  const { vfs } = process;
  let mtime: number | undefined;
  const given = options.value("d") ?? options.value("t");
  if (options.has("r")) {
    const reference = options.value("r") ?? "";
    try {
      mtime = vfs.stat(process, reference).mtime;
    } catch (error) {
      process.err(
        process.gnu
          ? `touch: failed to get attributes of '${reference}': ${asErrno(error).message}\n`
          : `touch: can't stat '${reference}': ${asErrno(error).message}\n`,
      );
      return 1;
    }
  } else if (given !== undefined) {
    mtime = parseTime(
      given,
      process.machine.time,
      zoneOf(process.env.get("TZ")),
      process.gnu && options.has("d"),
      !process.gnu && options.has("d"),
    );
    if (mtime === undefined) {
      process.err(
        process.gnu ? `touch: invalid date format '${given}'\n` : `touch: invalid date '${given}'\n`,
      );
      return 1;
    }
  }
  let status = 0;
  for (const path of options.rest) {
    try {
      const follow = !options.has("h");
      if (vfs.tryStat(process, path, follow) === undefined) {
        if (options.has("c") || (options.has("h") && process.gnu)) {
          vfs.locate(process, path, follow);
          continue;
        }
        process.open(path, { write: true, create: true }).drop();
        if (mtime === undefined) continue;
      }
      // Only the access time was asked for: nothing that a layer records.
      if (options.has("a") && !options.has("m"))
        vfs.utimes(process, path, vfs.stat(process, path, follow).mtime, follow);
      else vfs.utimes(process, path, mtime, follow);
    } catch (error) {
      const failure = asErrno(error);
      if (options.has("c") && failure.code === "ENOENT") continue;
      process.err(
        process.gnu
          ? `touch: ${failure.code === "EPERM" ? "setting times of" : "cannot touch"} '${path}': ${failure.message}\n`
          : `touch: ${path}: ${failure.message}\n`,
      );
      status = 1;
    }
  }
  return status;
}
