/** Making users and groups: `adduser`, `addgroup`, `deluser`, `delgroup` of busybox and Debian, `useradd`, `groupadd`, `usermod`, `userdel`. */

import type { Program } from "../machine/exec";
import type { Process } from "../machine/process";
import { parseGroup, parsePasswd } from "../users";
import { smallFile } from "./attributes";
import { parseOptions, usage } from "./options";
import { removeTree } from "./removing";
import { asErrno, dirName } from "./paths";

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** The lowest free number from *first* to *last*; from above when *down*. */
function free(taken: ReadonlySet<number>, first: number, last: number, down = false): number {
  if (down) {
    for (let id = last; id >= first; id--) if (!taken.has(id)) return id;
  }
  for (let id = first; id <= last; id++) if (!taken.has(id)) return id;
  return last + 1;
}

function ids(process: Process): { users: Set<number>; groups: Set<number> } {
  return {
    users: new Set(parsePasswd(smallFile(process, "/etc/passwd")).map((user) => user.uid)),
    groups: new Set(parseGroup(smallFile(process, "/etc/group")).map((group) => group.gid)),
  };
}

function append(process: Process, path: string, line: string, always = true): void {
  if (!always && process.vfs.tryStat(process, path) === undefined) return;
  const old = smallFile(process, path);
  const mode = process.vfs.tryStat(process, path)?.mode;
  process.vfs.writeContent(
    process,
    path,
    (old === "" || old.endsWith("\n") ? old : old + "\n") + line + "\n",
    0o644,
  );
  if (mode !== undefined) process.vfs.chmod(process, path, mode);
}

function edit(process: Process, path: string, change: (line: string) => string | undefined): void {
  if (process.vfs.tryStat(process, path) === undefined) return;
  const lines = smallFile(process, path).split("\n");
  if (lines.at(-1) === "") lines.pop();
  const out = lines.map(change).filter((line) => line !== undefined);
  process.vfs.writeContent(process, path, out.map((line) => line + "\n").join(""));
}

function day(process: Process): number {
  return Math.floor(process.machine.now / 86400);
}

function addGroup(process: Process, name: string, gid: number): void {
  append(process, "/etc/group", `${name}:x:${gid}:`);
  append(process, "/etc/gshadow", `${name}:!::`, false);
}

function addUser(process: Process, account: Account, password = "!"): void {
  append(
    process,
    "/etc/passwd",
    `${account.name}:x:${account.uid}:${account.gid}:${account.gecos}:${account.home}:${account.shell}`,
  );
  append(process, "/etc/shadow", `${account.name}:${password}:${day(process)}:0:99999:7:::`, false);
}

function addMember(process: Process, user: string, group: string): boolean {
  if (!parseGroup(smallFile(process, "/etc/group")).some((one) => one.name === group)) return false;
  const change = (line: string): string => {
    const fields = line.split(":");
    if (fields[0] !== group) return line;
    const members = (fields[3] ?? "").split(",").filter((member) => member !== "");
    if (!members.includes(user)) members.push(user);
    fields[3] = members.join(",");
    return fields.join(":");
  };
  edit(process, "/etc/group", change);
  edit(process, "/etc/gshadow", change);
  return true;
}

function makeHome(process: Process, account: Account, mode: number, skeleton: boolean): void {
  const { vfs } = process;
  const parents = (path: string): void => {
    if (path === "/" || vfs.tryStat(process, path) !== undefined) return;
    parents(dirName(path));
    vfs.mkdir(process, path, 0o755);
  };
  if (vfs.tryStat(process, account.home) !== undefined) return;
  parents(dirName(account.home));
  vfs.mkdir(process, account.home, 0o777);
  if (skeleton && vfs.tryStat(process, "/etc/skel")?.type === "dir") {
    for (const name of vfs.readdir(process, "/etc/skel")) {
      const stat = vfs.stat(process, `/etc/skel/${name}`, false);
      if (stat.type !== "file") continue;
      vfs.writeContent(
        process,
        `${account.home}/${name}`,
        vfs.content(process, `/etc/skel/${name}`),
        stat.mode,
      );
      vfs.chown(process, `${account.home}/${name}`, account.uid, account.gid);
    }
  }
  vfs.chown(process, account.home, account.uid, account.gid);
  vfs.chmod(process, account.home, mode);
}

function privileged(process: Process): boolean {
  if (process.cred.uid === 0) return true;
  process.err(
    process.gnu
      ? `${process.name}: Permission denied.\n${process.name}: cannot lock /etc/passwd; try again later.\n`
      : `${process.name}: must be root\n`.replace("must be root", "permission denied (are you root?)"),
  );
  return false;
}

/** busybox's adduser (Alpine). */
const adduserBusybox: Program = function* (process) {
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

const addgroupBusybox: Program = function* (process) {
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

const deluser: Program = function* (process) {
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

const delgroup: Program = function* (process) {
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

/** shadow's groupadd. */
const groupadd: Program = function* (process) {
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

const useradd: Program = function* (process) {
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

const usermod: Program = function* (process) {
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

const groupmod: Program = function* (process) {
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

/** Debian's adduser and addgroup, a front to useradd. */
const adduserDebian: Program = function* (process) {
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

const both = (busybox: Program, debian: Program): Program =>
  function* (process) {
    return yield* (process.gnu ? debian : busybox)(process);
  };

const passwd: Program = function* (process) {
  const [name] = process.args.slice(1).filter((arg) => !arg.startsWith("-"));
  if (process.args.some((arg) => /^-[dlue]/.test(arg))) return 0;
  process.err(
    process.gnu
      ? "passwd: Authentication token manipulation error\npasswd: password unchanged\n"
      : `passwd: can't read password for ${name ?? "root"}\n`,
  );
  return process.gnu ? 10 : 1;
};

const chpasswd: Program = function* (process) {
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
