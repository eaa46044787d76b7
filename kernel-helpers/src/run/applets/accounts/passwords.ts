/** `passwd` and `chpasswd`. */

import type { Program } from "../../machine/exec";
import { parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { edit } from "./files";

/** Asks for a password and gets none: nobody is at the terminal. */
export const passwd: Program = function* (process) {
  const [name] = process.args.slice(1).filter((arg) => !arg.startsWith("-"));
  if (process.args.some((arg) => /^-[dlue]/.test(arg))) return 0;
  process.err(
    process.gnu
      ? "passwd: Authentication token manipulation error\npasswd: password unchanged\n"
      : `passwd: can't read password for ${name ?? "root"}\n`,
  );
  return process.gnu ? 10 : 1;
};

/** Sets passwords from lines `user:password` on standard input. */
export const chpasswd: Program = function* (process) {
  const text = yield* process.readAll(0);
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon);
    if (!parsePasswd(smallFile(process, "/etc/passwd")).some((user) => user.name === name)) {
      process.err(
        process.gnu
          ? `chpasswd: (user ${name}) pam_chauthtok() failed, error:\nAuthentication token manipulation error\n`
          : `chpasswd: unknown user ${name}\n`,
      );
      return 1;
    }
    // A stand-in for the hash: the same for the same password, and of no use to anybody.
    edit(process, "/etc/shadow", (entry) =>
      entry.split(":")[0] === name
        ? entry.replace(/^([^:]*):[^:]*:/, `$1:$6$simulated$${line.length}:`)
        : entry,
    );
    if (!process.gnu) process.out(`chpasswd: password for '${name}' changed\n`);
  }
  return 0;
};
