/** `useradd`, `groupadd`, `usermod`, `groupmod` of shadow (Debian and its kin). */

import type { Program } from "../../machine/exec";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { parseOptions, usage } from "../options";
import { type Account, free, ids, edit, addGroup, addUser, addMember, makeHome, privileged } from "./files";

/** shadow's groupadd. */
export const groupadd: Program = function* (process) {
  const options = parseOptions(
    process,
    "fg:oKrR:p:",
    { gid: "g", system: "r", force: "f", "non-unique": "o" },
    "[options] GROUP",
  );
  const [name] = options.rest;
  if (name === undefined) throw usage(process, "[options] GROUP");
  if (!privileged(process)) return 10;
  if (parseGroup(smallFile(process, "/etc/group")).some((group) => group.name === name)) {
    if (options.has("f")) return 0;
    process.err(`groupadd: group '${name}' already exists\n`);
    return 9;
  }
  const taken = ids(process);
  const gid = options.has("g") ? Number(options.value("g")) : next(taken.groups, options.has("r"));
  if (options.has("g") && taken.groups.has(gid) && !options.has("o")) {
    process.err(`groupadd: GID '${gid}' already exists\n`);
    return 4;
  }
  addGroup(process, name, gid);
  return 0;
};

/** shadow's choice: system ids from above, others one over the highest. */
function next(taken: ReadonlySet<number>, system: boolean): number {
  if (system) return free(taken, 101, 999, true);
  const used = [...taken].filter((id) => id >= 1000 && id <= 60000);
  return used.length === 0 ? 1000 : Math.max(...used) + 1;
}

/** shadow's useradd. */
export const useradd: Program = function* (process) {
  const text = "[options] LOGIN";
  const long = {
    uid: "u",
    gid: "g",
    groups: "G",
    "create-home": "m",
    "no-create-home": "M",
    home: "d",
    "home-dir": "d",
    shell: "s",
    system: "r",
    comment: "c",
    "no-user-group": "N",
    "user-group": "U",
    "non-unique": "o",
    password: "p",
    "base-dir": "b",
    "no-log-init": "l",
    skel: "k",
  };
  const options = parseOptions(process, "u:g:G:mMd:s:rc:NUop:b:lk:e:f:K:D", long, text);
  const [name] = options.rest;
  if (name === undefined) throw usage(process, text);
  if (!privileged(process)) return 1;
  if (parsePasswd(smallFile(process, "/etc/passwd")).some((user) => user.name === name)) {
    process.err(`useradd: user '${name}' already exists\n`);
    return 9;
  }
  const taken = ids(process);
  const uid = options.has("u") ? Number(options.value("u")) : next(taken.users, options.has("r"));
  if (options.has("u") && taken.users.has(uid) && !options.has("o")) {
    process.err(`useradd: UID ${uid} is not unique\n`);
    return 4;
  }
  const groups = parseGroup(smallFile(process, "/etc/group"));
  const wanted = options.value("g");
  let gid: number;
  if (wanted !== undefined) {
    const found = groups.find((group) => group.name === wanted || group.gid === Number(wanted));
    if (found === undefined) {
      process.err(`useradd: group '${wanted}' does not exist\n`);
      return 6;
    }
    ({ gid } = found);
  } else if (options.has("N")) gid = 100;
  else {
    if (groups.some((group) => group.name === name)) {
      process.err(`useradd: group ${name} exists - if you want to add this user to that group, use -g.\n`);
      return 9;
    }
    gid = taken.groups.has(uid) ? next(taken.groups, options.has("r")) : uid;
  }
  const extra = (options.value("G") ?? "").split(",").filter((group) => group !== "");
  for (const group of extra) {
    if (!groups.some((one) => one.name === group || String(one.gid) === group)) {
      process.err(`useradd: group '${group}' does not exist\n`);
      return 6;
    }
  }
  if (wanted === undefined && !options.has("N")) addGroup(process, name, gid);
  const account: Account = {
    name,
    uid,
    gid,
    gecos: options.value("c") ?? "",
    home: options.value("d") ?? `${options.value("b") ?? "/home"}/${name}`,
    shell: options.value("s") ?? "/bin/sh",
  };
  addUser(process, account, options.value("p") ?? "!");
  for (const group of extra)
    addMember(
      process,
      name,
      groups.find((one) => one.name === group || String(one.gid) === group)?.name ?? group,
    );
  if (options.has("m") && !options.has("M")) makeHome(process, account, 0o755, true);
  return 0;
};

/** shadow's usermod. */
export const usermod: Program = function* (process) {
  const options = parseOptions(
    process,
    "aG:g:s:d:mu:l:c:LUo",
    {
      append: "a",
      groups: "G",
      gid: "g",
      shell: "s",
      home: "d",
      "move-home": "m",
      uid: "u",
      login: "l",
      comment: "c",
      "non-unique": "o",
    },
    "[options] LOGIN",
  );
  const [name] = options.rest;
  if (name === undefined) throw usage(process, "[options] LOGIN");
  if (!privileged(process)) return 1;
  if (!parsePasswd(smallFile(process, "/etc/passwd")).some((user) => user.name === name)) {
    process.err(`usermod: user '${name}' does not exist\n`);
    return 6;
  }
  for (const group of (options.value("G") ?? "").split(",").filter((one) => one !== "")) {
    if (!addMember(process, name, group)) {
      process.err(`usermod: group '${group}' does not exist\n`);
      return 6;
    }
  }
  edit(process, "/etc/passwd", (line) => {
    const fields = line.split(":");
    if (fields[0] !== name) return line;
    if (options.has("u")) fields[2] = options.value("u") ?? "";
    if (options.has("g")) {
      const wanted = options.value("g") ?? "";
      fields[3] = String(
        parseGroup(smallFile(process, "/etc/group")).find((group) => group.name === wanted)?.gid ?? wanted,
      );
    }
    if (options.has("c")) fields[4] = options.value("c") ?? "";
    if (options.has("d")) fields[5] = options.value("d") ?? "";
    if (options.has("s")) fields[6] = options.value("s") ?? "";
    if (options.has("l")) fields[0] = options.value("l") ?? "";
    return fields.join(":");
  });
  return 0;
};

/** shadow's groupmod. */
export const groupmod: Program = function* (process) {
  const options = parseOptions(process, "g:n:o", { gid: "g", "new-name": "n" }, "[options] GROUP");
  const [name] = options.rest;
  if (name === undefined) throw usage(process, "[options] GROUP");
  edit(process, "/etc/group", (line) => {
    const fields = line.split(":");
    if (fields[0] !== name) return line;
    if (options.has("g")) fields[2] = options.value("g") ?? "";
    if (options.has("n")) fields[0] = options.value("n") ?? "";
    return fields.join(":");
  });
  return 0;
};
