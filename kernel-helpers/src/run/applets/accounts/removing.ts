/** `deluser`, `delgroup`, `userdel`, `groupdel`. */

import type { Program } from "../../machine/exec";
import type { Process } from "../../machine/process";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { parseOptions, usage } from "../options";
import { removeTree } from "../removing";
import { edit, privileged } from "./files";

/** Takes a user or group out of all four files; answers the exit code. */
function remove(process: Process, name: string, group: boolean): number {
  const found = group
    ? parseGroup(smallFile(process, "/etc/group")).some((one) => one.name === name)
    : parsePasswd(smallFile(process, "/etc/passwd")).some((one) => one.name === name);
  if (!found) {
    if (process.gnu) process.err(`${process.name}: ${group ? "group" : "user"} '${name}' does not exist\n`);
    else process.err(`${process.name}: unknown ${group ? "group" : "user"} ${name}\n`);
    return process.gnu ? 6 : 1;
  }
  const drop = (line: string): string | undefined => (line.split(":")[0] === name ? undefined : line);
  if (!group) {
    edit(process, "/etc/passwd", drop);
    edit(process, "/etc/shadow", drop);
  }
  edit(process, "/etc/group", (line) => {
    const kept = group || process.name !== "delgroup" ? drop(line) : line;
    if (kept === undefined || group) return kept;
    const fields = kept.split(":");
    fields[3] = (fields[3] ?? "")
      .split(",")
      .filter((member) => member !== name)
      .join(",");
    return fields.join(":");
  });
  edit(process, "/etc/gshadow", drop);
  return 0;
}

/** Removes a user, with `-r` the home directory too; `userdel` is the same. */
export const deluser: Program = function* (process) {
  const options = parseOptions(
    process,
    "rf@",
    { "remove-home": "r", remove: "r", force: "f", system: "@" },
    "[--remove-home] USER",
  );
  const [name] = options.rest;
  if (name === undefined) throw usage(process, "[--remove-home] USER");
  if (!privileged(process)) return 1;
  const home = parsePasswd(smallFile(process, "/etc/passwd")).find((user) => user.name === name)?.home;
  const status = remove(process, name, false);
  if (
    status === 0 &&
    options.has("r") &&
    home !== undefined &&
    process.vfs.tryStat(process, home) !== undefined
  ) {
    removeTree(process, home);
  }
  return status;
};

/** Removes a group, or a user from a group; `groupdel` is the same. */
export const delgroup: Program = function* (process) {
  const options = parseOptions(process, "f", {}, "[USER] GROUP");
  const [first, second] = options.rest;
  if (first === undefined) throw usage(process, "[USER] GROUP");
  if (!privileged(process)) return 1;
  if (second === undefined) return remove(process, first, true);
  edit(process, "/etc/group", (line) => {
    const fields = line.split(":");
    if (fields[0] === second)
      fields[3] = (fields[3] ?? "")
        .split(",")
        .filter((member) => member !== first)
        .join(",");
    return fields.join(":");
  });
  return 0;
};
