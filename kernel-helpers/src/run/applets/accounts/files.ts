/** The files of the accounts: /etc/passwd, /etc/shadow, /etc/group, /etc/gshadow, and home directories. */

import type { Process } from "../../machine/process";
import { parseGroup, parsePasswd } from "../../users";
import { smallFile } from "../attributes";
import { dirName } from "../paths";

/** One line of /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** The lowest free number from *first* to *last*; from above when *down*. */
export function free(taken: ReadonlySet<number>, first: number, last: number, down = false): number {
  if (down) {
    for (let id = last; id >= first; id--) if (!taken.has(id)) return id;
  }
  for (let id = first; id <= last; id++) if (!taken.has(id)) return id;
  return last + 1;
}

/** The numbers that are taken. */
export function ids(process: Process): { users: Set<number>; groups: Set<number> } {
  return {
    users: new Set(parsePasswd(smallFile(process, "/etc/passwd")).map((user) => user.uid)),
    groups: new Set(parseGroup(smallFile(process, "/etc/group")).map((group) => group.gid)),
  };
}

/** Adds a line to a file; without *always* only to one that is there. */
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

/** Changes every line of a file, or leaves it out (undefined); a file that is not there stays away. */
export function edit(process: Process, path: string, change: (line: string) => string | undefined): void {
  if (process.vfs.tryStat(process, path) === undefined) return;
  const lines = smallFile(process, path).split("\n");
  if (lines.at(-1) === "") lines.pop();
  const out = lines.map(change).filter((line) => line !== undefined);
  process.vfs.writeContent(process, path, out.map((line) => line + "\n").join(""));
}

/** Days since 1970, as /etc/shadow counts. */
function day(process: Process): number {
  return Math.floor(process.machine.now / 86400);
}

/** A new line in /etc/group and /etc/gshadow. */
export function addGroup(process: Process, name: string, gid: number): void {
  append(process, "/etc/group", `${name}:x:${gid}:`);
  append(process, "/etc/gshadow", `${name}:!::`, false);
}

/** A new line in /etc/passwd and /etc/shadow. */
export function addUser(process: Process, account: Account, password = "!"): void {
  append(
    process,
    "/etc/passwd",
    `${account.name}:x:${account.uid}:${account.gid}:${account.gecos}:${account.home}:${account.shell}`,
  );
  append(process, "/etc/shadow", `${account.name}:${password}:${day(process)}:0:99999:7:::`, false);
}

/** Adds *user* to *group*; false when there is no such group. */
export function addMember(process: Process, user: string, group: string): boolean {
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

/** Makes the home directory, with the files of /etc/skel when *skeleton*; one that is there is left as it is. */
export function makeHome(process: Process, account: Account, mode: number, skeleton: boolean): void {
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

/** Whether root runs the program; complains when not. */
export function privileged(process: Process): boolean {
  if (process.cred.uid === 0) return true;
  process.err(
    process.gnu
      ? `${process.name}: Permission denied.\n${process.name}: cannot lock /etc/passwd; try again later.\n`
      : `${process.name}: permission denied (are you root?)\n`,
  );
  return false;
}
