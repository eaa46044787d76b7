/** Making, changing and removing users and groups: every program by its name. */

import type { Program } from "../../machine/exec";
import { asErrno } from "../paths";
import { adduserBusybox, addgroupBusybox } from "./busybox";
import { adduserDebian } from "./debian";
import { passwd, chpasswd } from "./passwords";
import { deluser, delgroup } from "./removing";
import { groupadd, useradd, usermod, groupmod } from "./shadow";

/** One name, two programs: Debian's on a GNU machine, else busybox's. */
const both = (busybox: Program, debian: Program): Program =>
  function* (process) {
    return yield* (process.gnu ? debian : busybox)(process);
  };

/** Errno that a file of the accounts could not be written turns into a message. */
function checked(program: Program): Program {
  return function* (process) {
    try {
      return yield* program(process);
    } catch (error) {
      if (error instanceof Error && error.name !== "Errno") throw error;
      const failure = asErrno(error);
      process.err(`${process.name}: ${failure.path}: ${failure.message}\n`);
      return 1;
    }
  };
}

export const accounts: Readonly<Record<string, Program>> = {
  adduser: checked(both(adduserBusybox, adduserDebian)), addgroup: checked(both(addgroupBusybox, adduserDebian)), deluser: checked(deluser), delgroup: checked(delgroup),
  useradd: checked(useradd), groupadd: checked(groupadd), usermod: checked(usermod), groupmod: checked(groupmod), userdel: checked(deluser), groupdel: checked(delgroup), passwd, chpasswd: checked(chpasswd),
}; // prettier-ignore
