/** Who and what: `id`, `whoami`, `groups`, `su`, `adduser` and its kind, `uname`, `hostname`, `env`. */

import type { Program } from "../machine/exec";
import type { Process, Task } from "../machine/process";
import { parseGroup, parsePasswd } from "../users";
import { smallFile } from "./attributes";
import { parseOptions, usage } from "./options";
import { asErrno } from "./paths";
import { execute } from "./xargs";

function names(process: Process): {
  user(uid: number): string | undefined;
  group(gid: number): string | undefined;
} {
  const users = parsePasswd(smallFile(process, "/etc/passwd"));
  const groups = parseGroup(smallFile(process, "/etc/group"));
  return {
    user: (uid) => users.find((one) => one.uid === uid)?.name,
    group: (gid) => groups.find((one) => one.gid === gid)?.name,
  };
}

const id: Program = function* (process) {
  const options = parseOptions(
    process,
    "rnguGz",
    { user: "u", group: "g", groups: "G", name: "n", real: "r" },
    "[OPTIONS] [USER]",
  );
  const look = names(process);
  let { uid, gid } = process.cred;
  let groups: readonly number[] = [...new Set([gid, ...process.cred.groups])];
  const [name] = options.rest;
  if (name !== undefined) {
    const entry = parsePasswd(smallFile(process, "/etc/passwd")).find(
      (user) => user.name === name || (process.gnu && /^\d+$/.test(name) && user.uid === Number(name)),
    );
    if (entry === undefined) {
      process.err(process.gnu ? `id: '${name}': no such user\n` : `id: unknown user ${name}\n`);
      return 1;
    }
    ({ uid, gid } = entry);
    groups = [
      ...new Set([
        gid,
        ...parseGroup(smallFile(process, "/etc/group"))
          .filter((group) => group.members.includes(name))
          .map((group) => group.gid),
      ]),
    ];
  }
  const show = (number: number, text: string | undefined, kind: string): string => {
    if (!options.has("n")) return String(number);
    if (text !== undefined) return text;
    process.err(
      process.gnu ? `id: cannot find name for ${kind} ID ${number}\n` : `id: unknown ID ${number}\n`,
    );
    return String(number);
  };
  if (options.has("u")) {
    const text = look.user(uid);
    process.out(show(uid, text, "user") + "\n");
    return options.has("n") && text === undefined ? 1 : 0;
  }
  if (options.has("g")) {
    const text = look.group(gid);
    process.out(show(gid, text, "group") + "\n");
    return options.has("n") && text === undefined ? 1 : 0;
  }
  if (options.has("G")) {
    process.out(groups.map((number) => show(number, look.group(number), "group")).join(" ") + "\n");
    return 0;
  }
  const full = (number: number, text: string | undefined): string =>
    String(number) + (text === undefined ? "" : `(${text})`);
  const listed = process.gnu || name !== undefined || process.cred.groups.length > 0;
  process.out(
    `uid=${full(uid, look.user(uid))} gid=${full(gid, look.group(gid))}${listed ? ` groups=${groups.map((number) => full(number, look.group(number))).join(",")}` : ""}\n`,
  );
  return 0;
};

const whoami: Program = function* (process) {
  const name = names(process).user(process.cred.uid);
  if (name === undefined) {
    process.err(
      process.gnu
        ? `whoami: cannot find name for user ID ${process.cred.uid}\n`
        : `whoami: unknown uid ${process.cred.uid}\n`,
    );
    return 1;
  }
  process.out(name + "\n");
  return 0;
};

const groups: Program = function* (process) {
  const look = names(process);
  const [, name] = process.args;
  const entry =
    name === undefined
      ? undefined
      : parsePasswd(smallFile(process, "/etc/passwd")).find((user) => user.name === name);
  if (name !== undefined && entry === undefined) {
    process.err(process.gnu ? `groups: '${name}': no such user\n` : `groups: unknown user ${name}\n`);
    return 1;
  }
  const more =
    name === undefined
      ? process.cred.groups
      : parseGroup(smallFile(process, "/etc/group"))
          .filter((group) => group.members.includes(name))
          .map((group) => group.gid);
  if (process.gnu && name !== undefined) process.out(`${name} : `);
  const all = [...new Set([entry?.gid ?? process.cred.gid, ...more])];
  process.out(all.map((gid) => look.group(gid) ?? String(gid)).join(" ") + "\n");
  return 0;
};

const uname: Program = function* (process) {
  const options = parseOptions(
    process,
    "snrvmpioa",
    {
      all: "a",
      "kernel-name": "s",
      nodename: "n",
      "kernel-release": "r",
      machine: "m",
      "operating-system": "o",
      processor: "p",
    },
    "[-amnrspvio]",
  );
  const machine = process.env.get("LAYERBOOK_MACHINE") ?? "x86_64";
  const all: Record<string, string> = {
    s: "Linux",
    n: process.machine.hostname,
    r: "6.1.0",
    v: "#1 SMP",
    m: machine,
    p: "unknown",
    i: "unknown",
    o: "GNU/Linux",
  };
  const letters = options.has("a")
    ? process.gnu
      ? "snrvmo"
      : "snrvmo"
    : options.given.length === 0
      ? "s"
      : [..."snrvmpio"].filter((letter) => options.has(letter)).join("");
  process.out([...letters].map((letter) => all[letter]).join(" ") + "\n");
  return 0;
};

const hostname: Program = function* (process) {
  const options = parseOptions(process, "sidfF:", {}, "[-sidf] [HOSTNAME | -F FILE]");
  if (options.rest.length > 0 || options.has("F")) {
    process.err(
      process.gnu
        ? "hostname: you must be root to change the host name\n"
        : "hostname: sethostname: Operation not permitted\n",
    );
    return 1;
  }
  if (options.has("d")) process.out("\n");
  else if (options.has("i")) process.out("127.0.0.1\n");
  else
    process.out(
      (options.has("s") ? (process.machine.hostname.split(".")[0] ?? "") : process.machine.hostname) + "\n",
    );
  return 0;
};

const env: Program = function* (process) {
  const options = parseOptions(
    process,
    "+iu:0S:C:v",
    { "ignore-environment": "i", unset: "u", null: "0", "split-string": "S", chdir: "C" },
    "[-i0] [-u NAME]... [-] [NAME=VALUE]... [PROG ARGS]",
  );
  const rest = [...options.rest];
  if (rest[0] === "-") rest.shift();
  if (options.has("S"))
    rest.unshift(...(options.value("S") ?? "").split(/\s+/).filter((word) => word !== ""));
  if (options.has("i") || options.rest[0] === "-") process.env = new Map();
  for (const name of options.values("u")) process.env.delete(name);
  while (/^[^=]+=/.test(rest[0] ?? "")) {
    const assignment = rest.shift() as string;
    const equals = assignment.indexOf("=");
    process.env.set(assignment.slice(0, equals), assignment.slice(equals + 1));
  }
  if (rest.length === 0) {
    for (const [name, value] of process.env) process.out(`${name}=${value}${options.has("0") ? "\0" : "\n"}`);
    return 0;
  }
  return yield* execute(process, rest, "env");
};

const printenv: Program = function* (process) {
  const wanted = process.args.slice(1).filter((arg) => !arg.startsWith("-"));
  if (wanted.length === 0) for (const [name, value] of process.env) process.out(`${name}=${value}\n`);
  let status = 0;
  for (const name of wanted) {
    const value = process.env.get(name);
    if (value === undefined) status = 1;
    else process.out(value + "\n");
  }
  return status;
};

function* su(process: Process): Task<number> {
  const options = parseOptions(
    process,
    "+lmps:c:",
    { login: "l", command: "c", shell: "s", "preserve-environment": "m" },
    "[-lmp] [-s SH] [-] [USER [FILE ARGS | -c 'CMD' [ARG0 ARGS]]]",
  );
  const rest = [...options.rest];
  let login = options.has("l");
  if (rest[0] === "-") {
    login = true;
    rest.shift();
  }
  const name = rest.shift() ?? "root";
  // Options may come after the name.
  let command = options.value("c");
  let shell = options.value("s");
  while (rest[0] === "-c" || rest[0] === "-s") {
    const option = rest.shift();
    const value = rest.shift();
    if (option === "-c") command = value;
    else shell = value;
  }
  const entry = parsePasswd(smallFile(process, "/etc/passwd")).find((user) => user.name === name);
  if (entry === undefined) {
    process.err(
      process.gnu
        ? `su: user ${name} does not exist or the user entry does not contain all the required fields\n`
        : `su: unknown user ${name}\n`,
    );
    return 1;
  }
  if (process.cred.uid !== 0) {
    process.err(process.gnu ? "su: must be run from a terminal\n" : "su: must be suid to work properly\n");
    return 1;
  }
  const extra = parseGroup(smallFile(process, "/etc/group"))
    .filter((group) => group.members.includes(name))
    .map((group) => group.gid);
  process.cred = { uid: entry.uid, gid: entry.gid, groups: extra };
  const program = shell ?? (entry.shell || "/bin/sh");
  if (login) {
    try {
      process.cwd = process.vfs.need(process, entry.home).path;
    } catch (error) {
      process.err(
        process.gnu
          ? `su: warning: cannot change directory to ${entry.home}: ${asErrno(error).message}\n`
          : `su: can't change directory to '${entry.home}'\n`,
      );
    }
    const path =
      entry.uid === 0
        ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        : "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";
    process.env = new Map([
      ["PATH", process.gnu ? path : entry.uid === 0 ? "/sbin:/usr/sbin:/bin:/usr/bin" : "/bin:/usr/bin"],
    ]);
  }
  if (!options.has("m") && !options.has("p")) {
    process.env.set("HOME", entry.home);
    process.env.set("SHELL", program);
    if (entry.uid !== 0 || login) {
      process.env.set("USER", name);
      process.env.set("LOGNAME", name);
    }
  }
  return yield* execute(process, [program, ...(command === undefined ? [] : ["-c", command]), ...rest], "su");
}

const chroot: Program = function* (process) {
  const [, root, ...command] = process.args;
  if (root === undefined) throw usage(process, "NEWROOT [PROG ARGS]");
  const refuse = (message: string): number => {
    process.err(
      process.gnu
        ? `chroot: cannot change root directory to '${root}': ${message}\n`
        : `chroot: can't change root directory to '${root}': ${message}\n`,
    );
    return process.gnu ? 125 : 1;
  };
  try {
    if (process.cred.uid !== 0) return refuse("Operation not permitted");
    if (process.vfs.need(process, root).path === "/") {
      process.cwd = "/";
      return yield* execute(process, command.length === 0 ? ["/bin/sh", "-i"] : command, "chroot");
    }
  } catch (error) {
    return refuse(asErrno(error).message);
  }
  return refuse("another root is not simulated / 다른 루트는 흉내 내지 않습니다");
};

export const identity: Readonly<Record<string, Program>> = {
  id, whoami, groups, uname, hostname, env, printenv, su, chroot,
  arch: function* (process) { process.out("x86_64\n"); return 0; },
  hostid: function* (process) { process.out("00000000\n"); return 0; },
  nproc: function* (process) { process.out("2\n"); return 0; },
  logname: function* (process) { process.err(process.gnu ? "logname: no login name\n" : "logname: getlogin: No such device or address\n"); return 1; },
  tty: function* (process) { if (!process.args.includes("-s")) process.out("not a tty\n"); return 1; },
}; // prettier-ignore
