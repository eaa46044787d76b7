/** `adduser` and `addgroup` of busybox (Alpine). */

import type { Program } from "../../machine/exec";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { parseOptions, usage } from "../options";
import { type Account, free, ids, addGroup, addUser, addMember, makeHome, privileged } from "./files";

/** busybox's adduser (Alpine). */
export const adduserBusybox: Program = function* (process) {
  const text = "[OPTIONS] USER [GROUP]";
  const options = parseOptions(
    process,
    "h:g:s:G:DSHu:k:",
    {
      home: "h",
      gecos: "g",
      shell: "s",
      ingroup: "G",
      "disabled-password": "D",
      "empty-password": "D",
      system: "S",
      "no-create-home": "H",
      uid: "u",
      skel: "k",
    },
    text,
  );
  const [name, group] = options.rest;
  if (name === undefined) throw usage(process, text);
  if (!privileged(process)) return 1;
  const users = parsePasswd(smallFile(process, "/etc/passwd"));
  const groups = parseGroup(smallFile(process, "/etc/group"));
  if (group !== undefined) {
    if (!groups.some((one) => one.name === group)) {
      process.err(`adduser: unknown group ${group}\n`);
      return 1;
    }
    addMember(process, name, group);
    return 0;
  }
  if (users.some((user) => user.name === name)) {
    process.err(`adduser: user '${name}' in use\n`);
    return 1;
  }
  const system = options.has("S");
  const taken = ids(process);
  const uid = options.has("u")
    ? Number(options.value("u"))
    : free(taken.users, system ? 100 : 1000, system ? 999 : 60000);
  const wanted = options.value("G");
  let gid: number;
  if (wanted !== undefined) {
    const found = groups.find((one) => one.name === wanted);
    if (found === undefined) {
      process.err(`adduser: unknown group ${wanted}\n`);
      return 1;
    }
    ({ gid } = found);
  } else if (system) {
    gid = groups.find((one) => one.name === "nogroup")?.gid ?? 65533;
  } else {
    if (groups.some((one) => one.name === name)) {
      process.err(`adduser: group '${name}' in use\n`);
      return 1;
    }
    gid = taken.groups.has(uid) ? free(taken.groups, 1000, 60000) : uid;
    addGroup(process, name, gid);
  }
  const account: Account = {
    name,
    uid,
    gid,
    gecos: options.value("g") ?? "Linux User,,,",
    home: options.value("h") ?? `/home/${name}`,
    shell: options.value("s") ?? (system ? "/sbin/nologin" : "/bin/sh"),
  };
  addUser(process, account);
  if (wanted !== undefined) addMember(process, name, wanted);
  if (!options.has("H")) makeHome(process, account, 0o2755, !system);
  // Without -D busybox asks for a password and gets none.
  return 0;
};

/** busybox's addgroup (Alpine). */
export const addgroupBusybox: Program = function* (process) {
  const text = "[-g GID] [-S] [USER] GROUP";
  const options = parseOptions(process, "g:S", { gid: "g", system: "S" }, text);
  const [first, second] = options.rest;
  if (first === undefined) throw usage(process, text);
  if (!privileged(process)) return 1;
  if (second !== undefined) {
    if (!parsePasswd(smallFile(process, "/etc/passwd")).some((user) => user.name === first)) {
      process.err(`addgroup: unknown user ${first}\n`);
      return 1;
    }
    if (addMember(process, first, second)) return 0;
    process.err(`addgroup: unknown group ${second}\n`);
    return 1;
  }
  if (parseGroup(smallFile(process, "/etc/group")).some((group) => group.name === first)) {
    process.err(`addgroup: group '${first}' in use\n`);
    return 1;
  }
  const taken = ids(process);
  const gid = options.has("g")
    ? Number(options.value("g"))
    : free(taken.groups, options.has("S") ? 100 : 1000, options.has("S") ? 999 : 60000);
  if (options.has("g") && taken.groups.has(gid)) {
    process.err(`addgroup: gid '${gid}' in use\n`);
    return 1;
  }
  addGroup(process, first, gid);
  return 0;
};
