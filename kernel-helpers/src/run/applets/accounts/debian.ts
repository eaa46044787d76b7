/** `adduser` and `addgroup` of Debian. */

import type { Program } from "../../machine/exec";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { parseOptions } from "../options";
import { type Account, free, ids, addGroup, addUser, addMember, makeHome, privileged } from "./files";

/** Debian's adduser and addgroup, a front to useradd. */
export const adduserDebian: Program = function* (process) {
  const long = {
    system: "S",
    "disabled-password": "D",
    "disabled-login": "D",
    gecos: "g",
    comment: "g",
    home: "h",
    "no-create-home": "H",
    shell: "s",
    uid: "u",
    gid: "i",
    group: "r",
    ingroup: "G",
    quiet: "q",
    "force-badname": "@",
    "allow-bad-names": "@",
  };
  const options = parseOptions(process, "SDg:h:Hs:u:i:rG:q@", long, "[options] USER [GROUP]");
  const [name, group] = options.rest;
  const say = (text: string): void => {
    if (!options.has("q")) process.out(text + "\n");
  };
  if (name === undefined) {
    process.err(`adduser: Only one or two names allowed.\n`);
    return 1;
  }
  if (!privileged(process)) return 1;
  const groups = parseGroup(smallFile(process, "/etc/group"));
  if (process.name === "addgroup" || (options.has("r") && !options.has("S"))) {
    if (groups.some((one) => one.name === name)) {
      process.err(
        `addgroup: The group \`${name}' already exists${options.has("S") ? " as a system group. Exiting." : "."}\n`,
      );
      return options.has("S") ? 0 : 1;
    }
    const taken = ids(process);
    const gid = options.has("i")
      ? Number(options.value("i"))
      : free(taken.groups, options.has("S") ? 100 : 1000, options.has("S") ? 999 : 59999);
    say(`Adding group \`${name}' (GID ${gid}) ...`);
    addGroup(process, name, gid);
    say("Done.");
    return 0;
  }
  if (group !== undefined) {
    say(`Adding user \`${name}' to group \`${group}' ...`);
    if (!addMember(process, name, group)) {
      process.err(`adduser: The group \`${group}' does not exist.\n`);
      return 1;
    }
    say("Done.");
    return 0;
  }
  if (parsePasswd(smallFile(process, "/etc/passwd")).some((user) => user.name === name)) {
    if (options.has("S")) {
      process.err(`adduser: The system user \`${name}' already exists. Exiting.\n`.replace("adduser: ", ""));
      return 0;
    }
    process.err(`adduser: The user \`${name}' already exists.\n`);
    return 1;
  }
  const system = options.has("S");
  const taken = ids(process);
  const uid = options.has("u")
    ? Number(options.value("u"))
    : free(
        system && options.has("r") ? new Set([...taken.users, ...taken.groups]) : taken.users,
        system ? 100 : 1000,
        system ? 999 : 59999,
      );
  const wanted = options.value("G") ?? options.value("i");
  let gid: number;
  say(system ? `Adding system user \`${name}' (UID ${uid}) ...` : `Adding user \`${name}' ...`);
  if (wanted !== undefined) {
    const found = groups.find((one) => one.name === wanted || String(one.gid) === wanted);
    if (found === undefined) {
      process.err(`adduser: The group \`${wanted}' does not exist.\n`);
      return 1;
    }
    ({ gid } = found);
  } else if (system && !options.has("r")) gid = 65534;
  else {
    gid = taken.groups.has(uid) ? free(taken.groups, 1000, 59999) : uid;
    say(`Adding new group \`${name}' (${system ? "GID " : ""}${gid}) ...`);
    addGroup(process, name, gid);
  }
  const account: Account = {
    name,
    uid,
    gid,
    gecos: options.value("g") ?? (system ? "" : ",,,"),
    home: options.value("h") ?? (system ? "/nonexistent" : `/home/${name}`),
    shell: options.value("s") ?? (system ? "/usr/sbin/nologin" : "/bin/bash"),
  };
  say(
    `Adding new user \`${name}' (${system ? "UID " : ""}${uid}) with group \`${groups.find((one) => one.gid === gid)?.name ?? name}'${system ? "" : ` (${gid})`} ...`,
  );
  addUser(process, account);
  if (!options.has("H") && account.home !== "/nonexistent") {
    say(`Creating home directory \`${account.home}' ...`);
    makeHome(process, account, system ? 0o755 : 0o700, !system);
    if (!system) say("Copying files from `/etc/skel' ...");
  } else if (system && account.home !== "/nonexistent")
    say(`Not creating home directory \`${account.home}'.`);
  if (system && account.home === "/nonexistent") say("Not creating home directory `/nonexistent'.");
  return 0;
};
