/** /etc/passwd and /etc/group, as runc (opencontainers/runc libcontainer/user) and libc read them. */

/** A line of /etc/passwd. */
export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
}

/** A line of /etc/group. */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** As *parse*; the last answer is remembered: every step asks for the same file. */
function remembered<T>(parse: (text: string) => readonly T[]): (text: string) => readonly T[] {
  let last: { readonly text: string; readonly entries: readonly T[] } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, entries: parse(text) };
    return last.entries;
  };
}

/** The entries of a passwd file; broken lines are left out. */
export const parsePasswd = remembered((text): PasswdEntry[] => {
  const entries: PasswdEntry[] = [];
  for (const line of text.split("\n")) {
    const [name, , uid, gid, gecos, home, shell] = line.trim().split(":");
    if (!name || name.startsWith("#")) continue;
    entries.push({
      name,
      uid: Number.parseInt(uid ?? "", 10) || 0,
      gid: Number.parseInt(gid ?? "", 10) || 0,
      gecos: gecos ?? "",
      home: home ?? "",
      shell: shell ?? "",
    });
  }
  return entries;
});

/** The entries of a group file. */
export const parseGroup = remembered((text): GroupEntry[] => {
  const entries: GroupEntry[] = [];
  for (const line of text.split("\n")) {
    const [name, , gid, members] = line.trim().split(":");
    if (!name || name.startsWith("#")) continue;
    const list = (members ?? "").split(",").filter((member) => member !== "");
    entries.push({ name, gid: Number.parseInt(gid ?? "", 10) || 0, members: list });
  }
  return entries;
});

/** Who a USER line means. */
export interface ExecUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** Home directory of the passwd entry; "/" without one. */
  readonly home: string;
}

/** A USER value names nobody; the message is the container runtime's. */
export class UnknownUserError extends Error {
  override readonly name = "UnknownUserError";
}

const NUMBER = /^\d+$/;
const MAX_ID = 0x7fffffff;

/**
 * Resolves `name`, `uid`, `name:group`, `uid:gid` (user.GetExecUser). Empty is uid 0.
 * Throws UnknownUserError: a name that is in no line, an id out of range.
 */
export function resolveUser(spec: string, passwd: string, group: string): ExecUser {
  const colon = spec.indexOf(":");
  const userPart = colon < 0 ? spec : spec.slice(0, colon);
  const groupPart = colon < 0 ? "" : spec.slice(colon + 1);
  const users = parsePasswd(passwd);
  const groups = parseGroup(group);
  const numeric = NUMBER.test(userPart);
  const entry = users.find((user) =>
    userPart === "" ? user.uid === 0 : user.name === userPart || (numeric && user.uid === Number(userPart)),
  );
  let uid = 0;
  let gid = 0;
  let home = "/";
  if (entry !== undefined) {
    ({ uid, gid, home } = entry);
  } else if (userPart !== "") {
    if (!numeric)
      throw new UnknownUserError(`unable to find user ${userPart}: no matching entries in passwd file`);
    uid = Number(userPart);
    if (uid > MAX_ID) throw new UnknownUserError("uids and gids must be in range 0-2147483647");
  }
  const extra: number[] = [];
  if (groupPart !== "") {
    const groupNumeric = NUMBER.test(groupPart);
    const found = groups.find(
      (line) => line.name === groupPart || (groupNumeric && line.gid === Number(groupPart)),
    );
    if (found !== undefined) gid = found.gid;
    else if (!groupNumeric)
      throw new UnknownUserError(`unable to find group ${groupPart}: no matching entries in group file`);
    else {
      gid = Number(groupPart);
      if (gid > MAX_ID) throw new UnknownUserError("uids and gids must be in range 0-2147483647");
    }
  } else if (entry !== undefined) {
    for (const line of groups)
      if (line.members.includes(entry.name) && line.gid !== gid) extra.push(line.gid);
  }
  return { uid, gid, groups: extra, home: home || "/" };
}
